package properties

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is a property that must not be set by hand.
type Problem struct {
	Name   string
	Reason string // why, and what to do instead
}

// owned are the properties that this program sets, or that would contradict it,
// with what to use instead.
var owned = map[string]string{
	"process.roles":                       "follows from kafka-kraft:topology",
	"node.id":                             "follows from kafka-kraft:brokerIds and controllerIds",
	"broker.id":                           "follows from kafka-kraft:brokerIds",
	"broker.id.generation.enable":         "node ids follow from kafka-kraft:brokerIds",
	"cluster.id":                          "use kafka-kraft:clusterId",
	"controller.quorum.bootstrap.servers": "follows from the topology",
	"controller.quorum.voters":            "would make the quorum static; the voters of a dynamic quorum follow from the topology",
	"controller.quorum.auto.join.enable":  "is always on",
	"controller.listener.names":           "listeners follow from the topology",
	"listeners":                           "listeners follow from the topology; use kafka-kraft:external for clients outside",
	"advertised.listeners":                "follows from the pods' names; use kafka-kraft:external for clients outside",
	"host.name":                           "follows from the pods' names",
	"advertised.host.name":                "follows from the pods' names",
	"listener.security.protocol.map":      "listeners follow from the topology",
	"inter.broker.listener.name":          "listeners follow from the topology",
	"security.inter.broker.protocol":      "listeners follow from the topology",
	"control.plane.listener.name":         "is not for KRaft; listeners follow from the topology",
	"log.dir":                             "use kafka-kraft:storage",
	"log.dirs":                            "use kafka-kraft:storage",
	"metadata.log.dir":                    "use kafka-kraft:storage",
	"default.replication.factor":          "use kafka-kraft:replicationFactor",
	"min.insync.replicas":                 "use kafka-kraft:minInSyncReplicas",

	"offsets.topic.replication.factor":                 "use kafka-kraft:replicationFactor",
	"transaction.state.log.replication.factor":         "use kafka-kraft:replicationFactor",
	"share.coordinator.state.topic.replication.factor": "use kafka-kraft:replicationFactor",
	"transaction.state.log.min.isr":                    "use kafka-kraft:minInSyncReplicas",
	"share.coordinator.state.topic.min.isr":            "use kafka-kraft:minInSyncReplicas",
}

// placeholder is what the agent would try to fill in; one with a colon is Kafka's.
var placeholder = regexp.MustCompile(`\$\{[^}:]*\}`)

var propertyName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

// Check returns a problem for every property that may not be set by
// hand or that would not survive a properties file, sorted by name.
func Check(properties map[string]string) []Problem {
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if reason := check(name, properties[name]); reason != "" {
			problems = append(problems, Problem{Name: name, Reason: reason})
		}
	}
	return problems
}

func check(name, value string) string {
	switch reason := owned[name]; {
	case reason != "":
		return "is set by this program: " + reason
	case strings.HasPrefix(name, "zookeeper."):
		return "belongs to ZooKeeper, which Kafka 4 does not know"
	case !propertyName.MatchString(name):
		return "is not the name of a Kafka property"
	case strings.ContainsFunc(value, unicode.IsControl) || !utf8.ValidString(value):
		return "must be one line without control characters"
	case strings.TrimSpace(value) != value:
		return "must not begin or end with a space, which a properties file does not keep"
	case placeholder.MatchString(value):
		return "must not hold ${…}, except for a configuration provider of Kafka's: ${provider:path:key}"
	default:
		return ""
	}
}
