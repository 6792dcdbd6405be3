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

func TestAPanicOfOneLookEndsNothing(t *testing.T) {
	if pause := guarded(func(time.Time) time.Duration { var none *portWatch; none.everAnswers = true; return 0 }); pause != watchEvery {
		t.Errorf("%s", pause)
	}
}
