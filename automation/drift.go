package automation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
)

// Difference is a resource that is not as the last up left it.
type Difference struct {
	URN, Type, Name string
	// Gone: somebody deleted it.
	Gone bool
	// Fields are what somebody changed, sorted by path.
	Fields []Field
	// Beyond is what Kafka has beyond the plan, and the way out: voters and brokers that
	// somebody scaled by hand left behind. URN is empty then.
	Beyond string
}

// Field is a property of a resource that was changed by something else than the stack.
type Field struct {
	// Path is where it is: spec.replicas, data["server.properties"].
	Path string
	// Was is what the last up made of it, Is what the cluster has; nil: nothing.
	Was, Is any
}

// String is one line for a person, and more if fields changed.
func (d Difference) String() string {
	if d.Beyond != "" {
		return d.Beyond
	}
	text := kindOf(d.Type) + " " + d.Name
	if d.Gone {
		return text + " is gone"
	}
	lines := []string{text + " was changed"}
	for _, f := range d.Fields {
		was, isText := f.Was.(string)
		is, _ := f.Is.(string)
		if !isText || !strings.Contains(was, "\n") {
			lines = append(lines, fmt.Sprintf("  %s: was %s, is %s", f.Path, shown(f.Was), shown(f.Is)))
			continue
		}
		lines = append(lines, "  "+f.Path+":")
		for _, line := range without(was, is) {
			lines = append(lines, "  - "+line)
		}
		for _, line := range without(is, was) {
			lines = append(lines, "  + "+line)
		}
	}
	return strings.Join(lines, "\n")
}

func shown(value any) string {
	if value == nil {
		return "nothing"
	}
	return fmt.Sprint(value)
}

// without are the lines of a text that another one has not. In server.properties the
// order of lines means nothing.
func without(text, other string) []string {
	known := map[string]bool{"": true}
	for line := range strings.SplitSeq(other, "\n") {
		known[line] = true
	}
	var rest []string
	for line := range strings.SplitSeq(text, "\n") {
		if !known[line] {
			rest = append(rest, line)
		}
	}
	return rest
}

// Drift tells what in the cluster is not as the last up left it, and changes nothing,
// neither there nor in the state. Up puts it back. What Kubernetes itself adds (status,
// defaults) is no difference; nor is what others made beside the stack.
func (s *Stack) Drift(ctx context.Context) ([]Difference, error) {
	if err := s.cluster(ctx, looking); err != nil {
		return nil, err
	}
	before, err := s.export(ctx, looking)
	if err != nil {
		return nil, err
	}
	if err := s.foreign(looking, before); err != nil {
		return nil, err
	}
	if len(before.Resources) == 0 {
		return nil, s.fail(looking, ErrNotFound, errors.New("the stack is empty"), "Run Up first.")
	}
	listener := &drift{found: map[string]Difference{}}
	_, err = s.operate(ctx, looking, func(stack auto.Stack, stream chan<- events.EngineEvent) error {
		// A second stream beside the collector's, which ends with it.
		own := make(chan events.EngineEvent)
		over, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			listener.listen(own, over)
		}()
		_, err := stack.PreviewRefresh(ctx, optrefresh.EventStreams(stream, own), optrefresh.SuppressProgress(), optrefresh.Color("never"))
		close(over)
		<-done
		return err
	})
	if err != nil {
		return nil, err
	}
	s.say(Ended, looking, fmt.Sprintf("%d resources differ", len(listener.found)))
	found := slices.SortedFunc(maps.Values(listener.found), func(a, b Difference) int { return strings.Compare(a.URN, b.URN) })
	return append(found, s.beyond(ctx)...), nil
}

// drift gathers differences from the events of a refresh.
type drift struct{ found map[string]Difference }

func (d *drift) listen(stream <-chan events.EngineEvent, over <-chan struct{}) {
	for {
		select {
		case event, open := <-stream:
			if !open {
				return
			}
			if event.ResOutputsEvent != nil {
				d.take(event.ResOutputsEvent.Metadata)
			}
		case <-over:
			return
		}
	}
}

// take reads what a refresh found of one resource. Its steps are named after what
// became of the resource: same, update, delete.
func (d *drift) take(m apitype.StepEventMetadata) {
	found := Difference{URN: m.URN, Type: m.Type, Name: engine.Name(m.URN)}
	switch m.Op {
	case apitype.OpDelete:
		found.Gone = true
	case apitype.OpUpdate:
		var was, is map[string]any
		if m.Old != nil {
			was = m.Old.Inputs
		}
		if m.New != nil {
			is = m.New.Inputs
		}
		for _, path := range slices.Sorted(maps.Keys(m.DetailedDiff)) {
			found.Fields = append(found.Fields, Field{Path: path, Was: at(was, path), Is: at(is, path)})
		}
		if len(found.Fields) == 0 {
			return // only what Kubernetes keeps for itself
		}
	default:
		return
	}
	d.found[m.URN] = found
}
