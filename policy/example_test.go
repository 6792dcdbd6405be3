package policy_test

import (
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/policy"
	"github.com/kafka-kraft/kafka-kraft/policy/rule"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// A plan is refused by rules with ids, and an id waives its rule.
func ExampleCheck() {
	plan := &review.Plan{Steps: []review.Step{{
		Type: "kubernetes:core/v1:PersistentVolumeClaim", Name: "records", Op: review.Delete,
	}}}
	fmt.Println(policy.Check(plan, nil).Err())
	fmt.Println(policy.Check(plan, []string{rule.DataStays}).Err())
	// Output:
	// the plan breaks 1 rule; nothing was changed:
	//   data-stays: Replacing or deleting what holds records, or the id that they are written under, loses them.
	//     PersistentVolumeClaim records: would be deleted
	// Mend it, or waive a rule by adding its id to the list kafka-kraft:waive.
	// <nil>
}
