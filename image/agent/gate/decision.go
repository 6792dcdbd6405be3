// Package gate holds a stop back while it would take a partition below min.insync.replicas or the quorum below its majority,
// and while waiting can help. Its decision is pure (decideStop); Gate collects what it goes by.
package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// The stop gate: may this node stop now? It holds a stop back while it would take a partition below
// min.insync.replicas or the quorum below its majority, and while waiting can help.

// stopView is everything that the decision needs.
type stopView struct {
	self   int
	broker *brokerStop // nil: no broker here, or nothing to lose
	quorum *quorumStop // nil: no voter here
	others map[int]presence
}

// brokerStop is the broker's side: the partitions with a replica of this node in the ISR.
type brokerStop struct {
	peers      []int // ids of all other registered brokers
	partitions []wire.Partition
	minISR     map[string]int // by topic; a topic that is missing has not been asked for
}

// quorumStop is the controller's side.
type quorumStop struct {
	leaderKnown bool
	voters      []int // ids of all voters, this one included
	caughtUp    []int // ids of the voters that have the whole log
	observers   []int // ids of the nodes without a vote, brokers for the most part, that fetched within the last seconds
}

// decideStop returns why the stop has to wait, and for what, or "" to let it through.
func decideStop(v stopView) (why string, waits []WaitsFor) {
	var reasons []string
	wait := func(what WaitsFor, reason string) {
		if reason != "" {
			reasons, waits = append(reasons, reason), append(waits, what)
		}
	}
	if v.broker != nil {
		wait(ForReplicas, v.broker.hold(v))
	}
	if v.quorum != nil {
		wait(ForQuorum, v.quorum.hold(v))
	}
	return strings.Join(reasons, "; "), waits
}

// fullStop reports whether everyone else is leaving too (scaled to zero, a deleted namespace): then nobody is there to wait
// for, and nobody is left to be hurt.
func (v stopView) fullStop(peers []int) bool {
	for _, id := range peers {
		if is := v.others[id]; id != v.self && (is.stays() || is == away) {
			return false
		}
	}
	return true
}

// leavesBefore reports whether another node counts as gone: because it is or may be, because it was let through, or because
// it is stopping and has the right of way. When two stop at the same time, the one with the lower id goes first and the other
// one counts it as gone; without an order both would see the other still there and go together.
func (v stopView) leavesBefore(id int) bool {
	switch v.others[id] {
	case quiet, leaving, away, absent:
		return true
	case stopping:
		return id < v.self
	default:
		return false
	}
}

func (b *brokerStop) hold(v stopView) string {
	if v.fullStop(b.peers) {
		return ""
	}
	var blocked []string
	for _, p := range b.partitions {
		minimum, asked := b.minISR[p.Topic]
		if !asked || !slices.Contains(p.ISR, v.self) {
			continue
		}
		if len(p.Replicas)-1 < minimum {
			continue // the topic allows no replica to be missing; waiting cannot change that
		}
		if v.remaining(p) < minimum {
			blocked = append(blocked, fmt.Sprintf("%s-%d (ISR %d of %d, %s=%d)", p.Topic, p.Index, len(p.ISR), len(p.Replicas), wire.MinISR, minimum))
		}
	}
	if len(blocked) == 0 {
		return ""
	}
	more := ""
	if len(blocked) > 3 {
		more = fmt.Sprintf(" and %d more", len(blocked)-3)
		blocked = blocked[:3]
	}
	return "without this broker too few in-sync replicas would be left of " + strings.Join(blocked, ", ") + more
}

// comesBack says which partition has too few replicas in sync while this broker, which is not one of them, catches up with
// it: stopping now would only make that longer. nil: none.
func (b *brokerStop) comesBack(v stopView) error {
	if v.fullStop(b.peers) {
		return nil
	}
	for _, p := range b.partitions {
		minimum, asked := b.minISR[p.Topic]
		if asked && p.Leader >= 0 && slices.Contains(p.Replicas, v.self) && !slices.Contains(p.ISR, v.self) &&
			len(p.Replicas)-1 >= minimum && v.remaining(p) < minimum {
			return fmt.Errorf("it catches up with %s-%d, which needs it (ISR %d of %d, %s=%d)", p.Topic, p.Index, len(p.ISR), len(p.Replicas), wire.MinISR, minimum)
		}
	}
	return nil
}

// remaining counts the in-sync replicas of a partition after this node's stop.
func (v stopView) remaining(p wire.Partition) int {
	n := 0
	for _, id := range p.ISR {
		if id != v.self && !v.leavesBefore(id) {
			n++
		}
	}
	return n
}

// incomplete are the topics that may hold a stop back, that is those whose min.insync.replicas has to be asked for.
// With all replicas in the ISR and nobody else leaving, a stop leaves as many as it ever can.
func (v stopView) incomplete(partitions []wire.Partition) []string {
	var topics []string
	for _, p := range partitions {
		if slices.Contains(p.Replicas, v.self) && v.remaining(p) < len(p.Replicas)-1 && !slices.Contains(topics, p.Topic) {
			topics = append(topics, p.Topic)
		}
	}
	return topics
}

func (q *quorumStop) hold(v stopView) string {
	if !slices.Contains(q.voters, v.self) {
		return ""
	}
	majority := len(q.voters)/2 + 1
	if len(q.voters) == 1 {
		return "" // a single controller cannot tell a full stop from its own restart
	}
	if v.fullStop(q.voters) {
		if len(q.observers) > 0 && q.leaderKnown {
			return fmt.Sprintf("the whole quorum is stopping, and brokers (%s) still need it for a clean stop of their own", say.Numbers(q.observers))
		}
		return ""
	}
	if len(q.voters)-1 < majority {
		return "" // with two voters any stop ends the majority; waiting cannot change that
	}
	if !q.leaderKnown {
		return "the quorum has no leader"
	}
	var left []int
	for _, id := range q.caughtUp {
		if id != v.self && !v.leavesBefore(id) {
			left = append(left, id)
		}
	}
	if len(left) < majority {
		return fmt.Sprintf("without this controller only %d of %d voters would be up to date, %d are needed", len(left), len(q.voters), majority)
	}
	return ""
}

// quorumStopFrom reads the controller's side out of the leader's answer.
func quorumStopFrom(q wire.Quorum) *quorumStop {
	out := &quorumStop{leaderKnown: true}
	now := q.Now()
	for _, r := range q.Voters {
		out.voters = append(out.voters, r.ID)
		if !r.CaughtUp.IsZero() && now.Sub(r.CaughtUp) <= probes.BehindLimit {
			out.caughtUp = append(out.caughtUp, r.ID)
		}
	}
	for _, r := range q.Observers {
		if !r.Fetched.IsZero() && now.Sub(r.Fetched) <= wire.StillFetching {
			out.observers = append(out.observers, r.ID)
		}
	}
	return out
}
