package main

import (
	"testing"
	"time"
)

// The hold of the startup probe ends by this clock; one that stood still would keep a pod from ever being started.
func TestTheClockRunsFromTheFirstAnswer(t *testing.T) {
	s := newState(settings{}, node{broker: true, controller: true})
	s.update(func(o *observation) { o.started, o.controlPort.everAnswers = true, true })
	time.Sleep(time.Millisecond)
	if got := s.read().answeredFor; got != 0 {
		t.Fatalf("%s, before the broker answered", got)
	}
	s.update(func(o *observation) { o.brokerPort.everAnswers = true })
	time.Sleep(time.Millisecond)
	first := s.read().answeredFor
	if first <= 0 {
		t.Fatal("the clock stands still")
	}
	s.update(func(o *observation) { o.broker.fenced = true })
	if got := s.read().answeredFor; got < first {
		t.Errorf("%s after %s: the clock began anew", got, first)
	}
}
