package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// prepare makes tools, cluster, command and state folder ready. What waits for the
// network or for the cluster goes on beside the compiler; the first failure stops
// the rest, so that nobody waits for a build that has become useless.
func (a *app) prepare(ctx context.Context, nodes int) (toolchain.Tools, error) {
	both, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	kube, started := make(chan string, 1), make(chan error, 1)
	go func() {
		err := a.startCluster(both, kube, nodes)
		if err != nil {
			cancel(err)
		}
		started <- err
	}()
	tools, err := toolchain.Ensure(both, a.home, a.repo, a.log, func(path string) { kube <- path })
	if err == nil {
		err = a.buildProduct(both, tools)
	}
	if err != nil {
		cancel(err)
		<-started //nolint:errcheck // the cause says what went wrong first
		return tools, context.Cause(both)
	}
	if err := <-started; err != nil {
		return tools, err
	}
	return tools, a.home.EnsureState()
}

// startCluster starts the local cluster, or checks the one that the user named, as soon as
// there is the binary with Kubernetes in it.
func (a *app) startCluster(ctx context.Context, kube <-chan string, nodes int) error {
	local := cluster.New(a.home, a.log)
	if a.context == "" {
		if nodes < 1 || nodes > cluster.MaxNodes {
			return fmt.Errorf("NODES=%d: must be 1 to %d", nodes, cluster.MaxNodes)
		}
		if err := local.Prepare(ctx); err != nil {
			return err
		}
	}
	var binary string
	select {
	case binary = <-kube:
	case <-ctx.Done():
		return ctx.Err()
	}
	if a.context == "" {
		return local.Up(ctx, binary, nodes)
	}
	check := a.command(ctx, toolchain.Tools{}, binary, "kubectl", "--context", a.context, "--request-timeout=10s", "get", "--raw", "/readyz")
	if out, err := check.CombinedOutput(); err != nil {
		return fmt.Errorf("CONTEXT=%q: that cluster does not answer: %s\nkubectl config get-contexts lists what your kubeconfig has", a.context, strings.TrimSpace(string(out)))
	}
	return nil
}

// ready are the tools, if they are all there.
func (a *app) ready() (toolchain.Tools, error) {
	tools, ok := toolchain.Ready(a.home, a.repo)
	if !ok {
		return tools, errors.New("the tools are not there yet: run make up first")
	}
	return tools, nil
}

// toolchain only makes the tools ready.
func (a *app) toolchain(ctx context.Context, f *flags) error {
	if err := f.read(); err != nil {
		return err
	}
	tools, err := toolchain.Ensure(ctx, a.home, a.repo, a.log, func(string) {})
	if err != nil {
		return err
	}
	fmt.Println(tools.Pulumi)
	return nil
}
