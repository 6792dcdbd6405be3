package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/automation"
)

// scale changes how many members a stack has, in its configuration and in the cluster.
func scale(ctx context.Context, args []string, to streams) error {
	f := newFlags("scale")
	brokers := f.Int("brokers", 0, "how many brokers, or combined nodes, there shall be: a `number`")
	controllers := f.Int("controllers", 0, "how many controllers a separated cluster shall have: an odd `number`")
	var counts []automation.Count
	f.check(func() error {
		var errs []error
		for _, flag := range []struct {
			name   string
			number int
			count  func(int) automation.Count
		}{{"brokers", *brokers, automation.Brokers}, {"controllers", *controllers, automation.Controllers}} {
			switch {
			case !f.given(flag.name):
			case flag.number < 1:
				errs = append(errs, fmt.Errorf("-%s %d: must be at least 1", flag.name, flag.number))
			default:
				counts = append(counts, flag.count(flag.number))
			}
		}
		if len(counts)+len(errs) == 0 {
			errs = append(errs, errors.New("-brokers, -controllers or both must say how many there shall be"))
		}
		return errors.Join(errs...)
	})
	return onExisting(ctx, f, args, to, func(_ *which, stack *automation.Stack) error {
		_, err := stack.Scale(ctx, counts...)
		return err
	})
}
