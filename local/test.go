package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// testTime bounds the whole suite, well below what a CI job may take.
const testTime = "60m"

// test runs every test, or with -short those that need no cluster.
func (a *app) test(ctx context.Context) error {
	var tools toolchain.Tools
	args := []string{"test", "-timeout", testTime}
	if a.short {
		args = append(args, "-short")
	} else {
		var err error
		if tools, err = a.prepare(ctx); err != nil {
			return err
		}
		// The docker plugin's tests start registries of their own.
		tools.Path = append(tools.Path, cluster.New(a.home, a.log).RegistryBin())
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
	if !a.short {
		// Our own parts of the tools; their modules are compiled by now.
		err = errors.Join(err, goTest("local/toolchain", "test", "-tags=engine", "./kube", "./pulumi-resource-docker"))
	}
	return err
}
