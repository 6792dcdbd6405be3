package ops

import (
	"context"
	"fmt"
	"slices"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// Node is a node of Kafka that gets an empty volume, with the roles that it has.
type Node struct {
	ID                 int32
	Broker, Controller bool
}

// String names it by the role that people look for: the records, if it has some.
func (n Node) String() string {
	if n.Broker {
		return fmt.Sprintf("broker %d", n.ID)
	}
	return fmt.Sprintf("controller %d", n.ID)
}

// ReplacementPlan is what becomes of nodes that get an empty volume now.
type ReplacementPlan struct {
	Nodes []ReplacedNode // in the order in which they were asked for
	// Voters are the directory ids under which the controllers among them vote now. One that
	// does not vote is left out.
	Voters map[int32][16]byte
}

// ReplacedNode is what a node has to get back from the others.
type ReplacedNode struct {
	Node
	Replicas int
	Bytes    int64 // of those, as far as the others have them
}

// String says it for people: "broker 1: 37 replicas, 12.4 GiB are copied back from the others".
func (n ReplacedNode) String() string {
	what := ""
	switch {
	case n.Broker && n.Controller:
		what = fmt.Sprintf("%s, %s, and the metadata log", count(n.Replicas, "replica"), placement.Bytes(n.Bytes))
	case n.Broker:
		what = fmt.Sprintf("%s, %s", count(n.Replicas, "replica"), placement.Bytes(n.Bytes))
	default:
		return n.Node.String() + ": the metadata log is copied back from the others"
	}
	return fmt.Sprintf("%s: %s are copied back from the others", n.Node, what)
}

// few is how many partitions a reason names.
const few = 3

// PlanReplacement says what nodes have to get back when they lose their volumes, one after the
// other, and changes nothing. It refuses what could cost records, or what waits for other
// nodes first, with all reasons at once:
//
//   - every partition of a broker needs as many other replicas in sync as producers with acks=all
//     do (min.insync.replicas), and at least one: what it has is deleted;
//   - a majority of the voters has to be caught up without a controller, which joins them anew;
//   - all other nodes have to serve and be caught up, but for those that are replaced, too;
//   - nobody moves partitions of it.
//
// A node of the list may be dead, and that may be why it is replaced.
func PlanReplacement(ctx context.Context, admin Admin, nodes []Node) (ReplacementPlan, error) {
	plan := ReplacementPlan{Voters: map[int32][16]byte{}}
	w := newWorker(admin, Pace{}, nil)
	var reasons []string
	var brokers, controllers []int32
	for _, n := range nodes {
		if n.Broker {
			brokers = append(brokers, n.ID)
		}
		if n.Controller {
			controllers = append(controllers, n.ID)
		}
		plan.Nodes = append(plan.Nodes, ReplacedNode{Node: n})
	}
	if len(controllers) > 0 {
		q, err := w.quorum(ctx)
		if err != nil {
			return plan, err
		}
		reasons = append(reasons, voteReasons(q, controllers)...)
		for _, id := range controllers {
			if voter, votes := q.voter(id); votes {
				plan.Voters[id] = voter.Directory
			}
		}
	}
	if len(brokers) > 0 {
		s, err := w.others(ctx, brokers)
		if err != nil {
			return plan, err
		}
		least, err := w.minInSync(ctx, s, brokers)
		if err != nil {
			return plan, err
		}
		reasons = append(reasons, s.copyReasons(brokers, least)...)
		sizes := s.sizes()
		for i, n := range plan.Nodes {
			for _, p := range s.partitions {
				if n.Broker && slices.Contains(p.Replicas, n.ID) {
					plan.Nodes[i].Replicas++
					plan.Nodes[i].Bytes += sizes[name(p.Topic, p.Index)]
				}
			}
		}
	}
	return plan, refuse("no volume is replaced", reasons)
}

// voteReasons are why voters must not lose their metadata logs.
func voteReasons(q Quorum, leaving []int32) []string {
	if q.Leader < 0 {
		return []string{"the quorum has no leader: bring it back first"}
	}
	var reasons []string
	var behind, well []int32
	for _, voter := range q.Voters {
		switch {
		case !(Voters{}).caughtUp(q, voter):
			behind = append(behind, voter.ID)
		default:
			well = append(well, voter.ID)
		}
	}
	if others := without(behind, leaving); len(others) > 0 {
		reasons = append(reasons, fmt.Sprintf("%s: behind the leader; bring that back first", several("controller", others)))
	}
	need := majority(len(q.Voters))
	for _, id := range leaving {
		if left := without(well, []int32{id}); len(left) < need {
			reasons = append(reasons, fmt.Sprintf("controller %d: without it %d of %d voters are caught up, and %d must be", id, len(left), len(q.Voters), need))
		}
	}
	return reasons
}

// others is a look at the cluster without asking these brokers what they have: their volumes
// may be what is broken.
func (w *worker) others(ctx context.Context, brokers []int32) (s world, err error) {
	err = w.try(ctx, func(ctx context.Context) error {
		if s, err = w.glance(ctx); err != nil {
			return err
		}
		s.dirs = map[int32][]LogDir{}
		for _, b := range s.brokers {
			if b.Fenced || slices.Contains(brokers, b.ID) {
				continue
			}
			if s.dirs[b.ID], err = w.LogDirs(ctx, b.ID); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}

// minInSync are the min.insync.replicas of the topics of these brokers.
func (w *worker) minInSync(ctx context.Context, s world, brokers []int32) (least map[string]int, err error) {
	topics := map[string]bool{}
	for _, p := range s.partitions {
		if meet(p.Replicas, brokers) {
			topics[p.Topic] = true
		}
	}
	if len(topics) == 0 {
		return nil, nil
	}
	err = w.try(ctx, func(ctx context.Context) error {
		least, err = w.MinInSync(ctx, keys(topics))
		return err
	})
	return least, err
}

// copyReasons are why brokers must not lose their records.
func (s world) copyReasons(leaving []int32, least map[string]int) []string {
	var reasons []string
	for _, b := range s.brokers {
		if b.Fenced && !slices.Contains(leaving, b.ID) {
			reasons = append(reasons, fmt.Sprintf("broker %d is fenced: bring it back first", b.ID))
		}
	}
	behind := map[int32][]string{} // partitions that are not in sync, by broker
	for _, p := range s.partitions {
		coming := s.running[name(p.Topic, p.Index)].Adding
		for _, id := range without(p.Replicas, slices.Concat(p.ISR, coming, leaving)) {
			if s.awake(id) {
				behind[id] = append(behind[id], name(p.Topic, p.Index))
			}
		}
	}
	for _, b := range s.brokers {
		if names := behind[b.ID]; len(names) > 0 {
			reasons = append(reasons, fmt.Sprintf("broker %d catches up with %s: wait until it has", b.ID, named(names)))
		}
	}
	for _, id := range leaving {
		var alone, scarce, moving []string
		for _, p := range s.partitions {
			key := name(p.Topic, p.Index)
			if r, running := s.running[key]; running && slices.Contains(slices.Concat(p.Replicas, r.Adding), id) {
				moving = append(moving, key)
			}
			if !slices.Contains(p.Replicas, id) {
				continue
			}
			others := len(without(p.ISR, []int32{id}))
			switch need := max(1, least[p.Topic]); {
			case len(p.Replicas) == 1:
				alone = append(alone, key)
			case others < need:
				scarce = append(scarce, fmt.Sprintf("%s (%d of %d)", key, others, need))
			}
		}
		add := func(names []string, format string) {
			if len(names) > 0 {
				reasons = append(reasons, fmt.Sprintf("broker %d: "+format, id, named(names)))
			}
		}
		add(alone, "nobody else has %s: give the topic more replicas, or move it to another broker (kafka-reassign-partitions.sh)")
		add(scarce, "too few others are in sync, by min.insync.replicas, with %s: wait until they are, or give the topic one replica more than that")
		add(moving, "somebody moves %s: let that end, or cancel it (kafka-reassign-partitions.sh --cancel)")
	}
	return reasons
}

// named is a list of names that may be long.
func named(names []string) string {
	text := names[0]
	for _, name := range names[1:min(few, len(names))] {
		text += ", " + name
	}
	if more := len(names) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// AwaitReplaced returns when a node that has begun anew has got back what it had: a broker is in
// sync with all its partitions, at two looks, and a controller votes, caught up, under another
// directory id than was, which is that of its former volume (zero: under any). Kafka does both
// by itself; the former voter makes place for the new one (controller.quorum.auto.join.enable).
//
// The error is that of ctx, with what is waited for, or what Kafka has answered with for two
// minutes.
func AwaitReplaced(ctx context.Context, admin Admin, node Node, was [16]byte, progress Progress) error {
	w := newWorker(admin, Pace{}, progress)
	for looks := 0; looks < 2; looks++ {
		if looks > 0 {
			if err := w.sleep(ctx, max(between, w.pace.Poll)); err != nil {
				return err
			}
		}
		if err := w.until(ctx, func(ctx context.Context) (string, error) {
			if node.Controller {
				if waits, err := w.votesAnew(ctx, node.ID, was); waits != "" || err != nil {
					return waits, err
				}
			}
			if node.Broker {
				return w.copiesBack(ctx, node.ID)
			}
			return "", nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// votesAnew says what a controller is waited for.
func (w *worker) votesAnew(ctx context.Context, id int32, was [16]byte) (string, error) {
	q, err := w.Quorum(ctx)
	if err != nil {
		return "", err
	}
	voter, votes := q.voter(id)
	switch {
	case q.Leader < 0:
		return "the quorum has no leader", nil
	case !votes, voter.Directory == was && was != [16]byte{}:
		return fmt.Sprintf("controller %d has yet to join the quorum with its new volume", id), nil
	case !(Voters{}).caughtUp(q, voter):
		return fmt.Sprintf("controller %d is behind the leader", id), nil
	}
	return "", nil
}

// copiesBack says what a broker is waited for.
func (w *worker) copiesBack(ctx context.Context, id int32) (string, error) {
	s, err := w.glance(ctx)
	if err != nil {
		return "", err
	}
	if !s.awake(id) {
		return fmt.Sprintf("broker %d is not registered yet, or fenced", id), nil
	}
	all, synced := 0, 0
	for _, p := range s.partitions {
		if slices.Contains(p.Replicas, id) {
			all++
			if slices.Contains(p.ISR, id) {
				synced++
			}
		}
	}
	if synced < all {
		return fmt.Sprintf("broker %d: %d of %s in sync again", id, synced, count(all, "replica")), nil
	}
	return "", nil
}
