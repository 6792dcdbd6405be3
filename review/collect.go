package review

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
)

// Collector listens to the events of one preview (or up) and makes a plan of them.
//
//	collector := review.NewCollector(nil)
//	_, err := stack.Preview(ctx, optpreview.EventStreams(collector.Stream()))
//	plan, incomplete := collector.Plan()
type Collector struct {
	stream     chan events.EngineEvent
	stop, done chan struct{}
	builder    builder
}

// NewCollector begins to listen. forward, if not nil, is called with every event, one
// after the other, and holds the engine up as long as it runs.
func NewCollector(forward func(events.EngineEvent)) *Collector {
	c := &Collector{stream: make(chan events.EngineEvent), stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for {
			select {
			case event, open := <-c.stream:
				if !open {
					return
				}
				c.builder.add(event)
				if forward != nil {
					forward(event)
				}
			case <-c.stop:
				return
			}
		}
	}()
	return c
}

// Stream is what optpreview.EventStreams and its like want. The automation API closes
// it, unless Pulumi ended before its first event.
func (c *Collector) Stream() chan<- events.EngineEvent { return c.stream }

// Plan is to be called once, after the preview has returned: until then it would cut
// the engine's events off. A plan is returned in any case. The error says that events
// were lost or that the preview did not reach its end; why, the preview's own error
// knows better, and the plan's diagnostics, too.
func (c *Collector) Plan() (*Plan, error) {
	select {
	// Nobody has closed the stream if Pulumi ended early. All events that were sent
	// have been taken by now, since the channel holds none, and are dealt with before
	// this is.
	case c.stop <- struct{}{}:
	case <-c.done:
	}
	<-c.done
	return c.builder.plan()
}

// Collect reads events until the stream is closed, and returns as [Collector.Plan].
func Collect(stream <-chan events.EngineEvent) (*Plan, error) {
	var b builder
	for event := range stream {
		b.add(event)
	}
	return b.plan()
}

// builder gathers what the engine says of each resource.
type builder struct {
	steps       map[string]*Step // by URN
	leftovers   []Step
	diagnostics []Diagnostic
	announced   []Diagnostic
	config      map[string]string
	summary     *apitype.SummaryEvent
	failed      bool
	lost        []error // events that could not be read
}

func (b *builder) add(event events.EngineEvent) {
	if event.Error != nil {
		b.lost = append(b.lost, event.Error)
	}
	switch {
	case event.PreludeEvent != nil:
		b.config = maps.Clone(event.PreludeEvent.Config) // its secrets are blinded
	case event.ResourcePreEvent != nil:
		b.step(event.ResourcePreEvent.Metadata)
	case event.ResOpFailedEvent != nil:
		b.failed = true
	case event.DiagnosticEvent != nil:
		b.diagnose(event.DiagnosticEvent)
	case event.ErrorEvent != nil:
		b.failed = true
		b.diagnostics = append(b.diagnostics, Diagnostic{Severity: "error", Message: event.ErrorEvent.Error})
	case event.SummaryEvent != nil:
		b.summary = event.SummaryEvent
	}
}

// gateTypes begin the types of gates, see package plugin/ops.
const gateTypes = "kafka-kraft:ops:"

func (b *builder) diagnose(d *apitype.DiagnosticEvent) {
	if d.Severity == "error" {
		b.failed = true
	}
	if d.Ephemeral {
		return
	}
	said := Diagnostic{Severity: d.Severity, URN: d.URN, Message: strings.TrimSpace(engine.Plain(d.Message))}
	switch {
	case d.Severity == "error" || d.Severity == "warning":
		b.diagnostics = append(b.diagnostics, said)
	case strings.HasPrefix(engine.Type(d.URN), gateTypes):
		b.announced = append(b.announced, said)
	}
}

