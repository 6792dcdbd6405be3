// Package rule names the rules that package policy holds a plan against. It knows
// nothing else, so that a configuration can say which of them to waive.
package rule

import "slices"

// Rule is one rule.
type Rule struct {
	// ID is what waives the rule. It is a promise: ids are added, never changed.
	ID string
	// Reason is why there is such a rule, in a sentence.
	Reason string
}

// Ids of the rules.
const (
	OddControllers     = "odd-controllers"
	ReplicationFactor  = "replication-factor"
	MinInSync          = "min-in-sync"
	DataStays          = "data-stays"
	PodSecurity        = "pod-security"
	Resources          = "resources"
	ImageDigest        = "image-digest"
	UnknownProperty    = "unknown-property"
	NoPlainSecret      = "no-plain-secret"
	NodesAreSuperUsers = "nodes-are-super-users"
	NoAutoscaledBroker = "no-autoscaled-broker"
	ZeroMissesNothing  = "zero-misses-nothing"
)

// All are the rules, in the order in which they are checked.
func All() []Rule {
	return []Rule{
		{OddControllers, "A quorum of an even number of controllers survives no more failures than one less, and there is one more to fail."},
		{ReplicationFactor, "A topic with more replicas than there are brokers cannot be made, Kafka's own topics included."},
		{MinInSync, "With as many in-sync replicas required as there are replicas, no broker can stop without stopping producers."},
		{DataStays, "Replacing or deleting what holds records, or the id that they are written under, loses them."},
		{PodSecurity, "Kafka needs no rights on its node: Pod Security Standard restricted, but for the one step that hands a hostPath directory over."},
		{Resources, "A pod without requests is placed where there is no room for it, and one without a memory limit takes its node's."},
		{ImageDigest, "A tag may mean another image tomorrow, and then pods of one pool differ; a digest never does."},
		{UnknownProperty, "Kafka ignores a property that it does not know, so a misspelt one does nothing, and nobody is told."},
		{NoPlainSecret, "Whoever may read a ConfigMap reads what is in it; Kafka takes a secret from a file, by a configuration provider."},
		{NodesAreSuperUsers, "An authorizer that does not know the nodes as super users lets no broker register, and none replicate."},
		{NoAutoscaledBroker, "A pod of Kafka holds records or a vote: one that load adds has none, and one that goes takes them along."},
		{ZeroMissesNothing, "An application that may be scaled to zero must be woken up for every record, and begin at the first that it has not read."},
	}
}

// IDs are those of All.
func IDs() []string {
	var ids []string
	for _, rule := range All() {
		ids = append(ids, rule.ID)
	}
	return ids
}

// Known reports whether there is a rule with this id.
func Known(id string) bool { return slices.Contains(IDs(), id) }
