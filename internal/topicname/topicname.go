// Package topicname has Kafka's rules for the names of topics.
package topicname

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// longest is how many characters fit into the name of a partition's folder
// (org.apache.kafka.common.internals.Topic.MAX_NAME_LENGTH).
const longest = 249

var legal = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

// own are the topics that Kafka makes for itself.
var own = []string{"__cluster_metadata", "__consumer_offsets", "__share_group_state", "__transaction_state"}

// Own are the topics that Kafka makes for itself.
func Own() []string { return slices.Clone(own) }

// Problem is why a topic cannot be called so, "" if it can.
func Problem(name string) string {
	switch {
	case name == "." || name == "..":
		return "would be a folder of the file system: choose another name"
	case len(name) > longest:
		return fmt.Sprintf("has %d characters, and a topic's name has %d at most", len(name), longest)
	case !legal.MatchString(name):
		return "must be letters (a to z, A to Z), digits, dots, underscores and dashes"
	case slices.Contains(own, name):
		return "is a topic that Kafka makes and keeps for itself: choose another name"
	}
	return ""
}

// Metric is what Kafka's metrics call a topic. Of two topics that they call the same, Kafka
// refuses the second one (Topic.hasCollision).
func Metric(name string) string { return strings.ReplaceAll(name, ".", "_") }
