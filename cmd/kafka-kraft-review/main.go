// Command kafka-kraft-review previews a stack and writes what would change as Markdown,
// for a pull request. It changes nothing.
//
//	kafka-kraft-review -stack prod -fail-on replace,delete -output review.md
//
// It runs where Pulumi would: in a project's folder, with the pulumi command on PATH
// and the environment that names state, passphrase and kubeconfig.
//
// It exits with 0 if all is well; with 2 if the plan breaks a rule (package policy) that
// the stack does not waive, or does what -fail-on names; with 1 if it could not find
// out. The Markdown is written in all three cases, if there was a preview at all.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	var refused refusal
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.As(err, &refused):
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}
