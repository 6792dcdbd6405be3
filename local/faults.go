package main

import (
	"context"
	"errors"
	"os"
)

// faultTime bounds all tests of faults together.
const faultTime = "3h"

// faults runs the tests that break a Kafka on the local cluster for longer than
// `make test` can wait: all cases of tests/faults, or those that CASES names.
func (a *app) faults(ctx context.Context) error {
	_, tools, drop, err := a.prepareNodes(ctx)
	if err != nil {
		return err
	}
	defer drop()
	test := a.command(ctx, tools, "go", "test", "./tests/faults", "-run=^TestFaults$", "-count=1", "-v", "-timeout="+faultTime,
		"-full", "-cases="+a.cases)
	test.Stdout, test.Stderr = os.Stdout, os.Stderr
	if err := test.Run(); err != nil {
		return errors.Join(errors.New("tests in ./tests/faults"), err)
	}
	return nil
}
