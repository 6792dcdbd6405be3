// Command kafka-kraft brings stacks of this project up, previews them, looks after them and
// takes them down. The Pulumi program and the image's build context are within it, so that
// no checkout and no Go is needed; in a checkout it works on the very stacks that plain
// `pulumi` does.
//
//	kafka-kraft up -stack dev -context minikube
//	kafka-kraft preview -stack prod -fail-on replace,delete -output review.md
//	kafka-kraft help
//
// It exits with 0 if all is well, with 2 if a plan is refused, with 3 if drift found
// differences, with 130 if it was stopped, and with 1 if something failed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/kafka-kraft/kafka-kraft/automation"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], streams{os.Stdout, os.Stderr})
	stop()
	os.Exit(report(err, os.Stderr))
}

// Exit codes.
const (
	exitFailed  = 1
	exitRefused = 2
	exitDrift   = 3
	exitStopped = 130
)

// report tells a person what went wrong and returns the exit code.
func report(err error, out io.Writer) int {
	var refused refusal
	var cut cutRestart
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &cut):
		fmt.Fprintln(out, "\nStopped. `kafka-kraft up` goes on from here; another restart begins anew, if this one had begun.")
		return exitStopped
	case errors.Is(err, automation.ErrCanceled), errors.Is(err, context.Canceled):
		fmt.Fprintln(out, "\nStopped. The same command goes on from here.")
		return exitStopped
	}
	fmt.Fprintf(out, "error: %s\n", words(err))
	switch {
	case errors.As(err, &refused), errors.Is(err, automation.ErrPolicy):
		return exitRefused
	case errors.Is(err, errDrift):
		return exitDrift
	}
	return exitFailed
}

// refusal is an answer, where other errors are the lack of one.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }
