package review

import (
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	inStack = "urn:pulumi:ci::kafka-kraft::"
	cmURN   = inStack + "kafka-kraft:kafka:Cluster$kubernetes:core/v1:ConfigMap::ci-kafka-broker"
	setURN  = inStack + "kafka-kraft:kafka:Cluster$kubernetes:apps/v1:StatefulSet::ci-kafka-broker"
	unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

// state is one side of a step.
func state(inputs map[string]any) *apitype.StepEventStateMetadata {
	return &apitype.StepEventStateMetadata{Custom: true, Parent: inStack + "pulumi:pulumi:Stack::kafka-kraft-ci", Inputs: inputs}
}

func step(op apitype.OpType, urn, kind string, before, after *apitype.StepEventStateMetadata) apitype.StepEventMetadata {
	return apitype.StepEventMetadata{Op: op, URN: urn, Type: kind, Old: before, New: after}
}

func pre(metadata apitype.StepEventMetadata) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{Metadata: metadata}}}
}

func summary(s apitype.SummaryEvent) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{SummaryEvent: &s}}
}

func diagnostic(severity, message string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{DiagnosticEvent: &apitype.DiagnosticEvent{Severity: severity, Message: message}}}
}

// collect hands the events over as the automation API does.
func collect(t *testing.T, all ...events.EngineEvent) (*Plan, error) {
	t.Helper()
	stream := make(chan events.EngineEvent, len(all))
	for _, event := range all {
		stream <- event
	}
	close(stream)
	return Collect(stream)
}

func collected(t *testing.T, steps ...apitype.StepEventMetadata) *Plan {
	t.Helper()
	var all []events.EngineEvent
	for _, s := range steps {
		all = append(all, pre(s))
	}
	plan, err := collect(t, append(all, summary(apitype.SummaryEvent{}))...)
	require.NoError(t, err)
	return plan
}

func TestStep(t *testing.T) {
	before, after := state(map[string]any{"a": 1.0, "__fieldManager": "x"}), state(map[string]any{"a": unknown})
	after.Protect = true
	updated := step(apitype.OpUpdate, setURN, statefulSet, before, after)
	updated.Diffs = []string{"a"}
	updated.DetailedDiff = map[string]apitype.PropertyDiff{"a": {Kind: apitype.DiffUpdate}, "b": {Kind: apitype.DiffAddReplace}}
	plan := collected(t, updated)
	assert.Equal(t, "ci", plan.Stack)
	assert.Equal(t, "kafka-kraft", plan.Project)
	assert.Equal(t, []Step{{
		URN: setURN, Type: statefulSet, Name: "ci-kafka-broker", Parent: before.Parent, Op: Update,
		Old: map[string]any{"a": 1.0}, New: map[string]any{"a": Unknown},
		Diffs: []string{"a"}, Replaces: []string{"b"}, Protected: true,
	}}, plan.Steps)
	assert.Equal(t, "StatefulSet ci-kafka-broker", plan.Steps[0].String())
}

// A replacement is three of the engine's steps, and their order says what happens
// first. Only a ConfigMap that is made before the old one goes is harmless.
func TestReplacement(t *testing.T) {
	before, after := state(map[string]any{"v": "1"}), state(map[string]any{"v": "2"})
	made := step(apitype.OpCreateReplacement, cmURN, configMap, before, after)
	made.Keys = []string{"data"}
	logical := step(apitype.OpReplace, cmURN, configMap, before, after)
	gone := step(apitype.OpDeleteReplaced, cmURN, configMap, state(map[string]any{"v": "1"}), nil)
	gone.Old.Delete = true // the engine marks what it is about to delete

	plan := collected(t, made, logical, gone)
	require.Len(t, plan.Steps, 1)
	s := plan.Steps[0]
	assert.Equal(t, Replace, s.Op)
	assert.Equal(t, map[string]any{"v": "1"}, s.Old)
	assert.Equal(t, map[string]any{"v": "2"}, s.New)
	assert.Equal(t, []string{"data"}, s.Replaces)
	assert.False(t, s.DeleteFirst)
	assert.True(t, s.Renewed())
	assert.Empty(t, plan.Replaced())
	assert.Equal(t, map[Op]int{Replace: 1}, plan.Count())

	gone.Old = state(map[string]any{"v": "1"})
	plan = collected(t, gone, logical, made)
	require.Len(t, plan.Steps, 1)
	assert.True(t, plan.Steps[0].DeleteFirst)
	assert.Equal(t, map[string]any{"v": "2"}, plan.Steps[0].New)
	assert.Len(t, plan.Replaced(), 1)
}

func TestLeftoverOfAnInterruptedUp(t *testing.T) {
	same := step(apitype.OpSame, cmURN, configMap, state(nil), state(nil))
	gone := step(apitype.OpDeleteReplaced, cmURN, configMap, state(nil), nil)
	gone.Old.Delete = true
	for _, plan := range []*Plan{collected(t, same, gone), collected(t, gone, same)} {
		assert.Equal(t, map[Op]int{Same: 1, Delete: 1}, plan.Count())
		require.Len(t, plan.Deleted(), 1)
		assert.True(t, plan.Deleted()[0].Leftover)
		assert.Empty(t, plan.Replaced())
	}
}

