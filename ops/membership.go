package ops

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// Membership says which brokers of a pool there are.
type Membership struct {
	Range   Range   // the pool's ids
	Brokers []int32 // ids of the range that are to serve
	// Rebalance is what moves when all of them do. "" is none: only new topics go to a new
	// broker, since Kafka never moves anything by itself.
	Rebalance placement.Rebalance
	// Fill are the brokers that count as new for [placement.New]. nil: those that hold less
	// than half of an even share, which is a guess; whoever knows should say.
	Fill []int32
	// Gone reports whether a broker's pod is gone for good. An error is waited out as one of
	// Kafka's is. nil: a broker that is fenced is gone.
	Gone func(ctx context.Context, id int32) (bool, error)
	Pace
}

// MembershipReport is what was done.
type MembershipReport struct {
	Released     []int32 // wanted brokers that had a cordon left behind
	Unregistered []int32
	Moved        int   // partitions
	Bytes        int64 // that were copied for them
	Elected      int   // partitions that were given their preferred leader
	Remarks      []string
}

// rounds of moves until a rebalance must have come to its end.
const rounds = 5

// Join waits until the brokers of a range that are wanted are registered and unfenced, takes
// stale cordons off them, and forgets the others. With a rebalance it then moves replicas, and
// gives partitions their preferred leaders.
//
// A broker is forgotten only if it is fenced, its pod is gone and it holds no replica: Kafka
// itself checks none of that, and would strip it from every partition that it is in sync for
// (ReplicationControlManager.unregisterBroker). One that holds replicas is refused, see
// [Evacuate]. A registration that is left behind blocks the next metadata.version
// (FeatureControlManager.reasonNotSupported).
func Join(ctx context.Context, admin Admin, m Membership, progress Progress) (report MembershipReport, err error) {
	if err := m.Check(); err != nil {
		return report, err
	}
	w := newWorker(admin, m.Pace, progress)
	s, err := w.look(ctx)
	if err != nil {
		return report, err
	}
	if err := w.surely(ctx, s, func(now world) (bool, error) { return false, m.mayGo(now) }); err != nil {
		return report, err
	}
	if err := w.until(ctx, func(ctx context.Context) (string, error) {
		now, err := w.glance(ctx)
		if err != nil {
			return "", err
		}
		return m.awaited(now), nil
	}); err != nil {
		return report, err
	}
	if s, err = w.look(ctx); err != nil {
		return report, err
	}
	for _, id := range sorted(m.Brokers) {
		switch value := s.dynamic[id][cordonKey]; value {
		case "":
		case all:
			if err := w.cordon(ctx, id, false); err != nil {
				return report, err
			}
			report.Released = append(report.Released, id)
		default:
			report.Remarks = append(report.Remarks, handCordoned(id, value))
		}
	}
	if len(s.running) == 0 {
		if err := w.unthrottle(ctx); err != nil {
			return report, err
		}
	} else if m.rebalance() == placement.None {
		report.Remarks = append(report.Remarks, "somebody moves "+count(len(s.running), "partition")+"; a throttle, if there is one, is left to them")
	}
	for _, id := range m.extra(s) {
		if err := w.forget(ctx, m, id); err != nil {
			return report, err
		}
		report.Unregistered = append(report.Unregistered, id)
	}
	if m.rebalance() == placement.None {
		return report, nil
	}
	return report, w.rebalance(ctx, m, &report)
}

// Check returns what is wrong with the wishes themselves, whatever the cluster is like.
func (m Membership) Check() error {
	reasons := append(m.Range.check("broker", m.Brokers), m.reasons()...)
	switch m.rebalance() {
	case placement.None, placement.New, placement.Full:
	default:
		reasons = append(reasons, fmt.Sprintf("rebalance %q: must be %s, %s or %s", m.Rebalance, placement.None, placement.New, placement.Full))
	}
	return refuse("the brokers are left as they are", reasons)
}

func (m Membership) rebalance() placement.Rebalance {
	if m.Rebalance == "" {
		return placement.None
	}
	return m.Rebalance
}

