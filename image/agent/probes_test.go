package main

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// healthy is a combined node in full service.
func healthy() observation {
	up := portView{answering: true, everAnswers: true}
	return observation{
		started: true, answeredFor: time.Minute, hasBroker: true, hasControl: true, nodeID: 1, clusterID: ourCluster,
		broker:     brokerView{registered: true, caughtUp: true},
		control:    controlView{leaderID: 0, leaderEpoch: 5, place: voting},
		brokerPort: up, controlPort: up,
	}
}

func TestProbes(t *testing.T) {
	down := portView{}
	for name, test := range map[string]struct {
		change               func(*observation)
		startup, live, ready bool
		why                  string // of the readiness
		role                 string
	}{
		"healthy":                 {func(*observation) {}, true, true, true, "ready", "follower"},
		"leader":                  {func(o *observation) { o.control.leaderID = 1 }, true, true, true, "ready", "leader"},
		"observer that caught up": {func(o *observation) { o.control.place = observer }, true, true, true, "ready", "observer"},
		"waiting with an emptied volume": {func(o *observation) {
			*o = observation{waiting: "for controller 2", hasControl: true, control: controlView{leaderID: -1}}
		}, false, true, false, "waiting for controller 2", ""},
		"being formatted": {func(o *observation) { *o = observation{hasControl: true, control: controlView{leaderID: -1}} }, false, true, false, "not started", ""},
		"log recovery": {func(o *observation) { o.brokerPort, o.broker = down, brokerView{} },
			false, true, false, "log recovery", "follower"},
		"controller starts": {func(o *observation) { o.controlPort, o.control = down, controlView{leaderID: -1} },
			false, true, false, "controller listener does not answer yet", ""},
		"lost quorum": {func(o *observation) { o.control = controlView{leaderID: -1} }, true, true, false, "no controller answers as the quorum's leader", ""},
		"before the election": {func(o *observation) { o.control, o.answeredFor = controlView{leaderID: -1}, time.Second },
			false, true, false, "no controller answers as the quorum's leader", ""},
		"catching up since a moment": {func(o *observation) {
			o.broker, o.answeredFor = brokerView{registered: true, outOfSync: 3}, time.Second
		}, true, true, true, "ready", "follower"},
		"in service since a moment": {func(o *observation) { o.answeredFor = 0 }, true, true, true, "ready", "follower"},
		"unknown to leader":         {func(o *observation) { o.control.place = noPlace }, true, true, false, "has not heard of this controller", ""},
		"metadata behind":           {func(o *observation) { o.control.behind = time.Minute }, true, true, false, "behind the leader's", "follower"},
		"observer behind": {func(o *observation) { o.control.place, o.control.behind = observer, time.Minute },
			true, true, false, "behind the leader's", "observer"},
		"observer for ever": {func(o *observation) { o.control.place, o.control.observes = observer, joinLimit },
			true, true, false, "never became a voter", "observer"},
		"a little behind": {func(o *observation) { o.control.behind = time.Second }, true, true, true, "ready", "follower"},
		"not registered":  {func(o *observation) { o.broker = brokerView{} }, true, true, false, "not registered", "follower"},
		"fenced":          {func(o *observation) { o.broker.fenced = true }, true, true, false, "fenced", "follower"},
		"catching up": {func(o *observation) {
			o.broker = brokerView{registered: true, outOfSync: 3}
		}, true, true, true, "ready", "follower"},
		"partitions without a leader": {func(o *observation) {
			o.broker = brokerView{registered: true, leaderless: 3}
		}, true, true, true, "ready", "follower"},
		"cut off from the controllers": {func(o *observation) { o.broker.cutOff = "the controllers" }, true, true, false, "the controllers", "follower"},
		"a replica fell behind later":  {func(o *observation) { o.broker.outOfSync = 3 }, true, true, true, "ready", "follower"},
		"a stop is held back":          {func(o *observation) { o.stopping = true }, true, true, true, "ready", "follower"},
		"stopping":                     {func(o *observation) { o.stopping, o.told = true, true }, true, true, false, "stopping", "follower"},
		"a slow moment": {func(o *observation) { o.brokerPort = portView{everAnswers: true, silentFor: wedgedAfter - time.Second} },
			true, true, false, "broker listener does not answer", "follower"},
		"wedged": {func(o *observation) { o.brokerPort = portView{everAnswers: true, silentFor: 3 * time.Minute} },
			true, false, false, "broker listener does not answer", "follower"},
		"controller wedged": {func(o *observation) { o.controlPort = portView{everAnswers: true, silentFor: 3 * time.Minute} },
			true, false, false, "controller listener does not answer", ""},
		"slow while it stops": {func(o *observation) {
			o.stopping, o.told, o.brokerPort = true, true, portView{everAnswers: true, silentFor: 3 * time.Minute}
		}, true, true, false, "stopping", "follower"},
		"never answered, slow start": {func(o *observation) { o.brokerPort = portView{silentFor: time.Hour} }, false, true, false, "log recovery", "follower"},
		"ended":                      {func(o *observation) { o.ended = true }, true, false, true, "ready", "follower"},
		"broker only": {func(o *observation) { o.hasControl, o.control, o.controlPort = false, controlView{leaderID: -1}, down },
			true, true, true, "ready", "broker"},
		"fenced broker only": {func(o *observation) {
			o.hasControl, o.broker = false, brokerView{registered: true, fenced: true}
		}, true, true, false, "fenced", "broker"},
		"broker only, gone": {func(o *observation) {
			o.hasControl, o.brokerPort = false, portView{everAnswers: true}
		}, true, true, false, "does not answer", ""},
		"controller only": {func(o *observation) { o.hasBroker, o.broker, o.brokerPort = false, brokerView{}, down },
			true, true, true, "ready", "follower"},
	} {
		o := healthy()
		test.change(&o)
		startup, live, ready := o.startup(), o.liveness(), o.readiness()
		if startup.ok != test.startup || live.ok != test.live || ready.ok != test.ready || !strings.Contains(ready.why, test.why) {
			t.Errorf("%s: startup %v, live %v, ready %v", name, startup, live, ready)
		}
		if role := o.role(); role != test.role {
			t.Errorf("%s: role %q, want %q", name, role, test.role)
		}
		for _, v := range []verdict{startup, live, ready} {
			if v.why == "" || strings.Contains(v.why, "\n") {
				t.Errorf("%s: a verdict without one line why: %q", name, v.why)
			}
		}
	}
}

