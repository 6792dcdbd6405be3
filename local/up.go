package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// localContext is the name of the local cluster's context.
const localContext = "kafka-kraft-local"

// up is the main job: it ends in a running Kafka that has taken and given back
// records.
func (a *app) up(ctx context.Context) error {
	tools, err := a.prepare(ctx)
	if err != nil {
		return err
	}
	p := pulumi{app: a, tools: tools}
	if err := a.selectStack(ctx, p); err != nil {
		return err
	}
	if err := a.log.Step("pulumi up --stack "+a.stack, func() error {
		// What somebody deleted or changed by hand is seen only by looking: without a
		// refresh Pulumi compares with its own record alone. What was deleted comes back.
		// A field that somebody took is a conflict, which the error names: forcing it is
		// an input of the provider (enablePatchForce), which plain pulumi up would not have.
		return p.show(ctx, "up", "--yes", "--skip-preview", "--refresh")
	}); err != nil {
		return fmt.Errorf("%w\nNothing is lost: mend what it says above and run the same command again.\nWhat somebody changed by hand, make drift STACK=%s tells, and how to put it back", err, a.stack)
	}
	return a.log.Step("smoke check: a topic, records in and out", func() error { return a.smoke(ctx, p) })
}

// prepare makes tools, cluster, program and state folder ready. What waits for the
// network or for the cluster goes on beside the compiler; the first failure stops
// the rest, so that nobody waits for a build that is of no use.
func (a *app) prepare(ctx context.Context) (toolchain.Tools, error) {
	both, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t := toolchain.Begin(both, a.home, a.repo, a.log)
	started := make(chan error, 1)
	go func() {
		err := a.startCluster(both, t)
		if err != nil {
			cancel(err)
		}
		started <- err
	}()
	tools, err := t.Tools(both)
	if err == nil {
		err = a.buildPrograms(both, tools)
	}
	if err != nil {
		cancel(err)
		<-started
		return tools, context.Cause(both)
	}
	if err := <-started; err != nil {
		return tools, err
	}
	return tools, a.stateFolder()
}

// startCluster starts the local cluster, or checks the one that the user named.
func (a *app) startCluster(ctx context.Context, t *toolchain.Toolchain) error {
	if a.context != "" {
		return a.checkContext(ctx, t)
	}
	local := cluster.New(a.home, a.log)
	if err := local.Prepare(ctx); err != nil {
		return err
	}
	kube, err := t.Kube(ctx)
	if err != nil {
		return err
	}
	return local.Up(ctx, kube, a.nodes)
}

// checkContext makes sure that the named context exists and answers.
func (a *app) checkContext(ctx context.Context, t *toolchain.Toolchain) error {
	kube, err := t.Kube(ctx)
	if err != nil {
		return err
	}
	check := a.command(ctx, toolchain.Tools{}, kube, "kubectl", "--context", a.context, "--request-timeout=10s", "get", "--raw", "/readyz")
	if out, err := check.CombinedOutput(); err != nil {
		return fmt.Errorf("CONTEXT=%q: that cluster does not answer: %s\nkubectl config get-contexts lists what your kubeconfig has", a.context, strings.TrimSpace(string(out)))
	}
	return nil
}

// buildPrograms compiles the Pulumi program to where Pulumi.yaml says it is built,
// and the smoke check, so that neither makes a later step look slow.
func (a *app) buildPrograms(ctx context.Context, tools toolchain.Tools) error {
	return a.log.Step("compiling the Pulumi program", func() error {
		return errors.Join(a.build(ctx, tools, "kafka-kraft", "."), a.build(ctx, tools, a.smokeBinary(), "./local/smoke"))
	})
}

// build compiles a program of this checkout.
func (a *app) build(ctx context.Context, tools toolchain.Tools, out, pkg string) error {
	command := a.command(ctx, tools, "go", "build", "-o", out, pkg)
	if text, err := command.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, text)
	}
	return nil
}

func (a *app) smokeBinary() string { return filepath.Join(a.home.Built(), "kafka-kraft-smoke") }

// selectStack makes the stack if it is new and says which cluster it is for. A stack
// whose Kafka lives in another cluster is refused: Pulumi would replace all of it.
func (a *app) selectStack(ctx context.Context, p pulumi) error {
	if err := a.dropForeignSalt(); err != nil {
		return err
	}
	if _, err := p.ask(ctx, "stack", "select", "--create"); err != nil {
		return err
	}
	want := a.context
	if want == "" {
		want = localContext
	}
	have := p.config(ctx, "context")
	if have == want && (a.context == "" || p.config(ctx, "imageRegistry") == a.registry) {
		return nil
	}
	if where, err := p.ask(ctx, "stack", "output", "clusterId"); err == nil && where != "" && have != want {
		return fmt.Errorf("stack %s runs in the cluster of context %q, not %q: run make down CONTEXT=%s first, or use a stack of its own (STACK=…)", a.stack, have, want, have)
	}
	registry := a.registry
	if a.context == "" {
		registry = cluster.Registry
	}
	a.log.Say("stack %s: context %s, image registry %q (written to Pulumi.%s.yaml)", a.stack, want, registry, a.stack)
	return errors.Join(p.set(ctx, "context", want), p.set(ctx, "imageRegistry", registry), a.placeVolume(ctx, p))
}

// placeVolume names the node of the shared volume, when the stack moves to another
// cluster: the first of ours, or in one of the user's, which we know nothing of, none.
func (a *app) placeVolume(ctx context.Context, p pulumi) error {
	const key = "storage.node"
	first := cluster.New(a.home, a.log).Node("", 1).Name()
	switch node := p.config(ctx, key); {
	case a.context != "" && node == first:
		return p.unset(ctx, key)
	case a.context == "" && node == "" && p.config(ctx, "storage.mode") == "shared":
		return p.set(ctx, key, first)
	}
	return nil
}

// dropForeignSalt removes the line encryptionsalt from the stack's file if it was
// written with another passphrase, which is so when this machine knows no such stack
// (after a purge, or in a checkout that came from elsewhere). Pulumi would refuse the
// passphrase; and no value is lost, since nothing is encrypted under that salt.
func (a *app) dropForeignSalt() error {
	if _, err := os.Stat(filepath.Join(a.home.PulumiState(), ".pulumi", "stacks", "kafka-kraft", a.stack+".json")); err == nil {
		return nil
	}
	path := filepath.Join(a.repo, "Pulumi."+a.stack+".yaml")
	return dropSalt(path)
}

// smoke proves with real records that the stack's Kafka works.
func (a *app) smoke(ctx context.Context, p pulumi) error {
	kubeContext := p.config(ctx, "context")
	namespace, err := p.ask(ctx, "stack", "output", "namespace")
	if err != nil {
		return err
	}
	bootstrap, err := p.ask(ctx, "stack", "output", "bootstrapServers")
	if err != nil {
		return err
	}
	command := a.command(ctx, p.tools, a.smokeBinary(), "-stack", a.stack, "-context", kubeContext, "-namespace", namespace, "-bootstrap", bootstrap)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("the smoke check failed: %w", err)
	}
	return nil
}

// toolchain only makes the tools ready.
func (a *app) toolchain(ctx context.Context) error {
	t := toolchain.Begin(ctx, a.home, a.repo, a.log)
	tools, err := t.Tools(ctx)
	if err != nil {
		return err
	}
	fmt.Println(tools.Pulumi)
	return nil
}
