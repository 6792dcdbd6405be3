package probes

import (
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// The hold of the startup probe ends by this clock; one that stood still would keep a pod from ever being started.
func TestTheClockRunsFromTheFirstAnswer(t *testing.T) {
	s := NewLatest(settings.Settings{}, settings.Node{Broker: true, Controller: true})
	s.Update(func(o *Observation) { o.Started, o.ControlPort.EverAnswers = true, true })
	time.Sleep(time.Millisecond)
	if got := s.Read().AnsweredFor; got != 0 {
		t.Fatalf("%s, before the broker answered", got)
	}
	s.Update(func(o *Observation) { o.BrokerPort.EverAnswers = true })
	time.Sleep(time.Millisecond)
	first := s.Read().AnsweredFor
	if first <= 0 {
		t.Fatal("the clock stands still")
	}
	s.Update(func(o *Observation) { o.Broker.Fenced = true })
	if got := s.Read().AnsweredFor; got < first {
		t.Errorf("%s after %s: the clock began anew", got, first)
	}
}
