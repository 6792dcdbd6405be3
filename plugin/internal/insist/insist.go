// Package insist tries again and again while time may mend what goes wrong.
package insist

import (
	"context"
	"errors"
	"time"
)

// Pause is the time between two attempts.
const Pause = time.Second

// On tries until it works, the time is over, or what went wrong is none that passes (nil: all
// does), and returns the last error that says more than that the time is over.
func On(ctx context.Context, limit time.Duration, passes func(error) bool, do func(context.Context) error) error {
	bounded, over := context.WithTimeout(ctx, limit)
	defer over()
	var last error
	for {
		err := do(bounded)
		if err == nil || passes != nil && !passes(err) {
			return err
		}
		if last == nil || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			last = err
		}
		select {
		case <-bounded.Done():
			return last
		case <-time.After(Pause):
		}
	}
}
