package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

// Voters says which controllers of a pool vote.
type Voters struct {
	Range Range   // the pool's ids
	IDs   []int32 // ids of the range that are to vote
	// Gone reports whether a controller's pod is gone for good. It is asked before a voter is
	// removed: one that still runs joins again at once (KAFKA-19850). An error is waited out
	// as one of Kafka's is.
	Gone func(ctx context.Context, id int32) (bool, error)
	// Left are ids of the range that voted once and are not to vote any more, of which Kafka may
	// still have the registrations. What Settle itself removes need not be named.
	Left []int32
	// Listeners are names of those at which the quorum has to know each of IDs. A voter tells it
	// of a new one by itself (UpdateRaftVoter, KIP-853); before all are known there, no node may
	// put it first in controller.listener.names: KafkaRaftClient fails on a voter without.
	Listeners []string
	// Within is how far behind the leader a voter may be and still be caught up. 0 is two
	// seconds, Kafka's own limit before it looks for another leader (controller.quorum.fetch.timeout.ms).
	Within time.Duration
	Pace
}

// QuorumReport is what was done.
type QuorumReport struct {
	Removed      []int32 // voters, in this order
	Unregistered []int32 // controllers
	// Registered are controllers that left and are still registered, since the finalised
	// metadata.version is too old to forget any.
	Registered []int32
}

// Settle waits until all that are to vote do, and have all that the leader has, and then removes
// the other voters of the range, the highest id first, and their registrations. Controllers join
// by themselves (controller.quorum.auto.join.enable).
//
// A voter is removed when its pod is gone, under the directory id that the quorum has for it now,
// and only while a majority of the voters that there are would run without it. The leader takes
// one change at a time and answers REQUEST_TIMED_OUT meanwhile (RemoveVoterHandler); then it is
// asked again. [CheckLeave] refuses what can never go well.
func Settle(ctx context.Context, admin Admin, v Voters, progress Progress) (report QuorumReport, err error) {
	if err := v.Check(); err != nil {
		return report, err
	}
	w := newWorker(admin, v.Pace, progress)
	q, err := w.quorum(ctx)
	if err != nil {
		return report, err
	}
	if err := v.mayLeave(q); err != nil {
		return report, err
	}
	if err := w.until(ctx, func(ctx context.Context) (string, error) {
		q, err := w.Quorum(ctx)
		if err != nil {
			return "", err
		}
		return v.awaited(q), nil
	}); err != nil {
		return report, err
	}
	for {
		if q, err = w.quorum(ctx); err != nil {
			return report, err
		}
		extra := v.extra(q)
		if len(extra) == 0 {
			return report, w.forgetControllers(ctx, v, &report)
		}
		id := extra[0]
		if n := count32(report.Removed, id); n == 3 {
			return report, fmt.Errorf("voter %d was removed %d times and joins again: it still runs somewhere", id, n)
		}
		if err := w.remove(ctx, v, id); err != nil {
			return report, err
		}
		report.Removed = append(report.Removed, id)
	}
}

func (w *worker) quorum(ctx context.Context) (q Quorum, err error) {
	err = w.try(ctx, func(ctx context.Context) (err error) {
		q, err = w.Quorum(ctx)
		return err
	})
	return q, err
}

// Check returns what is wrong with the wishes themselves, whatever the cluster is like.
func (v Voters) Check() error {
	return refuse("the quorum is left as it is", slices.Concat(v.Range.check("voter", v.IDs), v.left(), v.reasons()))
}

// left returns what is wrong with what is said of those that left.
func (v Voters) left() []string {
	reasons := v.Range.check("controller", v.Left)
	if len(v.Left) > 0 && v.Gone == nil {
		reasons = append(reasons, "nobody tells whether the pods of "+list(sorted(v.Left))+" are gone")
	}
	return reasons
}

// extra are the voters of the range that are not wanted, the highest id first.
func (v Voters) extra(q Quorum) []int32 {
	ids := slices.DeleteFunc(q.ids(), func(id int32) bool { return !v.Range.Has(id) || slices.Contains(v.IDs, id) })
	slices.Reverse(ids)
	return ids
}

