package gate

import (
	"slices"
	"sync"
	"time"
)

// WaitsFor is what a stop that is held back waits for, in one of few words.
type WaitsFor string

// What there is to wait for.
const (
	ForReplicas WaitsFor = "replicas" // others in sync, without which a partition would fall below min.insync.replicas
	ForQuorum   WaitsFor = "quorum"   // its majority, or brokers that still need it
	ForAnswers  WaitsFor = "answers"  // of those who could tell whether the stop would hurt
)

// Holds count how often and how long the stop of this node was held back. The zero value is one that never was.
type Holds struct {
	mu    sync.Mutex
	now   []WaitsFor // what is waited for
	since time.Time  // and from when on it is not in total yet
	total map[WaitsFor]Held
}

// Held is how often and how long a stop waited for one thing.
type Held struct {
	Times int
	Took  time.Duration
}

// note takes down what is waited for from now on; nothing: the stop is let through.
func (h *Holds) note(now time.Time, waits []WaitsFor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settle(now)
	for _, what := range waits {
		if !slices.Contains(h.now, what) {
			held := h.total[what]
			held.Times++
			h.total[what] = held
		}
	}
	h.now = waits
}

// settle adds up what has passed.
func (h *Holds) settle(now time.Time) {
	if h.total == nil {
		h.total = map[WaitsFor]Held{}
	}
	for _, what := range h.now {
		held := h.total[what]
		held.Took += now.Sub(h.since)
		h.total[what] = held
	}
	h.since = now
}

// Of returns how often and how long the stop has waited for something so far.
func (h *Holds) Of(what WaitsFor, now time.Time) Held {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settle(now)
	return h.total[what]
}
