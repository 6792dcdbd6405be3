package ops

import (
	"context"
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// MembershipPlan is what [Join] would do now.
type MembershipPlan struct {
	Await      []int32 // wanted brokers that are not there yet
	Release    []int32 // wanted brokers with a cordon left behind
	Unregister []int32
	Held       map[int32]int // of those, the ones that hold replicas still, and how many
	// Moves are those of a rebalance. Brokers that are not there yet get their part only in
	// the plan of a later call.
	Moves []placement.Move
}

// Lines says it for people. No line: there is nothing to do.
func (p MembershipPlan) Lines() []string {
	var text []string
	if len(p.Await) > 0 {
		text = append(text, fmt.Sprintf("waits for brokers %s", list(p.Await)))
	}
	for _, id := range p.Release {
		text = append(text, fmt.Sprintf("broker %d: takes replicas again", id))
	}
	for _, id := range p.Unregister {
		if held := p.Held[id]; held > 0 {
			text = append(text, fmt.Sprintf("broker %d: unregistered as soon as it is empty and gone; now it holds %s", id, count(held, "replica")))
			continue
		}
		text = append(text, fmt.Sprintf("broker %d: unregistered as soon as it is gone", id))
	}
	if len(p.Moves) > 0 {
		text = append(text, fmt.Sprintf("rebalance: %s, %s", count(len(p.Moves), "partition"), placement.Bytes(bytes(p.Moves))))
	}
	return text
}

// PlanMembership says what [Join] would do, and changes nothing. With a [*Refusal], the plan says
// what it can all the same. That a broker which is to go holds replicas, for which [Join] refuses,
// is in the plan: it may have been evacuated by then.
func PlanMembership(ctx context.Context, admin Admin, m Membership) (MembershipPlan, error) {
	var plan MembershipPlan
	if err := m.Check(); err != nil {
		return plan, err
	}
	w := newWorker(admin, m.Pace, nil)
	s, err := w.look(ctx)
	if err != nil {
		return plan, err
	}
	err = w.surely(ctx, s, func(now world) (bool, error) {
		plan, err = w.membershipPlan(ctx, m, now)
		return len(plan.Moves) > 0, err
	})
	return plan, err
}

func (w *worker) membershipPlan(ctx context.Context, m Membership, s world) (plan MembershipPlan, err error) {
	plan.Await = m.away(s)
	for _, id := range sorted(m.Brokers) {
		if s.cordoned(id) {
			plan.Release = append(plan.Release, id)
			delete(s.dynamic[id], cordonKey)
		}
	}
	plan.Unregister = m.extra(s)
	plan.Held = map[int32]int{}
	held := s.holders()
	for _, id := range plan.Unregister {
		if held[id] > 0 {
			plan.Held[id] = held[id]
		}
	}
	plan.Moves, err = w.spread(ctx, m, s)
	return plan, err
}
