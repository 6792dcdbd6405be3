package review_test

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/kafka-kraft/kafka-kraft/review"
)

// What the engine says of a preview becomes a comment on a pull request. The events come
// from optpreview.EventStreams; here they are written by hand.
func ExamplePlan_Markdown() {
	collector := review.NewCollector(nil)
	say := func(event apitype.EngineEvent) { collector.Stream() <- events.EngineEvent{EngineEvent: event} }
	set := func(heap string) *apitype.StepEventStateMetadata {
		return &apitype.StepEventStateMetadata{Custom: true, Inputs: map[string]any{
			"metadata": map[string]any{"name": "kafka"},
			"spec": map[string]any{"replicas": 3.0, "template": map[string]any{
				"metadata": map[string]any{"labels": map[string]any{"kafka-broker": "true"}},
				"spec":     map[string]any{"containers": []any{map[string]any{"name": "kafka", "heap": heap}}},
			}},
		}}
	}
	say(apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{Metadata: apitype.StepEventMetadata{
		Op: apitype.OpUpdate, Type: "kubernetes:apps/v1:StatefulSet",
		URN: "urn:pulumi:prod::kafka-kraft::kubernetes:apps/v1:StatefulSet::kafka",
		Old: set("1g"), New: set("2g"),
	}}})
	say(apitype.EngineEvent{SummaryEvent: &apitype.SummaryEvent{}})

	plan, err := collector.Plan()
	if err != nil {
		fmt.Println(err)
	}
	if err := plan.Markdown(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <!-- kafka-kraft: preview of kafka-kraft/prod -->
	// ## Preview of stack `prod`
	//
	// Resources: 1 to update.
	//
	// ### Pods
	//
	// - `kafka` (brokers): `kafka-2`, `kafka-1`, `kafka-0` restart in this order, each when the one before it is ready again, because of `spec.containers[kafka].heap`
	//
	// ### Changes
	//
	//
	// <details><summary>update StatefulSet <code>kafka</code>: 1 difference</summary>
	//
	// ```diff
	// - spec.template.spec.containers[kafka].heap: 1g
	// + spec.template.spec.containers[kafka].heap: 2g
	// ```
	//
	// </details>
}