// mayLeave refuses a step that is too large.
func (v Voters) mayLeave(q Quorum) error {
	extra := v.extra(q)
	if len(extra) == 0 {
		return nil
	}
	if v.Gone == nil {
		return refuse("no voter is removed", []string{"nobody tells whether the pods of " + list(sorted(extra)) + " are gone, and a voter that runs would join again"})
	}
	return CheckLeave(q.ids(), without(q.ids(), extra))
}

// awaited says which voters are missing or behind.
func (v Voters) awaited(q Quorum) string {
	if q.Leader < 0 {
		return "the quorum has no leader"
	}
	var observers, missing, behind, unknown []int32
	for _, id := range sorted(v.IDs) {
		voter, votes := q.voter(id)
		switch {
		case votes && slices.ContainsFunc(v.Listeners, func(l string) bool { return !slices.Contains(voter.Listeners, l) }):
			unknown = append(unknown, id)
		case votes && v.caughtUp(q, voter):
		case votes:
			behind = append(behind, id)
		case slices.ContainsFunc(q.Observers, func(o Voter) bool { return o.ID == id }):
			observers = append(observers, id)
		default:
			missing = append(missing, id)
		}
	}
	var text string
	add := func(ids []int32, what string) {
		if len(ids) == 0 {
			return
		}
		if text != "" {
			text += "; "
		}
		text += fmt.Sprintf("controllers %s %s", list(ids), what)
	}
	add(missing, "have not come yet")
	add(observers, "follow the log and do not vote yet")
	add(behind, "are behind the leader")
	add(unknown, "are not known to the quorum yet at all of "+strings.Join(v.Listeners, ", "))
	return text
}

// remove takes one voter out as soon as it is gone, and waits until the quorum knows.
func (w *worker) remove(ctx context.Context, v Voters, id int32) error {
	return w.until(ctx, func(ctx context.Context) (string, error) {
		q, err := w.Quorum(ctx)
		if err != nil {
			return "", err
		}
		voter, votes := q.voter(id)
		if !votes {
			return "", nil
		}
		if gone, err := v.Gone(ctx, id); err != nil || !gone {
			return fmt.Sprintf("controller %d is to go and its pod is still there", id), err
		}
		if err := v.mayLeave(q); err != nil {
			return "", err
		}
		running := 0
		for _, other := range q.Voters {
			if other.ID != id && v.caughtUp(q, other) {
				running++
			}
		}
		if running < majority(len(q.Voters)) {
			return fmt.Sprintf("controller %d is removed when %d of the %d voters are caught up without it; now %d are",
				id, majority(len(q.Voters)), len(q.Voters), running), nil
		}
		err = w.RemoveVoter(ctx, voter)
		if errors.Is(err, kerr.UnsupportedVersion) {
			return "", fmt.Errorf("%w; voters can be removed from kraft.version 1 on", err)
		}
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("controller %d is removed from the quorum", id), nil
	})
}

// caughtUp reports whether a voter has what the leader has, or had it a moment ago. The leader's
// clock counts, since it is the leader that remembers.
func (v Voters) caughtUp(q Quorum, voter Voter) bool {
	leader, known := q.voter(q.Leader)
	if !known {
		return false
	}
	within := v.Within
	if within == 0 {
		within = 2 * time.Second
	}
	return voter.ID == leader.ID || voter.CaughtUp > 0 && leader.CaughtUp-voter.CaughtUp <= within.Milliseconds()
}

// ids are the voters, in order.
func (q Quorum) ids() []int32 {
	var ids []int32
	for _, v := range q.Voters {
		ids = append(ids, v.ID)
	}
	return sorted(ids)
}

func (q Quorum) voter(id int32) (Voter, bool) {
	i := slices.IndexFunc(q.Voters, func(v Voter) bool { return v.ID == id })
	if i < 0 {
		return Voter{}, false
	}
	return q.Voters[i], true
}

func count32(ids []int32, id int32) int {
	return len(ids) - len(without(ids, []int32{id}))
}
