package probes

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// healthy is a combined node in full service.
func healthy() Observation {
	up := Port{Answering: true, EverAnswers: true}
	return Observation{
		Started: true, AnsweredFor: time.Minute, HasBroker: true, HasControl: true, NodeID: 1, ClusterID: sample.OurCluster,
		Broker:     Broker{Registered: true, CaughtUp: true},
		Control:    Control{LeaderID: 0, LeaderEpoch: 5, Place: Voting},
		BrokerPort: up, ControlPort: up,
	}
}

func TestProbes(t *testing.T) {
	down := Port{}
	for name, test := range map[string]struct {
		change               func(*Observation)
		startup, live, ready bool
		why                  string // of the readiness
		role                 string
	}{
		"healthy":                 {func(*Observation) {}, true, true, true, "ready", "follower"},
		"leader":                  {func(o *Observation) { o.Control.LeaderID = 1 }, true, true, true, "ready", "leader"},
		"observer that caught up": {func(o *Observation) { o.Control.Place = Observer }, true, true, true, "ready", "observer"},
		"waiting with an emptied volume": {func(o *Observation) {
			*o = Observation{Waiting: "for controller 2", HasControl: true, Control: Control{LeaderID: -1}}
		}, false, true, false, "waiting for controller 2", ""},
		"being formatted": {func(o *Observation) { *o = Observation{HasControl: true, Control: Control{LeaderID: -1}} }, false, true, false, "not started", ""},
		"log recovery": {func(o *Observation) { o.BrokerPort, o.Broker = down, Broker{} },
			false, true, false, "log recovery", "follower"},
		"controller starts": {func(o *Observation) { o.ControlPort, o.Control = down, Control{LeaderID: -1} },
			false, true, false, "controller listener does not answer yet", ""},
		"lost quorum": {func(o *Observation) { o.Control = Control{LeaderID: -1} }, true, true, false, "no controller answers as the quorum's leader", ""},
		"before the election": {func(o *Observation) { o.Control, o.AnsweredFor = Control{LeaderID: -1}, time.Second },
			false, true, false, "no controller answers as the quorum's leader", ""},
		"catching up since a moment": {func(o *Observation) {
			o.Broker, o.AnsweredFor = Broker{Registered: true, OutOfSync: 3}, time.Second
		}, true, true, true, "ready", "follower"},
		"in service since a moment": {func(o *Observation) { o.AnsweredFor = 0 }, true, true, true, "ready", "follower"},
		"unknown to leader":         {func(o *Observation) { o.Control.Place = NoPlace }, true, true, false, "has not heard of this controller", ""},
		"metadata behind":           {func(o *Observation) { o.Control.Behind = time.Minute }, true, true, false, "behind the leader's", "follower"},
		"observer behind": {func(o *Observation) { o.Control.Place, o.Control.Behind = Observer, time.Minute },
			true, true, false, "behind the leader's", "observer"},
		"observer for ever": {func(o *Observation) { o.Control.Place, o.Control.Observes = Observer, joinLimit },
			true, true, false, "never became a voter", "observer"},
		"a little behind": {func(o *Observation) { o.Control.Behind = time.Second }, true, true, true, "ready", "follower"},
		"not registered":  {func(o *Observation) { o.Broker = Broker{} }, true, true, false, "not registered", "follower"},
		"fenced":          {func(o *Observation) { o.Broker.Fenced = true }, true, true, false, "fenced", "follower"},
		"catching up": {func(o *Observation) {
			o.Broker = Broker{Registered: true, OutOfSync: 3}
		}, true, true, true, "ready", "follower"},
		"partitions without a leader": {func(o *Observation) {
			o.Broker = Broker{Registered: true, Leaderless: 3}
		}, true, true, true, "ready", "follower"},
		"cut off from the controllers": {func(o *Observation) { o.Broker.CutOff = "the controllers" }, true, true, false, "the controllers", "follower"},
		"a replica fell behind later":  {func(o *Observation) { o.Broker.OutOfSync = 3 }, true, true, true, "ready", "follower"},
		"a stop is held back":          {func(o *Observation) { o.Stopping = true }, true, true, true, "ready", "follower"},
		"stopping":                     {func(o *Observation) { o.Stopping, o.Told = true, true }, true, true, false, "stopping", "follower"},
		"a slow moment": {func(o *Observation) { o.BrokerPort = Port{EverAnswers: true, SilentFor: wedgedAfter - time.Second} },
			true, true, false, "broker listener does not answer", "follower"},
		"wedged": {func(o *Observation) { o.BrokerPort = Port{EverAnswers: true, SilentFor: 3 * time.Minute} },
			true, false, false, "broker listener does not answer", "follower"},
		"controller wedged": {func(o *Observation) { o.ControlPort = Port{EverAnswers: true, SilentFor: 3 * time.Minute} },
			true, false, false, "controller listener does not answer", ""},
		"slow while it stops": {func(o *Observation) {
			o.Stopping, o.Told, o.BrokerPort = true, true, Port{EverAnswers: true, SilentFor: 3 * time.Minute}
		}, true, true, false, "stopping", "follower"},
		"never answered, slow start": {func(o *Observation) { o.BrokerPort = Port{SilentFor: time.Hour} }, false, true, false, "log recovery", "follower"},
		"ended":                      {func(o *Observation) { o.Ended = true }, true, false, false, "the JVM has ended", "follower"},
		"broker only": {func(o *Observation) { o.HasControl, o.Control, o.ControlPort = false, Control{LeaderID: -1}, down },
			true, true, true, "ready", "broker"},
		"fenced broker only": {func(o *Observation) {
			o.HasControl, o.Broker = false, Broker{Registered: true, Fenced: true}
		}, true, true, false, "fenced", "broker"},
		"broker only, gone": {func(o *Observation) {
			o.HasControl, o.BrokerPort = false, Port{EverAnswers: true}
		}, true, true, false, "does not answer", ""},
		"controller only": {func(o *Observation) { o.HasBroker, o.Broker, o.BrokerPort = false, Broker{}, down },
			true, true, true, "ready", "follower"},
	} {
		o := healthy()
		test.change(&o)
		startup, live, ready := o.Startup(), o.Liveness(), o.Readiness()
		if startup.OK != test.startup || live.OK != test.live || ready.OK != test.ready || !strings.Contains(ready.Why, test.why) {
			t.Errorf("%s: startup %v, live %v, ready %v", name, startup, live, ready)
		}
		if role := o.Role(); role != test.role {
			t.Errorf("%s: role %q, want %q", name, role, test.role)
		}
		for _, v := range []Verdict{startup, live, ready} {
			if v.Why == "" || strings.Contains(v.Why, "\n") {
				t.Errorf("%s: a verdict without one line why: %q", name, v.Why)
			}
		}
	}
}

