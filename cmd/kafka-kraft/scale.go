package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// scale changes how many members a stack has, in its configuration and in the cluster.
// What the gates would do is told before it is done; what is refused is not kept.
func scale(ctx context.Context, args []string, to streams) (err error) {
	var w which
	var c change
	f := newFlags("scale")
	w.add(f)
	c.add(f, "kept in the stack's configuration unless the plan is refused")
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
	if err := f.read(args, to); err != nil {
		return err
	}
	stack, err := w.open(ctx, &c, opening{}, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	if _, err := stack.Scale(ctx, counts...); err != nil {
		return err
	}
	fmt.Fprintf(to.out, "Stack %s has %s.\n", w.stack, members(stack.Config()))
	return nil
}

// members are how many there are, in words.
func members(c config.Config) string {
	if c.Topology == topology.Combined {
		return fmt.Sprintf("%d node%s, each broker and controller", c.Brokers, plural(c.Brokers))
	}
	return fmt.Sprintf("%d broker%s and %d controller%s", c.Brokers, plural(c.Brokers), c.Voters(), plural(c.Voters()))
}
