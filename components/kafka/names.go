package kafka

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// logical is what Pulumi calls a part of the cluster that Kubernetes calls name. A URN has
// the types of its parents, but not their names: two clusters of one name, in namespaces
// of their own, are told apart by what the program calls them.
func (m *making) logical(name string) string {
	return m.name + strings.TrimPrefix(name, m.Plan.Name)
}

// formerly lets Pulumi find a resource that it knows by its name in Kubernetes, so that
// what runs is not replaced. Children of it are found with it.
func formerly(logical, name string) pulumi.ResourceOption {
	if logical == name {
		return pulumi.Aliases(nil)
	}
	return pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(name)}})
}
