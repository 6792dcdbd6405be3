package automation

import (
	"fmt"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/policy"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// policy holds a plan against the rules. What is waived is told, and stops nothing.
func (s *Stack) policy(plan *review.Plan) error {
	found := policy.Check(plan, s.Config().Waive)
	for _, finding := range found {
		if finding.Waived {
			s.say(Note, "policy", fmt.Sprintf("waived: %s: %s: %s", finding.Rule, finding.Resource, finding.Problem))
		}
	}
	if err := found.Err(); err != nil {
		return s.fail("up", ErrPolicy, err, "")
	}
	return nil
}

// counts sums a plan up: "2 create, 1 update".
func counts(plan *review.Plan) string {
	count := plan.Count()
	var parts []string
	for _, op := range []review.Op{review.Create, review.Update, review.Replace, review.Delete} {
		if count[op] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[op], op))
		}
	}
	if len(parts) == 0 {
		return "no change"
	}
	return strings.Join(parts, ", ")
}
