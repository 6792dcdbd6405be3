package main

import (
	"testing"
	"time"
)

func TestPortWatch(t *testing.T) {
	var w portWatch
	at := func(second int) time.Time { return time.Unix(int64(second), 0) }
	for second, test := range []struct {
		answered, refused bool
		want              portView
	}{
		{false, true, portView{}},
		{false, false, portView{}}, // accepts, but does not answer yet
		{false, false, portView{silentFor: time.Second}},
		{true, false, portView{answering: true, everAnswers: true}},
		{false, false, portView{everAnswers: true}},
		{false, false, portView{everAnswers: true, silentFor: time.Second}},
		{false, true, portView{everAnswers: true}}, // closed: stopping, not wedged
		{false, false, portView{everAnswers: true}},
		{true, false, portView{answering: true, everAnswers: true}},
	} {
		if got := w.saw(at(second), test.answered, test.refused); got != test.want {
			t.Errorf("second %d: %+v, want %+v", second, got, test.want)
		}
	}
}

func TestOutOfSync(t *testing.T) {
	partitions := []partition{
		{topic: "a", index: 0, replicas: []int{0, 1, 2}, isr: []int{0, 2}},
		{topic: "a", index: 1, replicas: []int{0, 1, 2}, isr: []int{1, 0, 2}},
		{topic: "b", index: 0, replicas: []int{0, 2}, isr: []int{0}},
		{topic: "c", index: 0, replicas: []int{1}, isr: []int{1}},
	}
	for id, want := range map[int]isrs{0: {in: 3}, 1: {in: 2, out: 1}, 2: {in: 2, out: 1}, 3: {}} {
		if got := isrOf(id, partitions); got != want {
			t.Errorf("broker %d: %+v, want %+v", id, got, want)
		}
	}
	partitions[0].leader, partitions[1].leader = -1, -1
	if got := isrOf(1, partitions); got != (isrs{in: 2, leaderless: 1}) {
		t.Errorf("without leaders: %+v", got)
	}
}

// Who once was in sync keeps the latch when a replica falls behind, and loses it with all of them: it was fenced in between.
func TestTheLatchOfABroker(t *testing.T) {
	for name, test := range map[string]struct {
		before bool
		isrs   isrs
		want   bool
	}{
		"a start":                 {false, isrs{in: 5, out: 1}, false},
		"all are in sync":         {false, isrs{in: 6}, true},
		"only the leaderless":     {false, isrs{in: 5, leaderless: 1}, true},
		"no replicas":             {false, isrs{}, true},
		"a replica falls behind":  {true, isrs{in: 5, out: 1}, true},
		"fenced and back":         {true, isrs{out: 6}, false},
		"back, and catches up":    {false, isrs{in: 3, out: 3}, false},
		"leaderless, none behind": {true, isrs{leaderless: 6}, true},
	} {
		b := brokerView{caughtUp: test.before}
		if saw(&b, test.isrs); b.caughtUp != test.want || b.outOfSync != test.isrs.out || b.leaderless != test.isrs.leaderless {
			t.Errorf("%s: %+v", name, b)
		}
	}
}
