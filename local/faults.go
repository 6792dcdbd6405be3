package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
)

// faultTime bounds all tests of faults together.
const faultTime = "3h"

// faults runs the tests that break a Kafka on the local cluster for longer than
// `make test` can wait: all of tests/faults, or those that CASES names.
func (a *app) faults(ctx context.Context) error {
	run, err := faultPattern(a.cases)
	if err != nil {
		return err
	}
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
	test := a.command(ctx, tools, "go", "test", "-tags=faults", "./tests/faults", "-run="+run, "-count=1", "-v", "-timeout="+faultTime)
	test.Stdout, test.Stderr = os.Stdout, os.Stderr
	if err := test.Run(); err != nil {
		return errors.Join(errors.New("tests in ./tests/faults"), err)
	}
	return nil
}

// faultPattern is what `go test -run` is told: the tests' names, with or without Test,
// or all of them.
func faultPattern(cases string) (string, error) {
	if cases == "" {
		return "^Test", nil
	}
	var names []string
	for name := range strings.SplitSeq(cases, ",") {
		name = strings.TrimPrefix(strings.TrimSpace(name), "Test")
		if name == "" {
			return "", fmt.Errorf("CASES=%q: must be names of tests in tests/faults, separated by commas", cases)
		}
		names = append(names, regexp.QuoteMeta(name))
	}
	return "^Test(" + strings.Join(names, "|") + ")$", nil
}
