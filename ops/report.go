package ops

import (
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/features"
	"github.com/kafka-kraft/kafka-kraft/placement"
)

// Lines says it for people, such as "19 partitions moved, 12.4 GiB copied". No line: nothing was
// done. That of a call that was cut off says how far it came.
func (r EvacuationReport) Lines() []string {
	var text []string
	if len(r.Cordoned) > 0 {
		text = append(text, several("broker", r.Cordoned)+": no more replicas")
	}
	text = append(text, moved(r.Moved, r.Bytes)...)
	if r.Cancelled > 0 {
		text = append(text, count(r.Cancelled, "reassignment")+" cancelled")
	}
	return append(text, released(r.Released)...)
}

// Lines says it for people. No line: nothing was done.
func (r MembershipReport) Lines() []string {
	text := released(r.Released)
	if len(r.Unregistered) > 0 {
		text = append(text, several("broker", r.Unregistered)+" unregistered")
	}
	text = append(text, moved(r.Moved, r.Bytes)...)
	if r.Elected > 0 {
		text = append(text, count(r.Elected, "partition")+" back with the preferred leader")
	}
	return text
}

// Lines says it for people. No line: nothing was done.
func (r QuorumReport) Lines() []string {
	var text []string
	if len(r.Removed) > 0 {
		text = append(text, several("controller", r.Removed)+" removed from the quorum")
	}
	if len(r.Unregistered) > 0 {
		text = append(text, several("controller", r.Unregistered)+" unregistered")
	}
	return text
}

// Lines says it for people. No line: it was so already.
func (r FeaturesReport) Lines() []string {
	if r.From == r.To {
		return nil
	}
	line := fmt.Sprintf("%s %d is finalised, it was %d", features.MetadataVersion, r.To, r.From)
	if len(r.Brokers) > 0 {
		line += ", and " + several("broker", r.Brokers) + " know it"
	}
	return []string{line}
}

func moved(partitions int, bytes int64) []string {
	if partitions == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s moved, %s copied", count(partitions, "partition"), placement.Bytes(bytes))}
}

func released(brokers []int32) []string {
	if len(brokers) == 0 {
		return nil
	}
	return []string{several("broker", brokers) + ": replicas again"}
}
