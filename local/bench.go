package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

const (
	// benchTime bounds the whole benchmark.
	benchTime = "3h"
	// oldSuite is the release of Debian of one of the opponents, Debian 12.
	oldSuite = "bookworm"
)

// bench measures this project next to others, on the local cluster and the docker
// engine; the tests in tests/bench do it.
func (a *app) bench(ctx context.Context) error {
	local, tools, drop, err := a.prepareNodes(ctx)
	if err != nil {
		return err
	}
	defer drop()
	if err := local.EnsureDebian(ctx, oldSuite); err != nil {
		return fmt.Errorf("the base image of an opponent: %w", err)
	}
	test := a.command(ctx, tools, "go", "test", "./tests/bench", "-run=^TestBench$", "-count=1", "-v", "-timeout="+benchTime,
		"-full", "-cases="+a.cases, fmt.Sprintf("-pairs=%d", a.pairs))
	test.Stdout, test.Stderr = os.Stdout, os.Stderr
	if err := test.Run(); err != nil {
		return errors.Join(errors.New("the benchmark did not end; bench/RESULTS.md has the cases that did"), err)
	}
	return nil
}
