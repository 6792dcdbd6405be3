package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kafka-kraft/kafka-kraft/policy"
	"github.com/kafka-kraft/kafka-kraft/review"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// options are the command line.
type options struct {
	stack  string
	folder string
	output string // "-" is standard output
	failOn []review.Op
}

// refusal is an answer, where other errors are the lack of one.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var failOn string
	flags := flag.NewFlagSet("kafka-kraft-review", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.stack, "stack", "", "Pulumi stack to preview")
	flags.StringVar(&o.folder, "dir", ".", "folder with the Pulumi.yaml")
	flags.StringVar(&o.output, "output", "-", "file for the Markdown; - is standard output")
	flags.StringVar(&failOn, "fail-on", "", "refuse a plan that does one of these: create, update, replace, delete (a list with commas)")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	var errs []error
	if o.stack == "" {
		errs = append(errs, errors.New("-stack is missing: `pulumi stack ls` lists them"))
	}
	if flags.NArg() > 0 {
		errs = append(errs, fmt.Errorf("unexpected arguments %q: everything is a flag", flags.Args()))
	}
	var err error
	if o.failOn, err = review.ParseFailOn(failOn); err != nil {
		errs = append(errs, fmt.Errorf("-fail-on %w", err))
	}
	return o, errors.Join(errs...)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	stack, err := auto.SelectStackLocalSource(ctx, o.stack, o.folder)
	if err != nil {
		return fmt.Errorf("stack %s: %w", o.stack, err)
	}
	collector := review.NewCollector(nil)
	_, previewed := stack.Preview(ctx, optpreview.EventStreams(collector.Stream()), optpreview.SuppressProgress())
	plan, incomplete := collector.Plan()
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(plan.Steps) == 0 && len(plan.Diagnostics) == 0 {
		return errors.Join(previewed, incomplete) // Pulumi did not come as far as to preview
	}

	// A configuration that is wrong has failed the preview, and waives nothing.
	settings, err := config.Parse(plan.Config)
	if err != nil {
		settings = config.Default()
	}
	violations := policy.Check(plan, settings.Waive)
	if err := write(o.output, stdout, plan, violations); err != nil {
		return err
	}
	if incomplete != nil || previewed != nil {
		return fmt.Errorf("stack %s: %w", o.stack, failure(plan, errors.Join(incomplete, previewed)))
	}
	if err := errors.Join(violations.Err(), plan.FailOn(o.failOn)); err != nil {
		return refusal{fmt.Errorf("stack %s: %w", o.stack, err)}
	}
	return nil
}

func write(output string, stdout io.Writer, plan *review.Plan, violations policy.Violations) error {
	var page bytes.Buffer
	if err := plan.Markdown(&page, violations...); err != nil {
		return err
	}
	if output == "-" {
		_, err := stdout.Write(page.Bytes())
		return err
	}
	if err := os.WriteFile(output, page.Bytes(), 0o644); err != nil { //nolint:gosec // to be read by all
		return fmt.Errorf("writing the review: %w", err)
	}
	return nil
}

// failure says why a preview failed: in the engine's own words, if it said any.
func failure(plan *review.Plan, err error) error {
	var said []string
	for _, d := range plan.Diagnostics {
		if d.Severity == "error" {
			said = append(said, d.Message)
		}
	}
	if len(said) == 0 {
		return err
	}
	return errors.New(strings.Join(said, "\n"))
}
