package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// CertificateSource is where certificates come from.
type CertificateSource string

const (
	// PulumiCertificates are made by the program, which keeps a CA in its state.
	PulumiCertificates CertificateSource = "pulumi"
	// SecretCertificates are somebody else's business.
	SecretCertificates CertificateSource = "secret"
)

// Security is the object under kafka-kraft:security.
type Security struct {
	// none (plaintext), offered (TLS beside it), preferred (nodes use TLS, clients may) or
	// required (no plaintext). A live cluster goes one step at a time, also back, but not from
	// required.
	Encryption topology.Encryption `json:"encryption"`
	// List of ways in which clients say who they are where TLS is spoken: mtls, by a certificate,
	// and scram, by a password (SCRAM-SHA-512), at a port of its own, 9097. Empty asks nobody.
	Authentication []string `json:"authentication"`
	// open (everybody may do everything), warn (what has ACLs is kept to them) or closed (only
	// what an ACL allows). Needs encryption required and an authentication.
	Authorization topology.Authorization `json:"authorization"`
	// Principals such as User:alice who may do anything, besides the nodes and this program.
	SuperUsers []string `json:"superUsers"`
	// Where certificates come from.
	Certificates Certificates `json:"certificates"`
}

// Certificates is the object under kafka-kraft:security.certificates.
type Certificates struct {
	// pulumi (a CA of the stack's own, in its state) or secret (yours).
	Source CertificateSource `json:"source"`
	// With source secret, the Secret in the namespace for all nodes: tls.crt, tls.key and
	// ca.crt, common name kafka-node. One for kafka-admin is {clusterName}-admin.
	SecretName string `json:"secretName"`
	// How long a certificate is valid; the first up after two thirds of it renews it, with a
	// rolling update.
	Lifetime Duration `json:"lifetime" allowed:"1h to 87600h"`
	// How long the CA's own certificate is, at least three times as long.
	CALifetime Duration `json:"caLifetime" allowed:"3h to 876000h"`
	// Further DNS names and addresses by which clients reach brokers.
	Hosts []string `json:"hosts"`
}

// encryption is the key, and the fact of a record, which a cluster without does not have.
const encryption = "security.encryption"

// EncryptionOf is that of a record's cluster.
func EncryptionOf(record string) topology.Encryption {
	values, err := url.ParseQuery(record)
	if err != nil || values.Get(encryption) == "" {
		return topology.None // of what cannot be read, Changes will complain
	}
	return topology.Encryption(values.Get(encryption))
}

// Securing complains of an encryption that a cluster with this record cannot have in one step:
// nodes of both sides of a step must understand each other, and the quorum must know the
// addresses of all of its voters before any of them is asked there. A cluster that never
// lived has no record, and begins anywhere.
func (c Config) Securing(record string) Problems {
	var p Problems
	is, was := c.Security.Encryption, EncryptionOf(record)
	if record == "" || was.Next(is) {
		return nil
	}
	steps := topology.Encryptions()
	at, to := slices.Index(steps, was), slices.Index(steps, is)
	switch {
	case was == topology.Required:
		p.add(encryption, string(is), "cannot be changed on a live cluster that has required: clients that need TLS, and nodes that know no other way, rely on it")
	case to > at && at >= 0:
		p.add(encryption, string(is), "the cluster has %s, and goes one step at a time, each of which all nodes must have taken: set it to %s and run up, then go on", was, steps[at+1])
	case at > 0:
		p.add(encryption, string(is), "the cluster has %s, and goes one step at a time, each of which all nodes must have taken: set it to %s and run up, then go on", was, steps[at-1])
	default:
		p.add(encryption, string(is), "the cluster has %s, which this version does not know", was)
	}
	return p
}

// asksFor reports whether clients may say in this way who they are.
func (c Config) asksFor(way topology.Authentication) bool {
	return slices.Contains(c.Security.Authentication, string(way))
}

// authenticates reports whether clients say at all who they are.
func (c Config) authenticates() bool {
	return c.asksFor(topology.MutualTLS) || c.asksFor(topology.SCRAM)
}

func (c Config) checkSecurity(p *Problems) {
	s := c.Security
	if !slices.Contains(topology.Encryptions(), s.Encryption) {
		p.add(encryption, string(s.Encryption), "must be none, offered, preferred or required")
	}
	for i, way := range s.Authentication {
		if way != string(topology.MutualTLS) && way != string(topology.SCRAM) {
			p.add("security.authentication["+strconv.Itoa(i)+"]", way, "must be mtls or scram; for none, leave the list empty")
		}
	}
	switch s.Authorization {
	case topology.Open:
	case topology.Warn, topology.Closed:
		if s.Encryption != topology.Required {
			p.add("security.authorization", string(s.Authorization), "needs security.encryption required: in plaintext nobody says who they are, and whoever is let in there could do what nodes do")
		}
		if !c.authenticates() {
			p.add("security.authorization", string(s.Authorization), "needs security.authentication mtls or scram: without it all clients are the same, User:ANONYMOUS")
		}
	default:
		p.add("security.authorization", string(s.Authorization), "must be open, warn or closed")
	}
	for i, user := range s.SuperUsers {
		name, typed := strings.CutPrefix(user, "User:")
		if !typed || name == "" || name == "ANONYMOUS" || strings.ContainsFunc(user, control) || strings.Contains(user, ";") || strings.TrimSpace(user) != user {
			p.add("security.superUsers["+strconv.Itoa(i)+"]", user, "must be User: and the common name of a certificate, or the name of a user with a password, such as User:alice, without a semicolon")
		}
	}
	c.checkCertificates(p)
	if s.Encryption == topology.None {
		return
	}
	for key, n := range sorted(map[string]Node{"broker": c.Broker, "controller": c.Controller}) {
		for _, problem := range properties.CheckSecured(n.Properties) {
			p.add(key+".properties."+problem.Name, n.Properties[problem.Name], "%s; use kafka-kraft:security", problem.Reason)
		}
	}
}

func (c Config) checkCertificates(p *Problems) {
	const path = "security.certificates."
	s := c.Security.Certificates
	switch s.Source {
	case PulumiCertificates:
		if s.SecretName != "" {
			p.add(path+"secretName", s.SecretName, "is of no use with source pulumi, which makes its own: leave it out, or use secret")
		}
	case SecretCertificates:
		if invalid(validation.IsDNS1123Subdomain(s.SecretName)) != "" {
			p.add(path+"secretName", s.SecretName, "must be the name of a Secret in the namespace, with tls.crt, tls.key and ca.crt for all nodes")
		}
	default:
		p.add(path+"source", string(s.Source), "must be pulumi or secret")
	}
	if s.CALifetime < 3*s.Lifetime {
		p.add(path+"caLifetime", s.CALifetime.String(), "must be at least three times lifetime (%s), so that the CA outlives what it has signed", s.Lifetime)
	}
	for i, host := range s.Hosts {
		name := strings.TrimPrefix(host, "*.")
		if net.ParseIP(host) == nil && (invalid(validation.IsDNS1123Subdomain(name)) != "" || looksLikeAddress(host)) {
			p.add(fmt.Sprintf("%shosts[%d]", path, i), host, "must be a DNS name, which may begin with *., or an address")
		}
	}
}
