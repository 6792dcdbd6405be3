// Command smoke proves that a stack's Kafka works: it makes a topic, writes records
// that every in-sync replica must acknowledge, reads each back once and in order,
// and deletes the topic. Then it says how long Kafka took to be ready, where
// clients find it, and what to try next. It leaves nothing behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	kubeconfig string
	context    string
	namespace  string
	bootstrap  []string
	stack      string
	records    int
	timeout    time.Duration
}

func parse(args []string) (options, error) {
	var o options
	var bootstrap string
	flags := flag.NewFlagSet("smoke", flag.ContinueOnError)
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig file (default: KUBECONFIG, or ~/.kube/config)")
	flags.StringVar(&o.context, "context", "", "context in the kubeconfig")
	flags.StringVar(&o.namespace, "namespace", "", "namespace of the stack")
	flags.StringVar(&bootstrap, "bootstrap", "", "the stack's output bootstrapServers")
	flags.StringVar(&o.stack, "stack", "dev", "name of the stack, for the commands it suggests")
	flags.IntVar(&o.records, "records", 1000, "how many records to write")
	flags.DurationVar(&o.timeout, "timeout", 2*time.Minute, "how long the whole check may take")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	for _, server := range strings.Split(bootstrap, ",") {
		if server = strings.TrimSpace(server); server != "" {
			o.bootstrap = append(o.bootstrap, server)
		}
	}
	return o, o.validate(flags.Args())
}

// validate names everything that is wrong with the command line at once.
func (o options) validate(extra []string) error {
	var errs []error
	if len(extra) > 0 {
		errs = append(errs, fmt.Errorf("unexpected arguments %q: everything is a flag", extra))
	}
	if o.context == "" {
		errs = append(errs, errors.New("-context is missing: `pulumi config get context` tells the stack's"))
	}
	if o.namespace == "" {
		errs = append(errs, errors.New("-namespace is missing: `pulumi stack output namespace` tells the stack's"))
	}
	if len(o.bootstrap) == 0 {
		errs = append(errs, errors.New("-bootstrap is missing: `pulumi stack output bootstrapServers` tells the stack's"))
	}
	if o.records < 1 || o.records > 1_000_000 {
		errs = append(errs, fmt.Errorf("-records %d: must be 1 to 1000000", o.records))
	}
	if o.timeout <= 0 {
		errs = append(errs, fmt.Errorf("-timeout %s: must be positive", o.timeout))
	}
	return errors.Join(errs...)
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("not done within %s", o.timeout))
	defer cancel()
	return check(ctx, o, out)
}
