package main

import (
	"sync"
	"time"
)

// state holds the current observation. The watchers and the runner write it, the HTTP server reads it.
type state struct {
	mu       sync.Mutex
	now      observation
	answered time.Time // when the node first had answered on the listener of every role
}

func newState(s settings, n node) *state {
	var planned []int
	for _, v := range s.initial {
		planned = append(planned, v.id)
	}
	return &state{now: observation{
		planned: planned,
		nodeID:  s.nodeID, clusterID: s.clusterID, hasBroker: n.broker, hasControl: n.controller,
		control: controlView{leaderID: -1},
	}}
}

func (s *state) update(change func(*observation)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.now)
	if s.answered.IsZero() && s.now.answers().ok {
		s.answered = time.Now()
	}
}

func (s *state) read() observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.now
	if !s.answered.IsZero() {
		o.answeredFor = time.Since(s.answered)
	}
	return o
}