// step takes one of the engine's steps in. Those of a replacement come one by one,
// and which of deletion and creation comes first is how the engine would do it.
func (b *builder) step(m apitype.StepEventMetadata) {
	made := newStep(m)
	known := b.steps[m.URN]
	replacing := known != nil && known.Op == Replace && made.Op == Replace
	if m.Op == apitype.OpDeleteReplaced && m.Old != nil && m.Old.Delete && !replacing {
		made.Op, made.Leftover = Delete, true
		b.leftovers = append(b.leftovers, made)
		return
	}
	if b.steps == nil {
		b.steps = map[string]*Step{}
	}
	if !replacing {
		if m.Op == apitype.OpDeleteReplaced {
			made.DeleteFirst = true
		}
		b.steps[m.URN] = &made
		return
	}
	// The parts of a replacement complete each other.
	if known.Old == nil {
		known.Old = made.Old
	}
	if made.New != nil {
		known.New = made.New
	}
	known.Diffs = union(known.Diffs, made.Diffs)
	known.Replaces = union(known.Replaces, made.Replaces)
	known.Protected = known.Protected || made.Protected
	known.Retained = known.Retained || made.Retained
}

func newStep(m apitype.StepEventMetadata) Step {
	step := Step{URN: m.URN, Type: m.Type, Name: engine.Name(m.URN), Op: opOf(m.Op), Diffs: slices.Clone(m.Diffs), Replaces: slices.Clone(m.Keys)}
	if m.Old != nil {
		step.Old = inputs(m.Old.Inputs)
		step.take(m.Old)
	}
	if m.New != nil && m.Op != apitype.OpDeleteReplaced {
		step.New = inputs(m.New.Inputs)
		step.take(m.New)
	}
	for path, diff := range m.DetailedDiff {
		switch diff.Kind {
		case apitype.DiffAddReplace, apitype.DiffDeleteReplace, apitype.DiffUpdateReplace:
			step.Replaces = append(step.Replaces, path)
		default:
			step.Diffs = append(step.Diffs, path)
		}
	}
	step.Diffs, step.Replaces = union(step.Diffs, nil), union(step.Replaces, nil)
	return step
}

func (s *Step) take(state *apitype.StepEventStateMetadata) {
	s.Parent = state.Parent
	s.Component = !state.Custom
	s.Protected = s.Protected || state.Protect
	s.Retained = state.RetainOnDelete
}

func (b *builder) plan() (*Plan, error) {
	p := &Plan{Steps: slices.Clone(b.leftovers), Diagnostics: b.diagnostics, Announced: b.announced, Config: b.config, Failed: b.failed}
	for _, step := range b.steps {
		p.Steps = append(p.Steps, *step)
	}
	slices.SortStableFunc(p.Steps, func(x, y Step) int { return strings.Compare(x.URN, y.URN) })
	if len(p.Steps) > 0 {
		p.Stack, p.Project = engine.Owner(p.Steps[0].URN)
	}
	if err := errors.Join(b.lost...); err != nil {
		p.Failed = true
		return p, fmt.Errorf("events of the preview were lost: %w", err)
	}
	if b.summary == nil {
		p.Failed = true
		return p, errors.New("the preview ended early: the engine wrote no summary")
	}
	p.Duration = time.Duration(b.summary.DurationSeconds) * time.Second
	if result := b.summary.Result; result != "" && result != apitype.OperationResultSucceeded {
		p.Failed = true
	}
	if p.Failed {
		return p, errors.New("the preview failed, so the plan is not complete")
	}
	return p, nil
}

func opOf(op apitype.OpType) Op {
	switch op {
	case apitype.OpReplace, apitype.OpCreateReplacement, apitype.OpDeleteReplaced, apitype.OpReadReplacement,
		apitype.OpDiscardReplaced, apitype.OpRemovePendingReplace, apitype.OpImportReplacement:
		return Replace
	case apitype.OpReadDiscard:
		return Read
	default:
		return Op(op)
	}
}

func union(a, b []string) []string {
	all := map[string]bool{}
	for _, text := range slices.Concat(a, b) {
		all[text] = true
	}
	return slices.Sorted(maps.Keys(all))
}
