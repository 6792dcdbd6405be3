package automation

import (
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// EventKind is what an event is about.
type EventKind string

// The kinds of events.
const (
	// Began: an operation or one of its phases begins; Doing names it.
	Began EventKind = "began"
	// Started: a resource begins to be made, changed, deleted or read.
	Started EventKind = "started"
	// Finished: that is done.
	Finished EventKind = "finished"
	// Failed: that failed; a Problem with the reason came before.
	Failed EventKind = "failed"
	// Waiting: what a resource waits for, such as "2 of 3 pods are ready".
	Waiting EventKind = "waiting"
	// Note: something worth knowing, such as a lock that was left behind.
	Note EventKind = "note"
	// Problem: a warning or an error.
	Problem EventKind = "problem"
	// Ended: the operation is over, well or not; Message sums it up.
	Ended EventKind = "ended"
)

// Event is one thing that happens while an operation runs.
type Event struct {
	Time  time.Time
	Kind  EventKind
	Stack string
	// Doing is the phase of the operation: preview, up, refresh, destroy, pods.
	Doing string
	// URN, Type and Name are the resource's; empty if it is about none.
	URN, Type, Name string
	// Op is what happens to the resource, in Pulumi's words: create, update, same …
	Op string
	// Message is a text for people; empty where Kind and resource say it all.
	Message string
}

// say tells of something that is no engine's event.
func (s *Stack) say(kind EventKind, doing, message string) {
	s.tell(Event{Kind: kind, Doing: doing, Message: message})
}

// tell hands one event on; operations that run at the same time take turns.
func (s *Stack) tell(event Event) {
	if s.options.Events == nil {
		return
	}
	s.telling.Lock()
	defer s.telling.Unlock()
	event.Time, event.Stack = time.Now(), s.name
	s.options.Events(event)
}

// listen hands the engine's events on in our words.
func (s *Stack) listen(doing string) func(events.EngineEvent) {
	if s.options.Events == nil {
		return nil
	}
	return func(heard events.EngineEvent) {
		event, ok := translate(heard)
		if !ok {
			return
		}
		event.Doing = doing
		if doing == looking && event.Op != "" {
			event.Op = string(review.Refresh) // the engine's word is what it found
		}
		s.tell(event)
	}
}

// translate keeps what says something to a user: components only frame other resources,
// and the engine's own are nobody's.
func translate(heard events.EngineEvent) (Event, bool) {
	switch {
	case heard.ResourcePreEvent != nil:
		return about(Started, heard.ResourcePreEvent.Metadata)
	case heard.ResOutputsEvent != nil:
		return about(Finished, heard.ResOutputsEvent.Metadata)
	case heard.ResOpFailedEvent != nil:
		return about(Failed, heard.ResOpFailedEvent.Metadata)
	case heard.DiagnosticEvent != nil:
		return diagnosed(heard.DiagnosticEvent)
	}
	return Event{}, false
}

func about(kind EventKind, m apitype.StepEventMetadata) (Event, bool) {
	state := m.New
	if state == nil {
		state = m.Old
	}
	custom := state == nil || state.Custom
	if !custom || strings.HasPrefix(m.Type, "pulumi:") {
		return Event{}, false
	}
	return Event{Kind: kind, URN: m.URN, Type: m.Type, Name: engine.Name(m.URN), Op: string(m.Op)}, true
}

func diagnosed(d *apitype.DiagnosticEvent) (Event, bool) {
	event := Event{Kind: Problem, URN: d.URN, Message: strings.TrimSpace(engine.Plain(d.Message))}
	if d.URN != "" {
		event.Type, event.Name = engine.Type(d.URN), engine.Name(d.URN)
	}
	switch {
	case event.Message == "":
		return Event{}, false
	case d.Severity == "error", d.Severity == "warning" && !d.Ephemeral:
	case d.Severity == "debug":
		return Event{}, false
	default:
		event.Kind = Waiting
	}
	return event, true
}
