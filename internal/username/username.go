// Package username has the rules for the names of users that a stack makes.
package username

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// longest is how long a common name of a certificate may be (RFC 5280, ub-common-name).
const longest = 64

// Problem is why no user can be called so whose Secret has this name, "" if one can.
func Problem(name, secret string) string {
	switch {
	case name == contract.NodeName || name == contract.AdminName:
		return "is the name of the cluster's own: choose another one"
	case len(validation.IsDNS1123Subdomain(name)) > 0:
		return "must be lower-case letters, digits, dashes and dots, since the Secret for it is called so, too"
	case len(name) > longest:
		return fmt.Sprintf("has %d characters, and the name in a certificate has %d at most", len(name), longest)
	case len(secret) > validation.DNS1123SubdomainMaxLength:
		return fmt.Sprintf("makes the name of its Secret longer than %d characters", validation.DNS1123SubdomainMaxLength)
	}
	return ""
}
