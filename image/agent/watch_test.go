package main

import (
	"testing"
	"time"
)

// A broker that was, or may have been, fenced is out of every ISR and has to catch up again.
func TestMustCatchUp(t *testing.T) {
	now := time.Now()
	for name, test := range map[string]struct {
		last  brokerView
		heard time.Duration // ago
		cut   string
		want  bool
	}{
		"in service":               {brokerView{registered: true}, time.Second, "", false},
		"a slow answer":            {brokerView{registered: true}, 5 * time.Second, "", false},
		"fenced":                   {brokerView{registered: true, fenced: true}, time.Second, "", true},
		"not registered":           {brokerView{}, time.Second, "", true},
		"silent for a session":     {brokerView{registered: true}, 7 * time.Second, "", true},
		"cut off all the time":     {brokerView{registered: true}, time.Second, "cut off", true},
		"stopped for many of them": {brokerView{registered: true}, time.Hour, "", true},
	} {
		w := &brokerWatch{state: newState(settings{}, node{broker: true}), last: test.last, heard: now.Add(-test.heard)}
		w.state.update(func(o *observation) { o.broker.cutOff = test.cut })
		if got := w.mustCatchUp(now); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Right after a pause a broker still believes that it is in every ISR.
func TestAfterAPauseItIsNotBelieved(t *testing.T) {
	begin := time.Now()
	w := &brokerWatch{state: newState(settings{}, node{broker: true}), last: brokerView{registered: true}}
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
		w.last.fenced = step.fenced
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
