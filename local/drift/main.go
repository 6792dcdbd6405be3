// Command drift tells what in the cluster is not as the last up of a stack left it:
// what somebody scaled, edited or deleted by hand. It changes nothing. Its exit code
// is 0 if all is as it was, 3 if not, and 1 if it could not find out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/kafka-kraft/kafka-kraft/automation"
)

var errDrift = errors.New("drift")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errDrift):
		os.Exit(3)
	default:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("drift", flag.ContinueOnError)
	name := flags.String("stack", "dev", "Pulumi stack")
	dir := flags.String("dir", ".", "folder of Pulumi.yaml")
	if err := flags.Parse(args); err != nil {
		return err
	}
	stack, err := automation.Open(ctx, *name, automation.Options{Dir: *dir, Existing: true})
	if err != nil {
		return err
	}
	found, err := stack.Drift(ctx)
	if err != nil {
		return err
	}
	for _, difference := range found {
		fmt.Println(difference)
	}
	if len(found) > 0 {
		return errDrift
	}
	fmt.Printf("Stack %s is as its last up left it.\n", *name)
	return nil
}
