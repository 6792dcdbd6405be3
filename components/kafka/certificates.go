package kafka

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/certificates"
)

// makesCertificates reports whether the cluster's certificates are made here.
func (a *Args) makesCertificates() bool { return a.Plan.TLS() && a.Certificates.Secret == "" }

// certificates makes them, or takes those that there are. It returns the Secret that nodes
// mount, nil without TLS, and what gates behind the pools need.
func (m *making) certificates(c *Cluster) (pulumi.StringInput, []pulumi.Resource, error) {
	given := m.Certificates
	c.CACertificate = pulumi.StringPtr("").ToStringPtrOutput().ApplyT(func(*string) *string { return nil }).(pulumi.StringPtrOutput)
	switch {
	case !m.Plan.TLS():
		return nil, nil, nil
	case !m.makesCertificates():
		return pulumi.String(given.Secret), nil, nil
	}
	made, err := certificates.New(m.ctx, m.name+"-certificates", &certificates.Args{
		Plan: m.Plan, Namespace: m.namespace, Lifetime: lifetime(given.Lifetime), CALifetime: lifetime(given.CALifetime),
		Hosts: given.Hosts, Protect: m.Protect,
	}, m.child)
	if err != nil {
		return nil, nil, err
	}
	c.Certificates, c.CACertificate = made, made.CA.ToStringPtrOutput()
	return made.Node, made.Made, nil
}

// lifetime is 0 for one that says nothing.
func lifetime(text string) time.Duration {
	parsed, _ := time.ParseDuration(text) // validate has parsed it
	return parsed
}
