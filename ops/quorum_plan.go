package ops

import (
	"context"
	"fmt"
)

// QuorumPlan is what [Settle] would do now.
type QuorumPlan struct {
	Join   []int32 // that will vote
	Remove []int32 // voters, in this order
	Behind []int32 // wanted voters that are not caught up
}

// Lines says it for people. No line: there is nothing to do.
func (p QuorumPlan) Lines() []string {
	var text []string
	if len(p.Join) > 0 {
		text = append(text, fmt.Sprintf("waits for controllers %s to vote", list(p.Join)))
	}
	if len(p.Behind) > 0 {
		text = append(text, fmt.Sprintf("waits for controllers %s to catch up", list(p.Behind)))
	}
	for _, id := range p.Remove {
		text = append(text, fmt.Sprintf("controller %d: removed from the quorum as soon as its pod is gone", id))
	}
	return text
}

// PlanQuorum says what [Settle] would do, and changes nothing. It is also the veto before pods
// of voters are stopped: it refuses too large a step, and any step while a voter that stays is
// behind or nobody leads.
func PlanQuorum(ctx context.Context, admin Admin, v Voters) (QuorumPlan, error) {
	var plan QuorumPlan
	if err := v.Check(); err != nil {
		return plan, err
	}
	q, err := newWorker(admin, v.Pace, nil).quorum(ctx)
	if err != nil {
		return plan, err
	}
	for _, id := range sorted(v.IDs) {
		voter, votes := q.voter(id)
		switch {
		case !votes:
			plan.Join = append(plan.Join, id)
		case !v.caughtUp(q, voter):
			plan.Behind = append(plan.Behind, id)
		}
	}
	plan.Remove = v.extra(q)
	if len(plan.Remove) == 0 {
		return plan, nil
	}
	var reasons []string
	if reason := leaveReason(q.ids(), without(q.ids(), plan.Remove)); reason != "" {
		reasons = append(reasons, reason)
	}
	if q.Leader < 0 {
		reasons = append(reasons, "the quorum has no leader")
	} else if len(plan.Behind) > 0 {
		reasons = append(reasons, fmt.Sprintf("voters %s stay and are behind the leader: let them catch up first", list(plan.Behind)))
	}
	return plan, refuse("no controller may leave", reasons)
}
