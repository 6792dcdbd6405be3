package main

import (
	"context"
	"time"
)

// hold waits for as long as there is a reason to, and tells it: to the log, and to whoever asks the startup probe.
func (r *runner) hold(ctx context.Context, reason func() string) error {
	defer r.state.update(func(o *observation) { o.waiting = "" })
	told, toldWhy := time.Time{}, ""
	for {
		why := reason()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if why == "" {
			return nil
		}
		r.state.update(func(o *observation) { o.waiting = why })
		if time.Since(told) >= 10*time.Second || why != toldWhy && time.Since(told) >= time.Second {
			say("WARN", "start: waiting %s", why)
			told, toldWhy = time.Now(), why
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
