package probes

import (
	"sync"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// Latest holds the current observation. The watchers and the runner write it, the HTTP server reads it.
type Latest struct {
	mu      sync.Mutex
	now     Observation
	reached Milestones
}

// NewLatest holds a node that was not started yet.
func NewLatest(s settings.Settings, n settings.Node) *Latest {
	return &Latest{reached: Milestones{Checked: time.Now()}, now: Observation{
		NodeID: s.NodeID, ClusterID: s.ClusterID, HasBroker: n.Broker, HasControl: n.Controller,
		Certificate: n.Identity.Until(), Issued: n.Identity.Since(), Vouched: n.Identity.Vouched(),
		Control: Control{LeaderID: -1},
	}}
}

// Update changes the observation, and what is kept of former ones. Nobody reads it meanwhile.
func (s *Latest) Update(change func(*Observation)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.now)
	s.reached.pass(time.Now(), s.now)
	s.now.Served = s.now.Served || s.now.Readiness().OK
}

// Read returns the observation as it is now.
func (s *Latest) Read() Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.now
	if !s.reached.Answered.IsZero() {
		o.AnsweredFor = time.Since(s.reached.Answered)
	}
	return o
}

// Reached returns how far the start has come, and when.
func (s *Latest) Reached() Milestones {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reached
}
