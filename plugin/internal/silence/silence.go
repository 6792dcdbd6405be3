// Package silence remembers who did not answer, so that of many who ask only the first one waits.
package silence

import (
	"sync"
	"time"
)

// Lasting is for how long nobody else waits.
const Lasting = time.Minute

// Silence is where nobody answered, and when. Its zero value is ready for use.
type Silence[At comparable] struct {
	mutex sync.Mutex
	since map[At]time.Time
}

// Lasts reports whether somebody met it.
func (s *Silence[At]) Lasts(at At) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.lasts(at)
}

func (s *Silence[At]) lasts(at At) bool {
	since, met := s.since[at]
	return met && time.Since(since) < Lasting
}

// Begins reports whether this one is the first to meet it.
func (s *Silence[At]) Begins(at At) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.lasts(at) {
		return false
	}
	if s.since == nil {
		s.since = map[At]time.Time{}
	}
	s.since[at] = time.Now()
	return true
}

// Ends says that somebody answers.
func (s *Silence[At]) Ends(at At) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.since, at)
}
