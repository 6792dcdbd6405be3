package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// restart restarts a stack's nodes once. What the gates would do is told before it is done; what
// is refused is not kept.
func restart(ctx context.Context, args []string, to streams) (err error) {
	var w which
	var c change
	f := newFlags("restart")
	w.add(f)
	c.add(f, "kept in the stack's configuration unless the plan is refused")
	only := f.String("only", "", "restart these nodes of a separated cluster: `brokers` or controllers (default: all nodes)")
	var roles []topology.Role
	f.check(func() error {
		switch *only {
		case "":
		case "brokers":
			roles = []topology.Role{topology.Broker}
		case "controllers":
			roles = []topology.Role{topology.Controller}
		default:
			return fmt.Errorf("-only %q: must be brokers or controllers", *only)
		}
		return nil
	})
	if err := f.read(args, to); err != nil {
		return err
	}
	stack, err := w.open(ctx, &c, opening{}, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	if _, err := stack.Restart(ctx, roles...); errors.Is(err, automation.ErrCanceled) {
		return cutRestart{err}
	} else if err != nil {
		return err
	}
	fmt.Fprintf(to.out, "Stack %s: %s restarted.\n", w.stack, restartedNodes(*only))
	return nil
}

// cutRestart is a restart that was stopped, which another one would begin anew.
type cutRestart struct{ error }

func (c cutRestart) Unwrap() error { return c.error }

func restartedNodes(only string) string {
	if only == "" {
		return "all nodes were"
	}
	return "all " + only + " were"
}