func TestReport(t *testing.T) {
	o := healthy()
	o.Control.Voters, o.Control.Alive = []int{0, 1, 2}, []int{0, 1}
	yes := true
	want := contract.State{NodeID: 1, ClusterID: sample.OurCluster, History: contract.Lived, LeaderID: 0, LeaderEpoch: 5, Voters: []int{0, 1, 2}, Alive: []int{0, 1}, Ready: true, CaughtUp: &yes}
	if got := o.State(contract.Lived); !reflect.DeepEqual(got, want) {
		t.Errorf("healthy: %+v", got)
	}
	o.Control.Voters, o.Control.Unplanned = []int{0, 1, 2, 3, 4}, []int{3, 4} // somebody scaled by hand, up and down again
	o.Broker.CaughtUp, o.Broker.OutOfSync, o.Broker.Leaderless = false, 2, 1
	if got := o.State(contract.Lived); *got.CaughtUp || !got.Ready || got.OutOfSync != 2 || got.Leaderless != 1 || !reflect.DeepEqual(got.UnplannedVoters, []int{3, 4}) {
		t.Errorf("behind, with two voters too many: %+v", got)
	}
	if v := o.Readiness(); !v.OK || !strings.Contains(v.Why, "voters 3, 4 are not in the plan") || !strings.Contains(v.Why, "remove-controller") {
		t.Errorf("two voters too many: %+v", v)
	}
	o.ControlPort = Port{EverAnswers: true} // what it remembers of a leader is no proof of one
	if got := o.State(contract.Lived); got.LeaderID != -1 || got.Alive != nil {
		t.Errorf("with a dead controller: %+v", got)
	}
	o = Observation{HasControl: true, Control: Control{LeaderID: -1}, Stopping: true}
	if got := o.State(contract.Initial); got.History != contract.Initial || got.LeaderID != -1 || !got.Stopping {
		t.Errorf("before the first leader: %+v", got)
	}
	o = Observation{HasBroker: true, Control: Control{LeaderID: -1}}
	if got := o.State(""); got.History != "" || got.LeaderID != -1 {
		t.Errorf("a broker has no say about the quorum: %+v", got)
	}
}
