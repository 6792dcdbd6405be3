package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/automation"
)

// status tells the stack's outputs, its pods and claims, and who takes part in Kafka. What one
// does not tell hides nothing of the others, and is an error in the end.
func status(ctx context.Context, args []string, to streams) error {
	f := newFlags("status")
	form := f.String("output", "text", "`text` or json")
	f.check(func() error {
		if *form != "text" && *form != "json" {
			return fmt.Errorf("-output %q: must be text or json", *form)
		}
		return nil
	})
	return onExisting(ctx, f, args, to, func(w *which, stack *automation.Stack) error {
		found, err := stack.Status(ctx)
		if errors.Is(err, automation.ErrNotFound) && *form == "text" {
			fmt.Fprintf(to.out, "Stack %s is not up.\n", w.stack)
			return nil
		}
		if err != nil {
			return err
		}
		if *form == "json" {
			pretty := json.NewEncoder(to.out)
			pretty.SetIndent("", "  ")
			err = pretty.Encode(found)
		} else {
			err = writeStatus(to.out, found)
		}
		if err == nil && len(found.Unknown) > 0 {
			err = fmt.Errorf("stack %s: not all of it is known: %s", w.stack, parts(found.Unknown))
		}
		return err
	})
}
