package users

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/acl"
)

// ACL lets a user do one thing, or forbids it.
type ACL struct {
	Resource  string `pulumi:"resource"`
	Name      string `pulumi:"name"`
	Prefixed  bool   `pulumi:"prefixed,optional"`
	Operation string `pulumi:"operation"`
	Host      string `pulumi:"host,optional"`
	Deny      bool   `pulumi:"deny,optional"`
}

// Annotate describes the inputs in the provider's schema.
func (a *ACL) Annotate(d infer.Annotator) {
	d.Describe(&a, "One thing that a user may do, or may not.")
	d.SetToken("kafka", "ACL")
	d.Describe(&a.Resource, "topic, group, transactionalId or cluster.")
	d.Describe(&a.Name, "Name of the resource, "+acl.Everywhere+" for all; of the cluster "+acl.TheCluster+".")
	d.Describe(&a.Prefixed, "It is about all whose names begin so.")
	d.Describe(&a.Operation, "Kafka's word for what may be done, such as Read, Write, Describe or All.")
	d.Describe(&a.Host, "Address that clients come from. None: wherever.")
	d.Describe(&a.Deny, "Forbid it, whatever else allows it.")
}

// inKafka are the ACLs in Kafka's form.
func inKafka(all []ACL) []acl.ACL {
	var kafkas []acl.ACL
	for _, a := range all {
		kafkas = append(kafkas, acl.ACL{
			Resource: a.Resource, Name: a.Name, Prefixed: a.Prefixed, Operation: a.Operation, Host: cmp.Or(a.Host, acl.Everywhere), Deny: a.Deny,
		})
	}
	return acl.Sorted(kafkas)
}

// asInputs is the reverse.
func asInputs(all []acl.ACL) []ACL {
	var inputs []ACL
	for _, a := range all {
		made := ACL{Resource: a.Resource, Name: a.Name, Prefixed: a.Prefixed, Operation: a.Operation, Deny: a.Deny}
		if a.Host != acl.Everywhere {
			made.Host = a.Host
		}
		inputs = append(inputs, made)
	}
	return inputs
}

// same reports whether two lists mean the same, in whatever order.
func same(a, b []ACL) bool { return slices.Equal(inKafka(a), inKafka(b)) }

// sentence names some of them.
func sentence(all []acl.ACL) string {
	const enough = 5
	text := ""
	for i, a := range all {
		if i == enough {
			return text + fmt.Sprintf(" and %d more", len(all)-enough)
		}
		if i > 0 {
			text += ", "
		}
		text += a.String()
	}
	return text
}
