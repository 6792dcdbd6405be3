// Package policy holds a preview against what must be true of a Kafka cluster before
// anything changes. Its rules are named in package rule, each with its reason.
//
// A rule is waived by its id, in the configuration of a stack that knows better:
//
//	pulumi config set --path 'waive[0]' image-digest
//
// What is waived is still found and shown. The rules judge what the engine would
// make, whoever wrote it: the configuration of this project's own stacks has been
// judged before, by stacks/config.
package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/policy/rule"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// Violations are everything that the rules have against a plan.
type Violations []review.Finding

// Check holds the plan against all rules. Those whose ids are waived are checked, too,
// and their findings are marked. An id that is no rule's is of no consequence here;
// stacks/config refuses it.
//
// A plan that failed is not complete; look at [review.Plan.Failed] first.
func Check(plan *review.Plan, waived []string) Violations {
	v := newView(plan)
	var found Violations
	for _, r := range rule.All() {
		for _, finding := range checks[r.ID](v) {
			finding.Rule, finding.Reason = r.ID, r.Reason
			finding.Waived = slices.Contains(waived, r.ID)
			found = append(found, finding)
		}
	}
	return found
}

// Err is nil if all violations are waived.
func (v Violations) Err() error {
	var standing Violations
	for _, violation := range v {
		if !violation.Waived {
			standing = append(standing, violation)
		}
	}
	if len(standing) == 0 {
		return nil
	}
	return standing
}

// Error lists them, with the reason of each rule and the way to waive it.
func (v Violations) Error() string {
	var text strings.Builder
	noun := "rules"
	broken := map[string]bool{}
	for _, violation := range v {
		broken[violation.Rule] = true
	}
	if len(broken) == 1 {
		noun = "rule"
	}
	fmt.Fprintf(&text, "the plan breaks %d %s; nothing was changed:", len(broken), noun)
	last := ""
	for _, violation := range v {
		if violation.Rule != last {
			last = violation.Rule
			fmt.Fprintf(&text, "\n  %s: %s", violation.Rule, violation.Reason)
		}
		fmt.Fprintf(&text, "\n    %s: %s", violation.Resource, violation.Problem)
	}
	text.WriteString("\nMend it, or waive a rule by adding its id to the list kafka-kraft:waive.")
	return text.String()
}

// checks say what is wrong, by the id of the rule.
var checks = map[string]func(view) []review.Finding{
	rule.OddControllers:     oddControllers,
	rule.ReplicationFactor:  replicationFactor,
	rule.MinInSync:          minInSync,
	rule.DataStays:          dataStays,
	rule.PodSecurity:        podSecurity,
	rule.Resources:          resources,
	rule.ImageDigest:        imageDigest,
	rule.UnknownProperty:    unknownProperty,
	rule.NoPlainSecret:      noPlainSecret,
	rule.NodesAreSuperUsers: nodesAreSuper,
	rule.NoAutoscaledBroker: autoscaled,
	rule.ZeroMissesNothing:  zeroMisses,
}
