package main

import (
	"strings"
	"testing"
	"time"
)

func TestCutOff(t *testing.T) {
	reaches, others := true, true
	w := &cutOffWatch{state: newState(settings{}, node{broker: true}), reaches: func() bool { return reaches }, others: func() bool { return others }}
	begin := time.Now()
	at := func(seconds int) string {
		w.poll(begin.Add(time.Duration(seconds) * time.Second))
		return w.state.read().broker.cutOff
	}
	for _, step := range []struct {
		second          int
		reaches, others bool
		cutOff          bool
	}{
		{0, true, true, false},
		{3, false, true, false},   // an election
		{12, false, true, false},  // still one
		{18, false, true, true},   // others have a leader
		{21, false, false, false}, // nobody has: all serve on
		{24, false, true, true},
		{27, true, true, false},
		{30, false, true, false},
	} {
		reaches, others = step.reaches, step.others
		if got := at(step.second); (got != "") != step.cutOff || step.cutOff && !strings.Contains(got, "cut off from the controllers") {
			t.Errorf("second %d: %q", step.second, got)
		}
	}
}
