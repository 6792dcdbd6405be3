package ops

import (
	"context"
	"time"
)

// Controllers know first that a reassignment has ended. Until a broker hears of it, what it says
// of that partition is what was so in the middle: with the replicas that came, and those that
// left, too. Who takes that for the partition's replicas plans for too many of them.

// reassignments asks for what is moving, and remembers when.
func (w *worker) reassignments(ctx context.Context) ([]Reassignment, error) {
	running, err := w.Reassignments(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if w.asked.IsZero() {
		w.asked = now
	}
	for _, r := range running {
		w.moved[name(r.Topic, r.Index)] = now
	}
	return running, nil
}

// knows reports whether a broker that is asked now has heard of the end of all reassignments but
// those that are running. Before the first question any can have ended.
func (w *worker) knows(running map[string]Reassignment) bool {
	for key, last := range w.moved {
		if _, still := running[key]; !still && time.Since(last) < between {
			return false
		}
	}
	return time.Since(w.asked) >= between
}

// surely judges what was seen. If that gives something to do, or a reason to refuse, and brokers
// may not know yet what has moved, it looks again when they do.
func (w *worker) surely(ctx context.Context, s world, judge func(world) (acts bool, err error)) error {
	for {
		acts, err := judge(s)
		if s.sure || err == nil && !acts {
			return err
		}
		if err := w.until(ctx, func(ctx context.Context) (string, error) {
			now, err := w.glance(ctx)
			if err != nil || now.sure {
				return "", err
			}
			return "waits until the brokers know what has moved", nil
		}); err != nil {
			return err
		}
		if s, err = w.look(ctx); err != nil {
			return err
		}
	}
}
