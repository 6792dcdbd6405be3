package watch

import (
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// A broker that was, or may have been, fenced is out of every ISR and has to catch up again.
func TestMustCatchUp(t *testing.T) {
	now := time.Now()
	for name, test := range map[string]struct {
		last  probes.Broker
		heard time.Duration // ago
		cut   string
		want  bool
	}{
		"in service":               {probes.Broker{Registered: true}, time.Second, "", false},
		"a slow answer":            {probes.Broker{Registered: true}, 5 * time.Second, "", false},
		"fenced":                   {probes.Broker{Registered: true, Fenced: true}, time.Second, "", true},
		"not registered":           {probes.Broker{}, time.Second, "", true},
		"silent for a session":     {probes.Broker{Registered: true}, 7 * time.Second, "", true},
		"cut off all the time":     {probes.Broker{Registered: true}, time.Second, "cut off", true},
		"stopped for many of them": {probes.Broker{Registered: true}, time.Hour, "", true},
	} {
		w := &brokerWatch{state: probes.NewLatest(settings.Settings{}, settings.Node{Broker: true}), last: test.last, heard: now.Add(-test.heard)}
		w.state.Update(func(o *probes.Observation) { o.Broker.CutOff = test.cut })
		if got := w.mustCatchUp(now); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Right after a pause a broker still believes that it is in every ISR.
func TestAfterAPauseItIsNotBelieved(t *testing.T) {
	begin := time.Now()
	w := &brokerWatch{state: probes.NewLatest(settings.Settings{}, settings.Node{Broker: true}), last: probes.Broker{Registered: true}}
	for _, step := range []struct {
		at     time.Duration
		fenced bool
		want   bool
	}{
		{0, false, false},               // the first answer since the start
		{time.Second, false, false},     // one in time
		{12 * time.Second, false, true}, // after a pause
		{17 * time.Second, false, true}, // it may not know yet
		{22 * time.Second, false, false},
		{40 * time.Second, false, true}, // another pause
		{41 * time.Second, true, true},  // now it knows
		{42 * time.Second, false, false},
	} {
		w.last.Fenced = step.fenced
		if got := w.mustCatchUp(begin.Add(step.at)); got != step.want {
			t.Errorf("after %s: %v", step.at, got)
		}
		w.heard = begin.Add(step.at)
	}
}

func TestAPanicOfOneLookEndsNothing(t *testing.T) {
	if pause := guarded(func(time.Time) time.Duration { var none *portWatch; none.everAnswers = true; return 0 }); pause != watchEvery {
		t.Errorf("%s", pause)
	}
}
