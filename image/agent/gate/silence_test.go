package gate

import (
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

func TestSilence(t *testing.T) {
	late := errors.New("no answer")
	synctest.Test(t, func(t *testing.T) {
		var s silence
		for _, step := range []struct {
			pause  time.Duration
			failed error
			counts bool // the error says that nobody can tell
		}{
			{0, nil, false},
			{0, late, true},
			{5 * time.Second, late, true},
			{4 * time.Second, nil, false}, // it answers: the silence begins anew
			{2 * time.Second, late, true},
			{9 * time.Second, late, true},
			{time.Second, late, false}, // out of service
			{time.Second, late, false},
			{time.Second, nil, false},
			{time.Second, late, true},
		} {
			time.Sleep(step.pause)
			if got := s.heard(step.failed); (got != nil) != step.counts {
				t.Errorf("%+v: %v", step, got)
			}
		}
	})
}

// quietNode is a combined node of which nothing listens.
func quietNode(change func(*probes.Observation)) *Gate {
	n := settings.Node{ID: 1, Broker: true, Controller: true, BrokerAddress: "127.0.0.1:1", ControllerAddress: "127.0.0.1:1"}
	g := New(settings.Settings{}, n, probes.NewLatest(settings.Settings{}, n), nil, &Holds{})
	g.state.Update(func(o *probes.Observation) {
		up := probes.Port{Answering: true, EverAnswers: true}
		*o = probes.Observation{Started: true, HasBroker: true, HasControl: true, Broker: probes.Broker{Registered: true}, BrokerPort: up, ControlPort: up}
		change(o)
	})
	return g
}

// A controller that has been silent for long does not turn the broker's first late answer into a long silence.
func TestEachHasASilenceOfItsOwn(t *testing.T) {
	g := quietNode(func(*probes.Observation) {})
	g.quorumSilent.since = time.Now().Add(-time.Hour)
	if _, err := g.look(); err == nil {
		t.Error("let through by one late answer of the broker")
	}
	g.brokerSilent.since = time.Now().Add(-stopSilence)
	if view, err := g.look(); err != nil || why(view) != "" {
		t.Errorf("a node that is out of service has nothing to lose: %v", err)
	}
}

// There is nothing to ask where the answer is known to be worthless.
func TestWhoIsNotAsked(t *testing.T) {
	for name, change := range map[string]func(*probes.Observation){
		"a wedged JVM":             func(o *probes.Observation) { o.BrokerPort.SilentFor = time.Hour },
		"a wedged controller":      func(o *probes.Observation) { o.ControlPort.SilentFor = time.Hour },
		"a broker that is cut off": func(o *probes.Observation) { o.ControlPort.EverAnswers, o.Broker.CutOff = false, "cut off" },
	} {
		if view, err := quietNode(change).look(); err != nil || why(view) != "" {
			t.Errorf("%s: %v, %q", name, err, why(view))
		}
	}
}

// A pause of some seconds gets a broker fenced, and it is back in the ISR right after: that is no reason to let it go while
// others are missing.
func TestFencedForAMoment(t *testing.T) {
	for name, change := range map[string]func(*probes.Observation){
		"fenced":         func(o *probes.Observation) { o.ControlPort.EverAnswers, o.Broker.Fenced = false, true },
		"not registered": func(o *probes.Observation) { o.ControlPort.EverAnswers, o.Broker.Registered = false, false },
	} {
		g := quietNode(change)
		if _, err := g.look(); !errors.Is(err, errFenced) {
			t.Errorf("%s: %v", name, err)
		}
		g.brokerSilent.since = time.Now().Add(-stopSilence)
		if view, err := g.look(); err != nil || why(view) != "" {
			t.Errorf("%s for long: %v, %q", name, err, why(view))
		}
	}
}

// There may be more controllers than began the quorum, and when they stop, their leader may be stopping, too.
func TestGateKnowsWhoVotes(t *testing.T) {
	s := settings.Settings{Initial: []contract.Voter{{ID: 0, Host: "a"}, {ID: 1, Host: "b"}}}
	n := settings.Node{ID: 1, Controller: true}
	state := probes.NewLatest(s, n)
	if g := New(s, n, state, nil, &Holds{}); !reflect.DeepEqual(g.voters, []int{0, 1}) || g.hosts[0] != "a" {
		t.Errorf("nobody has told: %v, %v", g.voters, g.hosts)
	}
	state.Update(func(o *probes.Observation) {
		o.Control = probes.Control{Voters: []int{0, 1, 2}, Hosts: map[int]string{0: "a", 2: "c"}}
	})
	if g := New(s, n, state, nil, &Holds{}); !reflect.DeepEqual(g.voters, []int{0, 1, 2}) || g.hosts[1] != "b" || g.hosts[2] != "c" {
		t.Errorf("a leader has told: %v, %v", g.voters, g.hosts)
	}
}

func why(view stopView) string {
	reason, _ := decideStop(view)
	return reason
}
