package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
	if *short {
		return a.goTest(ctx, toolchain.Tools{}, goTests{runs: quiet([]string{"./..."}, "-short")})
	}
	local, tools, drop, err := a.prepareNodes(ctx, testNodes)
	if err != nil {
		return err
	}
	defer drop()
	// The docker plugin's tests start registries of their own.
	tools.Path = append(tools.Path, local.RegistryBin())
	others, err := a.others(ctx, tools)
	if err != nil {
		return err
	}
	// One package after the other: tests that watch a cluster under load must not wait for
	// another package's compiler.
	watching := append([]string{"test", "-timeout", testTime, "-count=1", "-p=1", "-v"}, live...)
	return a.goTest(ctx, tools, goTests{runs: []module{
		{"", watching},
		// Our own parts of the tools; their modules are compiled by now.
		{"local/toolchain", []string{"test", "-v", "-tags=engine", "./kube", "./pulumi-resource-docker"}},
	}}, goTests{nice: true, runs: quiet(others, "-count=1", "-p=1")})
}

// live are the packages whose tests watch the local cluster or the docker engine. (One that is
// missing here waits for the others: the cluster is locked by who works in it.)
var live = []string{"./tests/automation", "./tests/bench", "./tests/checkout", "./tests/cluster", "./tests/image"}

// others are all other packages.
func (a *app) others(ctx context.Context, tools toolchain.Tools) ([]string, error) {
	list := a.command(ctx, tools, "go", "list", "./...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	return slices.DeleteFunc(strings.Fields(string(out)), func(path string) bool {
		return slices.ContainsFunc(live, func(pkg string) bool { return strings.HasSuffix(path, strings.TrimPrefix(pkg, ".")) })
	}), nil
}

// quiet are the tests that need no cluster: packages of the main module and all of the other
// modules. They say nothing of what passes.
func quiet(packages []string, flags ...string) []module {
	args := append([]string{"test", "-timeout", testTime}, flags...)
	all := append(slices.Clone(args), "./...")
	return []module{
		{"", append(args, packages...)},
		// Modules of their own: this one, and those for what the judges of manifests and
		// workflows, and of alert rules, bring along.
		{"tests/manifests", all}, {"tests/monitoring", all}, {"local", all},
	}
}

// module is a run of tests: of a module, by its folder in the checkout, with go's arguments.
type module struct {
	dir  string
	args []string
}

// goTests are runs, one after the other.
type goTests struct {
	nice bool // at the lowest priority, with the processor time that is left over
	runs []module
}

// goTest runs several goTests side by side. What failed is said again at the end: it may have
// been said half an hour ago.
func (a *app) goTest(ctx context.Context, tools toolchain.Tools, lanes ...goTests) error {
	out := digest.NewLines(os.Stdout)
	said, errs := make([]*digest.Writer, len(lanes)), make([]error, len(lanes))
	var all sync.WaitGroup
	for i, lane := range lanes {
		said[i] = digest.New(out.Writer())
		all.Go(func() {
			for _, run := range lane.runs {
				name, args := "go", run.args
				if lane.nice {
					name, args = "nice", append([]string{"-n", "19", "go"}, args...)
				}
				command := a.command(ctx, tools, name, args...)
				command.Dir = filepath.Join(a.repo, run.dir)
				command.Stdout, command.Stderr = said[i], said[i]
				if err := a.run(ctx, command); err != nil {
					errs[i] = errors.Join(errs[i], fmt.Errorf("tests in ./%s: %w", run.dir, err))
				}
			}
		})
	}
	all.Wait()
	failed := ""
	for _, lane := range said {
		failed += lane.String()
	}
	if failed != "" {
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
	return a.goTest(ctx, tools, goTests{runs: []module{{"", append([]string{"test", pkg, run, "-count=1", "-v", "-timeout=" + limit.String(), "-full"}, args...)}}})
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
