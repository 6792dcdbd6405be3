package probes

import (
	"sync"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// Latest holds the current observation. The watchers and the runner write it, the HTTP server reads it.
type Latest struct {
	mu       sync.Mutex
	now      Observation
	answered time.Time // when the node first had answered on the listener of every role
}

// NewLatest holds a node that was not started yet.
func NewLatest(s settings.Settings, n settings.Node) *Latest {
	return &Latest{now: Observation{
		NodeID: s.NodeID, ClusterID: s.ClusterID, HasBroker: n.Broker, HasControl: n.Controller,
		Certificate: n.Identity.Until(),
		Control:     Control{LeaderID: -1},
	}}
}

// Update changes the observation, and what is kept of former ones. Nobody reads it meanwhile.
func (s *Latest) Update(change func(*Observation)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.now)
	if s.answered.IsZero() && s.now.answers().OK {
		s.answered = time.Now()
	}
	s.now.Served = s.now.Served || s.now.Readiness().OK
}

// Read returns the observation as it is now.
func (s *Latest) Read() Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.now
	if !s.answered.IsZero() {
		o.AnsweredFor = time.Since(s.answered)
	}
	return o
}
