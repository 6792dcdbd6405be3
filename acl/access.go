package acl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/topicname"
)

// Access is what a user may do, in few words. A name that ends with * stands for all that begin
// so, and * alone for all.
type Access struct {
	// Produce are topics that may be written.
	Produce []string
	// Consume are topics that may be read, and as which group.
	Consume Consume
	// Transactional are transactional ids under which may be written.
	Transactional []string
	// Streams is the application id of a Kafka Streams application: its own topics, which begin
	// with it, its group and its transactions. What it reads and writes besides is said as Consume
	// and Produce.
	Streams string
	// Rules are all else.
	Rules []Rule
}

// Consume is what may be read. Without a Group no offsets can be committed.
type Consume struct {
	Topics []string
	Group  string
}

// Rule is one resource with what may be done with it, or may not.
type Rule struct {
	// Resource is one of Resources; Name its name, which the cluster needs none of.
	Resource, Name string
	// Operations are some of Operations(Resource).
	Operations []string
	// Host is the address that a client comes from, as ACL has it. Empty: Everywhere.
	Host string
	// Deny forbids it, whatever else allows it.
	Deny bool
}

// Empty reports whether nothing is said.
func (a Access) Empty() bool { return len(a.ACLs()) == 0 && len(a.Rules) == 0 }

// ACLs are Kafka's for it, sorted, each once.
func (a Access) ACLs() []ACL {
	var all []ACL
	for _, topic := range a.Produce {
		all = append(all, of(Rule{Resource: Topic, Name: topic, Operations: []string{Write, Describe}})...)
	}
	for _, topic := range a.Consume.Topics {
		all = append(all, of(Rule{Resource: Topic, Name: topic, Operations: []string{Read, Describe}})...)
	}
	if a.Consume.Group != "" {
		all = append(all, of(Rule{Resource: Group, Name: a.Consume.Group, Operations: []string{Read, Describe}})...)
	}
	for _, id := range a.Transactional {
		all = append(all, of(Rule{Resource: TransactionalID, Name: id, Operations: []string{Write, Describe}})...)
	}
	if a.Streams != "" {
		// Internal topics and transactional ids are called {application id}-…, the group as the
		// application (https://kafka.apache.org/documentation/streams/developer-guide/security).
		all = append(all, of(Rule{Resource: Topic, Name: a.Streams + "-*", Operations: []string{All}})...)
		all = append(all, of(Rule{Resource: Group, Name: a.Streams, Operations: []string{Read, Describe, Delete}})...)
		all = append(all, of(Rule{Resource: TransactionalID, Name: a.Streams + "-*", Operations: []string{Write, Describe}})...)
	}
	for _, rule := range a.Rules {
		all = append(all, of(rule)...)
	}
	return Sorted(all)
}

// of are the ACLs of a rule, one for each operation.
func of(r Rule) []ACL {
	name, prefixed := r.Name, false
	if begin, star := strings.CutSuffix(name, Everywhere); star && begin != "" {
		name, prefixed = begin, true
	}
	if r.Resource == Cluster {
		name = cmp.Or(name, TheCluster)
	}
	var all []ACL
	for _, operation := range r.Operations {
		all = append(all, ACL{
			Resource: r.Resource, Name: name, Prefixed: prefixed, Operation: operation, Host: cmp.Or(r.Host, Everywhere), Deny: r.Deny,
		})
	}
	return all
}

// Problem is something that Kafka would refuse, or that would never match.
type Problem struct {
	Path, Value string // such as produce[0], and what is there
	Want        string
}

// Problems are all of them.
func (a Access) Problems() []Problem {
	var all []Problem
	add := func(path, value, want string) { all = append(all, Problem{path, value, want}) }
	topics := func(path string, names []string) {
		for i, name := range names {
			if want := topicProblem(name); want != "" {
				add(fmt.Sprintf("%s[%d]", path, i), name, want)
			}
		}
	}
	topics("produce", a.Produce)
	topics("consume.topics", a.Consume.Topics)
	if a.Consume.Group != "" {
		if want := nameProblem(a.Consume.Group); want != "" {
			add("consume.group", a.Consume.Group, want)
		} else if len(a.Consume.Topics) == 0 {
			add("consume.group", a.Consume.Group, "reads no topic: name them in consume.topics")
		}
	}
	for i, id := range a.Transactional {
		if want := nameProblem(id); want != "" {
			add(fmt.Sprintf("transactional[%d]", i), id, want)
		}
	}
	if a.Streams != "" {
		if want := topicname.Problem(a.Streams); want != "" {
			add("streams", a.Streams, want+": its topics begin with it")
		}
	}
	for i, rule := range a.Rules {
		for _, problem := range rule.problems() {
			add(fmt.Sprintf("acls[%d].%s", i, problem.Path), problem.Value, problem.Want)
		}
	}
	return all
}

// problems are those of one rule.
func (r Rule) problems() []Problem {
	known := operations[r.Resource]
	if known == nil {
		return []Problem{{"resource", r.Resource, "must be one of " + strings.Join(Resources(), ", ")}}
	}
	var all []Problem
	if len(r.Operations) == 0 {
		all = append(all, Problem{"operations", "", "must be some of " + strings.Join(known, ", ")})
	}
	for i, operation := range r.Operations {
		if !slices.Contains(known, operation) {
			all = append(all, Problem{fmt.Sprintf("operations[%d]", i), operation, fmt.Sprintf("of a %s must be one of %s", r.Resource, strings.Join(known, ", "))})
		}
	}
	if want := r.nameProblem(); want != "" {
		all = append(all, Problem{"name", r.Name, want})
	}
	if r.Host != "" {
		if want := hostProblem(r.Host); want != "" {
			all = append(all, Problem{"host", r.Host, want})
		}
	}
	return all
}

// nameProblem is why no resource of the rule's kind is called so.
func (r Rule) nameProblem() string {
	switch r.Resource {
	case Topic:
		return topicProblem(r.Name)
	case Cluster:
		if r.Name != "" && r.Name != TheCluster {
			return "the cluster needs no name"
		}
		return ""
	}
	return nameProblem(r.Name)
}

// topicProblem is why a topic cannot be called so, * at its end aside.
func topicProblem(name string) string {
	begin, star := strings.CutSuffix(name, Everywhere)
	if star && begin == "" {
		return ""
	}
	if star {
		begin += "x" // of which more is to come: . and .. are no problem
	}
	// Kafka's own topics can be written and read, though not made.
	if slices.Contains(topicname.Own(), begin) {
		return ""
	}
	return topicname.Problem(begin)
}

// nameProblem is why nothing is called so.
func nameProblem(name string) string {
	if name == "" || strings.TrimSpace(name) != name || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "must be a name, without control characters, and without a space at its ends"
	}
	return ""
}
