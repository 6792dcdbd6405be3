package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// EvacuationPlan is what [Evacuate] would do now.
type EvacuationPlan struct {
	Leaving []LeavingBroker
	Release []int32 // brokers that stay and lose a cordon of ours
	Cancel  int     // reassignments that take replicas off brokers that stay
	Running int     // reassignments off brokers that leave, which an earlier call has begun
	Moves   []placement.Move
}

// LeavingBroker is one that would be emptied.
type LeavingBroker struct {
	ID       int32
	Fenced   bool    // or not registered any more
	Open     bool    // without a cordon of ours yet: new replicas may come
	Replicas int     // that have to move
	Bytes    int64   // of those
	To       []int32 // where they would go; none if that is refused
}

// Lines says it for people, such as "broker 3: 37 replicas, 12.4 GiB to 0, 1, 2". No line: there
// is nothing to do.
func (p EvacuationPlan) Lines() []string {
	var text []string
	for _, b := range p.Leaving {
		line := fmt.Sprintf("broker %d: nothing on it", b.ID)
		if b.Open {
			line += "; it takes no more replicas"
		}
		if b.Replicas > 0 {
			line = fmt.Sprintf("broker %d: %s, %s", b.ID, count(b.Replicas, "replica"), placement.Bytes(b.Bytes))
			if len(b.To) > 0 {
				line += " to " + list(b.To)
			}
			if b.Fenced {
				line += " (it is away: they are copied from others)"
			}
		}
		text = append(text, line)
	}
	if p.Running > 0 {
		text = append(text, count(p.Running, "partition")+" on the way already")
	}
	for _, id := range p.Release {
		text = append(text, fmt.Sprintf("broker %d: takes replicas again", id))
	}
	if p.Cancel > 0 {
		text = append(text, count(p.Cancel, "reassignment")+" cancelled")
	}
	return text
}

// Done reports whether there is nothing to do. Brokers that are empty and cordoned are done with.
func (p EvacuationPlan) Done() bool {
	return p.Running+p.Cancel+len(p.Release) == 0 && !slices.ContainsFunc(p.Leaving, func(b LeavingBroker) bool {
		return b.Replicas > 0 || b.Open
	})
}

// PlanEvacuation says what [Evacuate] would do, and changes nothing. With a [*Refusal], the plan
// says what it can all the same.
func PlanEvacuation(ctx context.Context, admin Admin, e Evacuation) (EvacuationPlan, error) {
	var plan EvacuationPlan
	if err := e.Check(); err != nil {
		return plan, err
	}
	w := newWorker(admin, e.Pace, nil)
	s, err := w.look(ctx)
	if err != nil {
		return plan, err
	}
	err = w.surely(ctx, s, func(now world) (bool, error) {
		plan, err = w.evacuationPlan(ctx, e, now)
		return len(plan.Moves) > 0, err
	})
	return plan, err
}

func (w *worker) evacuationPlan(ctx context.Context, e Evacuation, s world) (plan EvacuationPlan, err error) {
	undone := e.undone(s)
	plan.Cancel = len(undone)
	for _, r := range undone {
		delete(s.running, name(r.Topic, r.Index))
		i := slices.IndexFunc(s.partitions, func(p Partition) bool { return p.Topic == r.Topic && p.Index == r.Index })
		if i >= 0 {
			s.partitions[i].Replicas = without(r.Replicas, r.Adding)
		}
	}
	for _, id := range sorted(e.Keep) {
		if s.cordoned(id) {
			plan.Release = append(plan.Release, id)
			delete(s.dynamic[id], cordonKey)
		}
	}
	leaving := e.leaving(s)
	if len(leaving) == 0 {
		return plan, nil
	}
	plan.Running = len(s.moving(leaving))
	moves, err := w.prepare(ctx, e, s)
	var refusal *Refusal
	if err != nil && !errors.As(err, &refusal) {
		return plan, err
	}
	plan.Moves = moves
	sizes := s.sizes()
	for _, id := range leaving {
		b := LeavingBroker{ID: id, Fenced: !s.awake(id), Open: s.awake(id) && !s.cordoned(id)}
		for _, p := range s.partitions {
			if slices.Contains(s.target(p), id) {
				b.Replicas++
				b.Bytes += sizes[name(p.Topic, p.Index)]
			}
		}
		for _, m := range moves {
			if slices.Contains(m.Removed(), id) {
				b.To = append(b.To, m.Added()...)
			}
		}
		b.To = sorted(b.To)
		plan.Leaving = append(plan.Leaving, b)
	}
	return plan, err
}
