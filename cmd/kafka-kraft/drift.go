package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/automation"
)

// errDrift is that drift found differences.
var errDrift = errors.New("the stack has drifted")

// drift tells what in the cluster is not as the last up left it.
func drift(ctx context.Context, args []string, to streams) error {
	return onExisting(ctx, newFlags("drift"), args, to, func(w *which, stack *automation.Stack) error {
		found, err := stack.Drift(ctx)
		if err != nil {
			return err
		}
		for _, difference := range found {
			fmt.Fprintln(to.out, difference)
		}
		if len(found) > 0 {
			return fmt.Errorf("%w; `kafka-kraft up -stack %s` puts back what it made", errDrift, w.stack)
		}
		fmt.Fprintf(to.out, "Stack %s is as its last up left it.\n", w.stack)
		return nil
	})
}