func TestReport(t *testing.T) {
	o := healthy()
	o.control.voters, o.control.alive = []int{0, 1, 2}, []int{0, 1}
	yes := true
	want := report{NodeID: 1, ClusterID: ourCluster, History: lived, LeaderID: 0, LeaderEpoch: 5, Voters: []int{0, 1, 2}, Alive: []int{0, 1}, Ready: true, CaughtUp: &yes}
	if got := o.report(lived); !reflect.DeepEqual(got, want) {
		t.Errorf("healthy: %+v", got)
	}
	o.planned, o.control.voters = []int{0, 1, 2}, []int{0, 1, 2, 3, 4} // somebody scaled by hand, up and down again
	o.broker.caughtUp, o.broker.outOfSync, o.broker.leaderless = false, 2, 1
	if got := o.report(lived); *got.CaughtUp || !got.Ready || got.OutOfSync != 2 || got.Leaderless != 1 || !reflect.DeepEqual(got.UnplannedVoters, []int{3, 4}) {
		t.Errorf("behind, with two voters too many: %+v", got)
	}
	if v := o.readiness(); !v.ok || !strings.Contains(v.why, "voters 3, 4 are not in the plan") || !strings.Contains(v.why, "remove-controller") {
		t.Errorf("two voters too many: %+v", v)
	}
	o.controlPort = portView{everAnswers: true} // what it remembers of a leader is no proof of one
	if got := o.report(lived); got.LeaderID != -1 || got.Alive != nil {
		t.Errorf("with a dead controller: %+v", got)
	}
	o = observation{hasControl: true, control: controlView{leaderID: -1}, stopping: true}
	if got := o.report(initial); got.History != initial || got.LeaderID != -1 || !got.Stopping {
		t.Errorf("before the first leader: %+v", got)
	}
	o = observation{hasBroker: true, control: controlView{leaderID: -1}}
	if got := o.report(""); got.History != "" || got.LeaderID != -1 {
		t.Errorf("a broker has no say about the quorum: %+v", got)
	}
}
