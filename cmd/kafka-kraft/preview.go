package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/kafka-kraft/kafka-kraft/policy"
	"github.com/kafka-kraft/kafka-kraft/review"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// preview writes what up would change as Markdown, for a pull request. The Markdown is
// written, too, if the plan is refused or the preview failed.
func preview(ctx context.Context, args []string, to streams) (err error) {
	var w which
	var c change
	f := newFlags("preview")
	w.add(f)
	c.add(f, "for this preview")
	output := f.String("output", "-", "`file` for the Markdown; - is standard output")
	failOn := f.String("fail-on", "", "refuse a plan that does one of these: create, update, replace, delete (a `list` with commas)")
	create := f.Bool("create", false, "make the stack, empty, if there is none of this name")
	refresh := f.Bool("refresh", false, "look at the cluster first, as up does, and not only at what the last up knew")
	var refused []review.Op
	f.check(func() (err error) {
		if refused, err = review.ParseFailOn(*failOn); err != nil {
			return fmt.Errorf("-fail-on %w", err)
		}
		return nil
	})
	if err := f.read(args, to); err != nil {
		return err
	}
	plan, violations, err := w.plan(ctx, &c, *create, *refresh, to)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if plan == nil {
		return err
	}
	if written := writePlan(*output, to, plan, violations); written != nil {
		return written
	}
	if err != nil {
		return err
	}
	if err := errors.Join(violations.Err(), plan.FailOn(refused)); err != nil {
		return refusal{fmt.Errorf("stack %s: %w", w.stack, err)}
	}
	return nil
}

// plan previews the stack. A configuration that cannot work has a plan, too, which says so;
// nil if Pulumi did not come as far as that.
func (w *which) plan(ctx context.Context, c *change, create, refresh bool, to streams) (*review.Plan, policy.Violations, error) {
	stack, err := w.open(ctx, c, opening{create: create, trial: true, skipRefresh: !refresh}, to)
	var wrong config.Problems
	if errors.As(err, &wrong) {
		return &review.Plan{
			Stack: w.stack, Project: config.Namespace, Failed: true,
			Diagnostics: []review.Diagnostic{{Severity: "error", Message: wrong.Error()}},
		}, nil, err
	}
	if err != nil {
		return nil, nil, err
	}
	plan, err := stack.Preview(ctx)
	if err = errors.Join(err, stack.Close()); plan != nil && len(plan.Steps) == 0 && len(plan.Diagnostics) == 0 {
		plan = nil
	}
	if plan == nil {
		return nil, nil, err
	}
	return plan, policy.Check(plan, stack.Config().Waive), err
}

// writePlan writes the plan, to standard output if output is "-".
func writePlan(output string, to streams, plan *review.Plan, violations policy.Violations) error {
	var page bytes.Buffer
	if err := plan.Markdown(&page, violations...); err != nil {
		return err
	}
	if output == "-" {
		_, err := to.out.Write(page.Bytes())
		return err
	}
	if err := os.WriteFile(output, page.Bytes(), 0o644); err != nil { //nolint:gosec // to be read by all
		return fmt.Errorf("-output: %w", err)
	}
	return nil
}
