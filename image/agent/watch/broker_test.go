package watch

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

func TestShut(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{nil, false}, {wire.ErrNotListening, true}, {fmt.Errorf("a: %w", wire.ErrUntrusted), true}, {wire.ErrNotLeader, false},
		{errors.New("i/o timeout"), false}, // accepted, and silent
	} {
		if got := shut(test.err); got != test.want {
			t.Errorf("%v: %t", test.err, got)
		}
	}
}

func TestPortWatch(t *testing.T) {
	var w portWatch
	at := func(second int) time.Time { return time.Unix(int64(second), 0) }
	for second, test := range []struct {
		answered, refused bool
		want              probes.Port
	}{
		{false, true, probes.Port{}},
		{false, false, probes.Port{}}, // accepts, but does not answer yet
		{false, false, probes.Port{SilentFor: time.Second}},
		{true, false, probes.Port{Answering: true, EverAnswers: true}},
		{false, false, probes.Port{EverAnswers: true}},
		{false, false, probes.Port{EverAnswers: true, SilentFor: time.Second}},
		{false, true, probes.Port{EverAnswers: true}}, // closed: stopping, not wedged
		{false, false, probes.Port{EverAnswers: true}},
		{true, false, probes.Port{Answering: true, EverAnswers: true}},
	} {
		if got := w.saw(at(second), test.answered, test.refused); got != test.want {
			t.Errorf("second %d: %+v, want %+v", second, got, test.want)
		}
	}
}

func TestOutOfSync(t *testing.T) {
	partitions := []wire.Partition{
		{Topic: "a", Index: 0, Replicas: []int{0, 1, 2}, ISR: []int{0, 2}},
		{Topic: "a", Index: 1, Replicas: []int{0, 1, 2}, ISR: []int{1, 0, 2}},
		{Topic: "b", Index: 0, Replicas: []int{0, 2}, ISR: []int{0}},
		{Topic: "c", Index: 0, Replicas: []int{1}, ISR: []int{1}},
	}
	for id, want := range map[int]isrs{0: {in: 3}, 1: {in: 2, out: 1}, 2: {in: 2, out: 1}, 3: {}} {
		if got := isrOf(id, partitions); got != want {
			t.Errorf("broker %d: %+v, want %+v", id, got, want)
		}
	}
	partitions[0].Leader, partitions[1].Leader = -1, -1
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
		b := probes.Broker{CaughtUp: test.before}
		if saw(&b, test.isrs); b.CaughtUp != test.want || b.OutOfSync != test.isrs.out || b.Leaderless != test.isrs.leaderless {
			t.Errorf("%s: %+v", name, b)
		}
	}
}
