package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/digest"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

const (
	// testTime bounds the whole suite, well below what a CI job may take.
	testTime = "75m"
	// longTime bounds a round of all tests of faults together, and the whole benchmark.
	longTime = 3 * time.Hour
	// testNodes are as many nodes as tests break and mend.
	testNodes = 3
	// oldSuite is the release of Debian of one of the benchmark's opponents, Debian 12.
	oldSuite = "bookworm"
)

// test runs every test, or with -short those that need no cluster.
func (a *app) test(ctx context.Context, f *flags) error {
	short := f.Bool("short", false, "only what needs no cluster")
	if err := f.read(); err != nil {
		return err
	}
	var tools toolchain.Tools
	args := []string{"test", "-timeout", testTime}
	if *short {
		args = append(args, "-short")
	} else {
		local, prepared, drop, err := a.prepareNodes(ctx, testNodes)
		if err != nil {
			return err
		}
		defer drop()
		// The docker plugin's tests start registries of their own.
		tools = prepared
		tools.Path = append(tools.Path, local.RegistryBin())
		// One package after the other: the machine may be small, and tests that
		// watch a cluster under load must not wait for another package's compiler.
		args = append(args, "-count=1", "-p=1", "-v")
	}
	args = append(args, "./...")
	// Modules of their own: this one, and those for what the judges of manifests and workflows,
	// and of alert rules, bring along.
	all := []goTests{{"", args}, {"tests/manifests", args}, {"tests/monitoring", args}, {"local", args}}
	if !*short {
		// Our own parts of the tools; their modules are compiled by now.
		all = append(all, goTests{"local/toolchain", []string{"test", "-v", "-tags=engine", "./kube", "./pulumi-resource-docker"}})
	}
	return a.goTest(ctx, tools, all...)
}

// goTests are tests of a module, by its folder in the checkout, and go's arguments.
type goTests struct {
	dir  string
	args []string
}

// goTest runs tests one after the other. What failed is said again at the end: it may have
// been said half an hour ago.
func (a *app) goTest(ctx context.Context, tools toolchain.Tools, runs ...goTests) error {
	said := digest.New(os.Stdout)
	var errs []error
	for _, run := range runs {
		command := a.command(ctx, tools, "go", run.args...)
		command.Dir = filepath.Join(a.repo, run.dir)
		command.Stdout, command.Stderr = said, said
		if err := a.run(ctx, command); err != nil {
			errs = append(errs, fmt.Errorf("tests in ./%s: %w", run.dir, err))
		}
	}
	if failed := said.String(); failed != "" {
		fmt.Printf("\nWhat the failed tests said last:\n%s", failed)
	}
	return errors.Join(errs...)
}

// faults runs the tests that break a Kafka on the local cluster for longer than
// `make test` can wait: all cases of tests/faults, or those that CASES names. They write
// docs/proof.md.
func (a *app) faults(ctx context.Context, f *flags) error {
	cases := f.String("cases", "", "names of cases, separated by commas (default: all)")
	rounds := f.Int("rounds", 1, "how many times each case runs")
	seed := f.Uint64("seed", 0, "what is left to chance is drawn from it (default: another one each time)")
	if err := f.read(func() error {
		if *rounds < 1 {
			return fmt.Errorf("ROUNDS=%d: how many times each case runs; 1 or more", *rounds)
		}
		return nil
	}); err != nil {
		return err
	}
	return a.long(ctx, testNodes, "", time.Duration(*rounds)*longTime, "./tests/faults", "-run=^TestFaults$",
		"-cases="+*cases, fmt.Sprintf("-rounds=%d", *rounds), fmt.Sprintf("-seed=%d", *seed))
}

// bench measures this project next to others, on the local cluster and the docker
// engine; the tests in tests/bench do it.
func (a *app) bench(ctx context.Context, f *flags) error {
	cases, nodes := f.String("cases", "", "names of cases, separated by commas (default: all)"), f.nodes()
	pairs := f.Int("pairs", 0, "how many times each side is measured (default: as each case says)")
	if err := f.read(func() error {
		if *pairs < 0 {
			return fmt.Errorf("PAIRS=%d: how many times each side is measured; 0 leaves it to each case", *pairs)
		}
		return nil
	}); err != nil {
		return err
	}
	err := a.long(ctx, max(*nodes, testNodes), oldSuite, longTime, "./tests/bench", "-run=^TestBench$", "-cases="+*cases, fmt.Sprintf("-pairs=%d", *pairs))
	if err != nil {
		return fmt.Errorf("the benchmark did not end; bench/RESULTS.md has the cases that did: %w", err)
	}
	return nil
}

// long runs the one test of a package that takes hours, within a limit, with the image of
// another release of Debian if there is one.
func (a *app) long(ctx context.Context, nodes int, suite string, limit time.Duration, pkg, run string, args ...string) error {
	local, tools, drop, err := a.prepareNodes(ctx, nodes)
	if err != nil {
		return err
	}
	defer drop()
	if suite != "" {
		if err := local.EnsureDebian(ctx, suite); err != nil {
			return fmt.Errorf("the base image of an opponent: %w", err)
		}
	}
	return a.goTest(ctx, tools, goTests{"", append([]string{"test", pkg, run, "-count=1", "-v", "-timeout=" + limit.String(), "-full"}, args...)})
}

// prepareNodes makes tools and local cluster ready, with as many nodes as tests break and
// mend. drop takes those away that were not there before.
func (a *app) prepareNodes(ctx context.Context, nodes int) (local *cluster.Cluster, tools toolchain.Tools, drop func(), err error) {
	local = cluster.New(a.home, a.log)
	before, err := local.Nodes()
	if err != nil {
		return nil, tools, nil, err
	}
	if tools, err = a.prepare(ctx, nodes); err != nil {
		return nil, tools, nil, err
	}
	return local, tools, func() { a.dropNodes(local, max(before, 1)) }, nil
}

// dropNodes takes the nodes away that the tests were given, so that a user's cluster is
// as it was. Tests leave nothing on them.
func (a *app) dropNodes(local *cluster.Cluster, before int) {
	// The test run may have been interrupted, which is no reason to leave them.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	count, err := local.Nodes()
	for n := count; n > before && err == nil; n-- {
		err = local.Node("", n).Remove(ctx)
	}
	if err != nil {
		a.log.Say("the nodes that the tests added are still there: %v", err)
	}
}
