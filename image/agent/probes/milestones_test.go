package probes

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// A milestone is when it was first reached, whatever becomes of the node later.
func TestMilestones(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		s := NewLatest(settings.Settings{}, settings.Node{Broker: true})
		for _, change := range []func(*Observation){
			func(o *Observation) { o.Waiting = "for somebody" },
			func(o *Observation) { o.Waiting, o.Started = "", true },
			func(o *Observation) { o.BrokerPort = Port{Answering: true, EverAnswers: true} },
			func(o *Observation) { o.Broker = Broker{Registered: true} },
			func(o *Observation) { o.Broker.Fenced = true },
			func(o *Observation) { o.Broker.Fenced = false },
		} {
			time.Sleep(time.Second)
			s.Update(change)
		}
		at := func(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }
		if got, want := s.Reached(), (Milestones{at(0), at(2), at(3), at(4)}); got != want {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