// extra are the brokers of the range that are registered and not wanted.
func (m Membership) extra(s world) []int32 {
	var ids []int32
	for _, b := range s.brokers {
		if m.Range.Has(b.ID) && !slices.Contains(m.Brokers, b.ID) {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// mayGo refuses to forget brokers that hold replicas, or are about to.
func (m Membership) mayGo(s world) error {
	held := s.holders()
	var reasons []string
	for _, id := range m.extra(s) {
		if held[id] > 0 {
			reasons = append(reasons, fmt.Sprintf("broker %d is to go and holds %s: evacuate it first", id, count(held[id], "replica")))
		}
	}
	return refuse("no broker is unregistered", reasons)
}

// awaited says which wanted brokers do not serve yet.
func (m Membership) awaited(s world) string {
	if away := m.away(s); len(away) > 0 {
		return fmt.Sprintf("brokers %s are not registered, or fenced", list(away))
	}
	return ""
}

func (m Membership) away(s world) []int32 {
	return slices.DeleteFunc(sorted(m.Brokers), s.awake)
}

// forget unregisters a broker as soon as it is gone, and was seen so twice: what a broker answers
// about partitions is a moment old, and Kafka itself does not look.
func (w *worker) forget(ctx context.Context, m Membership, id int32) error {
	var gone time.Time
	return w.until(ctx, func(ctx context.Context) (string, error) {
		s, err := w.glance(ctx)
		if err != nil {
			return "", err
		}
		b, registered := s.broker(id)
		if !registered {
			return "", nil
		}
		if !b.Fenced {
			gone = time.Time{}
			return fmt.Sprintf("broker %d is to go and still serves", id), nil
		}
		if m.Gone != nil {
			if away, err := m.Gone(ctx, id); err != nil || !away {
				return fmt.Sprintf("broker %d is to go and its pod is still there", id), err
			}
		}
		if gone.IsZero() {
			gone = time.Now()
		}
		if time.Since(gone) < between {
			return fmt.Sprintf("broker %d is gone; another look", id), nil
		}
		if err := m.mayGo(s); err != nil {
			return "", err
		}
		if err := w.Unregister(ctx, id); err != nil {
			return "", err
		}
		return fmt.Sprintf("broker %d is being forgotten", id), nil
	})
}

// rebalance moves replicas and elects leaders.
func (w *worker) rebalance(ctx context.Context, m Membership, report *MembershipReport) (err error) {
	defer func() { err = w.leave(ctx, err) }()
	for range rounds {
		// What runs may be what an earlier call has begun. There is nothing to plan before it ends.
		if err := w.until(ctx, func(ctx context.Context) (string, error) {
			running, err := w.reassignments(ctx)
			if err != nil || len(running) == 0 {
				return "", err
			}
			return "waits for what moves already: " + count(len(running), "partition"), nil
		}); err != nil {
			return err
		}
		if err := w.unthrottle(ctx); err != nil { // theirs, if they were cut off
			return err
		}
		s, err := w.look(ctx)
		if err != nil {
			return err
		}
		var moves []placement.Move
		if err := w.surely(ctx, s, func(now world) (bool, error) {
			s = now
			moves, err = w.spread(ctx, m, s)
			return len(moves) > 0, err
		}); err != nil {
			return err
		}
		if len(moves) == 0 {
			return w.elect(ctx, report)
		}
		if w.pace.Throttle > 0 {
			if err := w.throttle(ctx, s.awakeIDs(), moves); err != nil {
				return err
			}
		}
		done, err := w.carry(ctx, "rebalance", nil, moves)
		report.Moved += done.partitions
		report.Bytes += done.bytes
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("rebalance: not even after %d rounds; somebody else moves partitions, or topics come and go", rounds)
}

// spread plans the moves of a rebalance.
func (w *worker) spread(ctx context.Context, m Membership, s world) ([]placement.Move, error) {
	reasons, err := w.throttleReasons(ctx, s)
	if err != nil {
		return nil, err
	}
	c := s.cluster()
	fill := m.fill(c)
	for i := range c.Brokers {
		c.Brokers[i].New = slices.Contains(fill, c.Brokers[i].ID)
		c.Brokers[i].Closed = c.Brokers[i].Closed || slices.Contains(m.extra(s), c.Brokers[i].ID)
	}
	moves, err := placement.Spread(c, m.rebalance(), placement.Options{})
	if err != nil {
		reasons = append(reasons, lines(err)...)
	}
	return moves, refuse("no replica is moved to even out the brokers", reasons)
}

// fill are the brokers that count as new.
func (m Membership) fill(c placement.Cluster) []int32 {
	if m.Fill != nil {
		return m.Fill
	}
	held, total, open := map[int32]int{}, 0, 0
	for _, p := range c.Partitions {
		for _, id := range p.Replicas {
			held[id]++
			total++
		}
	}
	for _, b := range c.Brokers {
		if !b.Closed {
			open++
		}
	}
	var ids []int32
	for _, b := range c.Brokers {
		if !b.Closed && slices.Contains(m.Brokers, b.ID) && 2*held[b.ID]*open < total {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// elect gives partitions their preferred leaders, where those are in sync.
func (w *worker) elect(ctx context.Context, report *MembershipReport) error {
	return w.try(ctx, func(ctx context.Context) error {
		s, err := w.glance(ctx)
		if err != nil {
			return err
		}
		others := s.ledByOthers()
		if err := w.ElectPreferred(ctx, others); err != nil {
			return err
		}
		report.Elected = len(others)
		return nil
	})
}

// ledByOthers are the partitions whose preferred leader could lead and does not.
func (s world) ledByOthers() []Partition {
	var list []Partition
	for _, p := range s.partitions {
		if len(p.Replicas) > 0 && p.Leader != p.Replicas[0] && slices.Contains(p.ISR, p.Replicas[0]) {
			list = append(list, p)
		}
	}
	return list
}
