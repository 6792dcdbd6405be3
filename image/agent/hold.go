package main

import (
	"context"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// hold waits for as long as there is a reason to, and tells it: to the log, and to whoever asks the startup probe.
func (r *runner) hold(ctx context.Context, reason func() string) error {
	defer r.state.Update(func(o *probes.Observation) { o.Waiting = "" })
	told, toldWhy := time.Time{}, ""
	for {
		why := reason()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if why == "" {
			return nil
		}
		r.state.Update(func(o *probes.Observation) { o.Waiting = why })
		if time.Since(told) >= 10*time.Second || why != toldWhy && time.Since(told) >= time.Second {
			say.Warn("start: waiting %s", why)
			told, toldWhy = time.Now(), why
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
