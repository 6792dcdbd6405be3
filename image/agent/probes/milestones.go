package probes

import "time"

// Milestones are when a start first came so far; zero: not yet.
type Milestones struct {
	Checked  time.Time // nothing spoke against the start
	Started  time.Time // the JVM was started: nothing was left to wait for or to format
	Answered time.Time // the node had answered on the listener of every role
	Ready    time.Time // every role was ready
}

// pass notes what is reached for the first time.
func (m *Milestones) pass(now time.Time, o Observation) {
	for _, stone := range []struct {
		at      *time.Time
		reached bool
	}{{&m.Started, o.Started}, {&m.Answered, o.answers().OK}, {&m.Ready, o.Readiness().OK}} {
		if stone.at.IsZero() && stone.reached {
			*stone.at = now
		}
	}
}
