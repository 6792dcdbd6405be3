package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// testTime bounds the whole suite, well below what a CI job may take.
const testTime = "60m"

// testNodes are as many nodes as tests break and mend.
const testNodes = 3

// test runs every test, or with -short those that need no cluster.
func (a *app) test(ctx context.Context) error {
	var tools toolchain.Tools
	args := []string{"test", "-timeout", testTime}
	if a.short {
		args = append(args, "-short")
	} else {
		local, prepared, drop, err := a.prepareNodes(ctx)
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
	goTest := func(dir string, args ...string) error {
		command := a.command(ctx, tools, "go", args...)
		command.Dir = filepath.Join(a.repo, dir)
		command.Stdout, command.Stderr = os.Stdout, os.Stderr
		if err := command.Run(); err != nil {
			return fmt.Errorf("tests in ./%s: %w", dir, err)
		}
		return nil
	}
	err := goTest("", append(args, "./...")...)
	// A module of its own, for what its judges of manifests and workflows bring along.
	err = errors.Join(err, goTest("tests/manifests", append(args, "./...")...))
	if !a.short {
		// Our own parts of the tools; their modules are compiled by now.
		err = errors.Join(err, goTest("local/toolchain", "test", "-tags=engine", "./kube", "./pulumi-resource-docker"))
	}
	return err
}

// prepareNodes makes tools and local cluster ready, with as many nodes as tests break and
// mend. drop takes those away that were not there before.
func (a *app) prepareNodes(ctx context.Context) (local *cluster.Cluster, tools toolchain.Tools, drop func(), err error) {
	local = cluster.New(a.home, a.log)
	before, err := local.Nodes()
	if err != nil {
		return nil, tools, nil, err
	}
	a.nodes = max(a.nodes, testNodes)
	if tools, err = a.prepare(ctx); err != nil {
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