// What the engine hides stays hidden, and what it does not know yet is called so.
func TestValues(t *testing.T) {
	const sig = "4dabf18193072939515e22adb298388d"
	plan := collected(t, step(apitype.OpCreate, cmURN, configMap, nil, state(map[string]any{
		"data":  map[string]any{sig: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"},
		"plain": map[string]any{sig: "1b47061264138c4ac30d75fd1eb44270", "plaintext": `"hunter2"`},
		"list":  []any{unknown, map[string]any{"x": unknown}},
		"known": map[string]any{sig: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "v"},
		"open":  map[string]any{sig: "d0e6a833031e9bbcd3f4e8bde6ca49a4"},
		"asset": map[string]any{sig: "c44067f5952c0a294b673a41bacd8c17", "hash": "h"},
	})))
	assert.Equal(t, map[string]any{
		"data": Secret, "plain": Secret, "list": []any{Unknown, map[string]any{"x": Unknown}},
		"known": "v", "open": Unknown, "asset": map[string]any{"hash": "h"},
	}, plan.Steps[0].New)
}

func TestCount(t *testing.T) {
	component := state(nil)
	component.Custom = false
	plan := collected(t,
		step(apitype.OpUpdate, inStack+"pulumi:pulumi:Stack::kafka-kraft-ci", "pulumi:pulumi:Stack", component, component),
		step(apitype.OpCreate, inStack+"pulumi:providers:kubernetes::k", "pulumi:providers:kubernetes", nil, state(nil)),
		step(apitype.OpCreate, inStack+"kafka-kraft:kafka:Cluster::ci", "kafka-kraft:kafka:Cluster", nil, component),
		step(apitype.OpSame, setURN, statefulSet, state(nil), state(nil)),
	)
	assert.Equal(t, map[Op]int{Same: 1}, plan.Count())
	assert.False(t, plan.Changed())
	assert.Len(t, plan.OfType(statefulSet), 1)

	plan = collected(t, step(apitype.OpDelete, setURN, statefulSet, state(nil), nil))
	assert.True(t, plan.Changed())
	assert.Len(t, plan.Deleted(), 1)
	assert.Empty(t, plan.OfType(statefulSet))
}

func TestEnds(t *testing.T) {
	plan, err := collect(t, summary(apitype.SummaryEvent{DurationSeconds: 3, Result: apitype.OperationResultSucceeded}))
	require.NoError(t, err)
	assert.Equal(t, 3*time.Second, plan.Duration)
	assert.False(t, plan.Failed)

	for name, all := range map[string][]events.EngineEvent{
		"early":    {pre(step(apitype.OpSame, setURN, statefulSet, state(nil), state(nil)))},
		"failed":   {summary(apitype.SummaryEvent{Result: apitype.OperationResultFailed})},
		"error":    {diagnostic("error", "<{%fg 1%}>broken<{%reset%}>\n"), summary(apitype.SummaryEvent{})},
		"internal": {{EngineEvent: apitype.EngineEvent{ErrorEvent: &apitype.ErrorEvent{Error: "broken"}}}, summary(apitype.SummaryEvent{})},
		"step":     {{EngineEvent: apitype.EngineEvent{ResOpFailedEvent: &apitype.ResOpFailedEvent{}}}, summary(apitype.SummaryEvent{})},
		"lost":     {{Error: errors.New("bad line")}, summary(apitype.SummaryEvent{})},
	} {
		plan, err := collect(t, all...)
		require.Error(t, err, name)
		assert.True(t, plan.Failed, name)
	}
	plan, _ = collect(t, diagnostic("info", "no"), diagnostic("warning", "take care"), diagnostic("error", "<{%fg 1%}>broken<{%reset%}>\n"))
	assert.Equal(t, []Diagnostic{{Severity: "warning", Message: "take care"}, {Severity: "error", Message: "broken"}}, plan.Diagnostics)
}

// What gates foretell is kept; what other resources have to tell is not, nor what is only shown
// for a moment.
func TestAnnounced(t *testing.T) {
	gate := "urn:pulumi:ci::kafka-kraft::kafka-kraft:kafka:Cluster$kafka-kraft:ops:Evacuation::ci-kafka-broker"
	said := func(urn string, ephemeral bool, message string) events.EngineEvent {
		return events.EngineEvent{EngineEvent: apitype.EngineEvent{DiagnosticEvent: &apitype.DiagnosticEvent{
			URN: urn, Severity: "info", Message: message, Ephemeral: ephemeral,
		}}}
	}
	plan, err := collect(t, said(gate, false, "broker 3: 37 replicas\n"), said(gate, true, "looking"), said(setURN, false, "waiting"),
		summary(apitype.SummaryEvent{}))
	require.NoError(t, err)
	assert.Equal(t, []Diagnostic{{Severity: "info", URN: gate, Message: "broker 3: 37 replicas"}}, plan.Announced)
	assert.Empty(t, plan.Diagnostics)
}

// A collector returns, whether the stream was closed or never used.
func TestCollector(t *testing.T) {
	_, err := NewCollector(nil).Plan()
	require.ErrorContains(t, err, "ended early")

	var seen int
	c := NewCollector(func(events.EngineEvent) { seen++ })
	c.Stream() <- pre(step(apitype.OpSame, setURN, statefulSet, state(nil), state(nil)))
	c.Stream() <- summary(apitype.SummaryEvent{})
	plan, err := c.Plan() // not closed: Pulumi was killed
	require.NoError(t, err)
	assert.Len(t, plan.Steps, 1)
	assert.Equal(t, 2, seen)

	c = NewCollector(nil)
	c.Stream() <- events.EngineEvent{EngineEvent: apitype.EngineEvent{PreludeEvent: &apitype.PreludeEvent{Config: map[string]string{"a:b": "c"}}}}
	c.Stream() <- summary(apitype.SummaryEvent{})
	close(c.Stream())
	plan, err = c.Plan()
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a:b": "c"}, plan.Config)
}
