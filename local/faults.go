package main

import (
	"context"
	"errors"
	"os"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
)

// faultTime bounds all tests of faults together.
const faultTime = "3h"

// faults runs the tests that break a Kafka on the local cluster for longer than
// `make test` can wait: all cases of tests/faults, or those that CASES names.
func (a *app) faults(ctx context.Context) error {
	local := cluster.New(a.home, a.log)
	before, err := local.Nodes()
	if err != nil {
		return err
	}
	a.nodes = max(a.nodes, testNodes)
	tools, err := a.prepare(ctx)
	if err != nil {
		return err
	}
	defer a.dropNodes(local, max(before, 1))
	test := a.command(ctx, tools, "go", "test", "./tests/faults", "-run=^TestFaults$", "-count=1", "-v", "-timeout="+faultTime,
		"-full", "-cases="+a.cases)
	test.Stdout, test.Stderr = os.Stdout, os.Stderr
	if err := test.Run(); err != nil {
		return errors.Join(errors.New("tests in ./tests/faults"), err)
	}
	return nil
}
