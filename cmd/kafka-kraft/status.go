package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kafka-kraft/kafka-kraft/automation"
)

// status tells the stack's outputs, its pods and claims, who takes part in Kafka, and what is wrong.
// What one does not tell hides nothing of the others, and is an error in the end.
func status(ctx context.Context, args []string, to streams) error {
	f := newFlags("status")
	form := f.String("output", "text", "`text` or json")
	again := f.Bool("watch", false, "look again and again, until Ctrl-C")
	every := f.Duration("every", 5*time.Second, "with -watch: how long to wait between two looks")
	f.check(func() error {
		var errs []error
		if *form != "text" && *form != "json" {
			errs = append(errs, fmt.Errorf("-output %q: must be text or json", *form))
		}
		if *again && *form == "json" {
			errs = append(errs, errors.New("-watch is for people: leave it out, or -output json"))
		}
		if *every <= 0 {
			errs = append(errs, fmt.Errorf("-every %s: must be positive, such as 5s", *every))
		}
		if f.given("every") && !*again {
			errs = append(errs, errors.New("-every is of no use without -watch"))
		}
		return errors.Join(errs...)
	})
	return onExisting(ctx, f, args, to, func(w *which, stack *automation.Stack) error {
		if !*again {
			return tellStatus(ctx, stack, w, *form, to.out, colored(to.out))
		}
		return watch(ctx, *every, to.out, func(ctx context.Context, out io.Writer) error {
			return tellStatus(ctx, stack, w, *form, out, colored(to.out))
		})
	})
}

// tellStatus looks once.
func tellStatus(ctx context.Context, stack *automation.Stack, w *which, form string, out io.Writer, color bool) error {
	found, err := stack.Status(ctx)
	if errors.Is(err, automation.ErrNotFound) && form == "text" {
		fmt.Fprintf(out, "Stack %s is not up.\n", w.stack)
		return nil
	}
	if err != nil {
		return err
	}
	if form == "json" {
		pretty := json.NewEncoder(out)
		pretty.SetIndent("", "  ")
		err = pretty.Encode(found)
	} else {
		err = writeStatus(out, found, time.Now(), color)
	}
	if err == nil && len(found.Unknown) > 0 {
		err = fmt.Errorf("stack %s: not all of it is known: %s", w.stack, parts(found.Unknown))
	}
	return err
}

// watch looks until it is stopped, which is no error. On a terminal each look takes the place of
// the one before, all at once, so that nothing flickers; elsewhere it follows it. A look that
// fails says why, and the next one may not.
func watch(ctx context.Context, every time.Duration, out io.Writer, look func(context.Context, io.Writer) error) error {
	for {
		var screen bytes.Buffer
		err := look(ctx, &screen)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // whoever watches has seen enough
		}
		if err != nil {
			fmt.Fprintf(&screen, "\nerror: %s\n", words(err))
		}
		fmt.Fprintf(&screen, "\n%s, again in %s; Ctrl-C ends it\n\n", time.Now().Format(time.TimeOnly), every)
		if terminal(out) {
			fmt.Fprint(out, clearScreen)
		}
		if _, err := screen.WriteTo(out); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}
