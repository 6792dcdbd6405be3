package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// preview shows what `make up` would change, as Markdown for a pull request, and fails
// if that breaks a rule or does what -fail-on names: see cmd/kafka-kraft-review.
func (a *app) preview(ctx context.Context) error {
	tools, err := a.prepare(ctx)
	if err != nil {
		return err
	}
	if err := a.selectStack(ctx, pulumi{app: a, tools: tools}); err != nil {
		return err
	}
	review := filepath.Join(a.home.Built(), "kafka-kraft-review")
	if err := a.log.Step("compiling the review", func() error {
		return a.build(ctx, tools, review, "./cmd/kafka-kraft-review")
	}); err != nil {
		return err
	}
	command := a.command(ctx, tools, review, "-stack", a.stack, "-fail-on", a.failOn, "-output", a.output)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("the preview of stack %s is not fine: %w", a.stack, err)
	}
	return nil
}
