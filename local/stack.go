package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
)

// What is done with a stack, the command kafka-kraft does, in the environment of make env.
// Only what the local cluster wants of a stack's configuration is known here.

func (f *flags) stack() *string { return f.String("stack", "dev", "stack, by its Pulumi.<stack>.yaml") }

// up is the main job: it ends in a running Kafka that has taken and given back records.
func (a *app) up(ctx context.Context, f *flags) error {
	if err := a.onStack(ctx, f, func() []string { return []string{"up", "-smoke"} }); err != nil {
		return err
	}
	env := "make -s env"
	if a.context != "" {
		env += " CONTEXT=" + a.context
	}
	fmt.Printf("\nThese work in your shell after: eval \"$(%s)\"\n", env)
	return nil
}

// preview shows what `make up` would change, as Markdown.
func (a *app) preview(ctx context.Context, f *flags) error {
	failOn := f.String("fail-on", "", "create, update, replace, delete: what not to accept")
	output := f.String("output", "-", "file for the Markdown, seen from the checkout; - is standard output")
	return a.onStack(ctx, f, func() []string { return []string{"preview", "-create", "-fail-on", *failOn, "-output", *output} })
}

// scale makes the stack have other numbers of members.
func (a *app) scale(ctx context.Context, f *flags) error {
	brokers := f.String("brokers", "", "how many brokers there shall be")
	controllers := f.String("controllers", "", "how many controllers there shall be")
	return a.onStack(ctx, f, func() []string {
		args := []string{"scale"}
		for _, count := range [][2]string{{"-brokers", *brokers}, {"-controllers", *controllers}} {
			if count[1] != "" {
				args = append(args, count[0], count[1])
			}
		}
		return args
	}, func() error {
		if *brokers == "" && *controllers == "" {
			return errors.New("BROKERS=4 or CONTROLLERS=5, or both, must say how many there shall be")
		}
		return errors.Join(number("BROKERS", *brokers), number("CONTROLLERS", *controllers))
	})
}

// restart restarts the stack's nodes once.
func (a *app) restart(ctx context.Context, f *flags) error {
	only := f.String("only", "", "brokers or controllers alone")
	return a.onStack(ctx, f, func() []string {
		if *only == "" {
			return []string{"restart"}
		}
		return []string{"restart", "-only", *only}
	}, func() error {
		if *only != "" && *only != "brokers" && *only != "controllers" {
			return fmt.Errorf("ONLY=%q: must be brokers or controllers", *only)
		}
		return nil
	})
}

// number refuses, before anything is made ready, what is no number of members.
func number(name, text string) error {
	if n, err := strconv.Atoi(text); text != "" && (err != nil || n < 1) {
		return fmt.Errorf("%s=%q: must be a number, at least 1", name, text)
	}
	return nil
}

// onStack makes everything ready, brings the stack to the cluster that is meant and runs
// the command on it. checks are what is asked of the command line besides.
func (a *app) onStack(ctx context.Context, f *flags, args func() []string, checks ...func() error) error {
	stack, registry, nodes := f.stack(), f.String("registry", "", "with -context: registry to push the image to"), f.nodes()
	a.contextFlag(f)
	if err := f.read(append(checks, func() error {
		if *registry != "" && a.context == "" {
			return fmt.Errorf("REGISTRY=%q: only with CONTEXT; the local cluster has a registry of its own", *registry)
		}
		return nil
	})...); err != nil {
		return err
	}
	place, err := a.place(*stack, *registry)
	if err != nil {
		return err
	}
	tools, err := a.prepare(ctx, *nodes)
	if err != nil {
		return err
	}
	return a.show(ctx, a.command(ctx, tools, a.binary(), slices.Concat(args(), []string{"-stack", *stack}, place)...))
}

// drift tells what in the cluster is not as the last up left it.
func (a *app) drift(ctx context.Context, f *flags) error {
	stack := f.stack()
	a.contextFlag(f)
	if err := f.read(); err != nil {
		return err
	}
	return a.existing(ctx, "drift", "-stack", *stack)
}

// down destroys the stack. Its records stay, unless told otherwise.
func (a *app) down(ctx context.Context, f *flags) error {
	stack, records := f.stack(), f.String("records", "keep", "keep or delete the records")
	a.contextFlag(f)
	if err := f.read(); err != nil {
		return err
	}
	args := []string{"down", "-stack", *stack, "-records", *records}
	if a.context == "" { // /mnt of the node is a folder of this machine
		args = append(args, "-node-root", a.home.Volumes())
	}
	return a.existing(ctx, args...)
}

// existing runs the command on a stack of this cluster, and makes nothing ready for it.
func (a *app) existing(ctx context.Context, args ...string) error {
	tools, err := a.ready()
	if err != nil {
		return err
	}
	if err := a.buildProduct(ctx, tools); err != nil {
		return err
	}
	where := a.context
	if where == "" {
		where = cluster.ContextName
	}
	return a.show(ctx, a.command(ctx, tools, a.binary(), append(args, "-context", where)...))
}

// place are the flags that bring a stack to the cluster that is meant, from what its file
// says now.
func (a *app) place(stack, registry string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(a.repo, "Pulumi."+stack+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("STACK=%q: there is no Pulumi.%[1]s.yaml; copy Pulumi.dev.yaml to begin one", stack)
	}
	return placeOf(string(text), a.context, registry), nil
}

var (
	ofLocal  = regexp.MustCompile(`(?m)^\s+kafka-kraft:context: ` + cluster.ContextName + `\s*$`)
	ofShared = regexp.MustCompile(`(?m)^\s+mode: shared\s*$`)
	ofNode   = regexp.MustCompile(`(?m)^\s+node: (\S+)\s*$`)
)

// placeOf names the node of the shared volume, too, when the stack moves to another
// cluster: the first of ours, or in one of the user's, which we know nothing of, none. A
// stack that is here already is left as the user set it.
func placeOf(file, context, registry string) []string {
	node := ""
	if found := ofNode.FindStringSubmatch(file); found != nil {
		node = found[1]
	}
	switch {
	case context != "" && node == cluster.FirstNode:
		return []string{"-context", context, "-registry", registry, "-set", "storage.node="}
	case context != "":
		return []string{"-context", context, "-registry", registry}
	case ofLocal.MatchString(file):
		return nil
	case node == "" && ofShared.MatchString(file):
		return []string{"-context", cluster.ContextName, "-registry", cluster.Registry, "-set", "storage.node=" + cluster.FirstNode}
	}
	return []string{"-context", cluster.ContextName, "-registry", cluster.Registry}
}
