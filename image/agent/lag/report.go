// Package lag asks a broker, again and again, how far the groups of consumers have come that it coordinates. Each group has one
// coordinator, so that all brokers together tell of every group once. Nothing is asked while somebody scrapes.
package lag

import (
	"cmp"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// Limits of one round, so that it costs neither Kafka nor Prometheus more than they can bear. What is left out is counted.
const (
	// Every is how often the broker is asked.
	Every = 15 * time.Second
	// mostGroups are the groups of one broker that are told of, the first ones by name.
	mostGroups = 1000
	// mostPartitions are the partitions of these groups that are told of.
	mostPartitions = 10000
	// largest is how many bytes one answer may have. Groups that a broker tells so much of are left out.
	largest = 32 << 20
	// longest is how long a round may take.
	longest = 10 * time.Second
	// old is when a report counts no more: the broker has not answered since.
	old = 4 * Every
)

// Report is what one round has found.
type Report struct {
	At, Done time.Time // when the round began and ended
	Groups   []Group   // sorted by name
	LeftOut  LeftOut
}

// LeftOut is how much a report does not have.
type LeftOut struct {
	Groups     int // beyond the limits, or nobody answered for them
	Partitions int // beyond the limits, or nobody told where they end
}

// Group is a group of consumers.
type Group struct {
	ID         string
	Share      bool        // a share group
	Members    int         // -1: not known
	Partitions []Partition // sorted by topic and index
}

// Partition is how far a group has come in a partition.
type Partition struct {
	wire.TopicPartition
	Offset int64 // of a share group, the first that it is not done with
	Lag    int64 // records behind the end; -1: not known
}

// first are the groups that a round asks for, by name, and how many it leaves out.
func first(groups []wire.Group) ([]wire.Group, int) {
	sorted := slices.SortedFunc(slices.Values(groups), func(a, b wire.Group) int { return cmp.Compare(a.ID, b.ID) })
	n := min(len(sorted), mostGroups)
	return sorted[:n], len(sorted) - n
}

// trim sorts the groups from this one on, leaves partitions of theirs out for which there is no room, the last ones of the
// last groups, and returns how much room is left.
func (r *Report) trim(from, room int) int {
	groups := r.Groups[from:]
	slices.SortFunc(groups, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
	for i := range groups {
		g := &groups[i]
		slices.SortFunc(g.Partitions, func(a, b Partition) int {
			return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Index, b.Index))
		})
		if over := len(g.Partitions) - room; over > 0 {
			// A copy, so that the others are not kept in memory.
			g.Partitions, r.LeftOut.Partitions = slices.Clone(g.Partitions[:room]), r.LeftOut.Partitions+over
		}
		room -= len(g.Partitions)
	}
	return room
}

// measure gives every partition its lag. One whose end is not known keeps its offset, and is counted.
func (r *Report) measure(ends map[wire.TopicPartition]int64) {
	for _, g := range r.Groups {
		for i := range g.Partitions {
			p := &g.Partitions[i]
			if end, known := ends[p.TopicPartition]; known && !g.Share {
				p.Lag = max(0, end-p.Offset) // committed after the end was asked for
			}
			if p.Lag < 0 {
				r.LeftOut.Partitions++
			}
		}
	}
}
