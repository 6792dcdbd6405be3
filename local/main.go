// Command local makes the project run on a machine that has nothing: it provides the
// tools, a one-machine Kubernetes and the environment, and runs the command kafka-kraft,
// tests and the benchmark in it. It is what the Makefile calls; `make help` shows the ways
// to use it.
//
// It is a module of its own, with nothing but the standard library, so that it compiles in
// a second on a machine that has only Go. It neither imports the product nor is imported by
// it. Machines that have Minikube, kind or a cluster of their own need none of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
	"github.com/kafka-kraft/kafka-kraft/local/internal/progress"
)

// app is what every command works with.
type app struct {
	home home.Home
	repo string        // root of the checkout
	log  *progress.Log // to standard error: standard output is for results
	// context is that of the user's own cluster; empty: the local cluster.
	context string
}

// commands read their own flags.
var commands = map[string]func(*app, context.Context, *flags) error{
	"up":           (*app).up,
	"preview":      (*app).preview,
	"drift":        (*app).drift,
	"scale":        (*app).scale,
	"restart":      (*app).restart,
	"down":         (*app).down,
	"env":          (*app).env,
	"status":       (*app).status,
	"toolchain":    (*app).toolchain,
	"cluster-up":   (*app).clusterUp,
	"cluster-down": (*app).clusterDown,
	"node":         (*app).node,
	"purge":        (*app).purge,
	"test":         (*app).test,
	"faults":       (*app).faults,
	"bench":        (*app).bench,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	var code said
	if errors.As(err, &code) && err.Error() == code.Error() {
		os.Exit(int(code))
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "\nStopped. The same command goes on from here.")
		os.Exit(stopped)
	default:
		fmt.Fprintf(os.Stderr, "\nerror: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return errors.New("unknown command: see make help")
	}
	h, err := home.Find()
	if err != nil {
		return err
	}
	repo, err := findRepo()
	if err != nil {
		return err
	}
	a := &app{home: h, repo: repo, log: progress.New(os.Stderr)}
	return commands[args[0]](a, ctx, &flags{FlagSet: flag.NewFlagSet(args[0], flag.ContinueOnError), args: args[1:]})
}

// flags are those of one command, and what follows it on the command line.
type flags struct {
	*flag.FlagSet
	args []string
}

// context adds the flag that says which cluster is meant.
func (a *app) contextFlag(f *flags) {
	f.StringVar(&a.context, "context", "", "context of your kubeconfig to use instead of the local cluster")
}

func (f *flags) nodes() *int { return f.Int("nodes", 1, "nodes of the local cluster") }

// read reads the command line; checks are what is asked of it then.
func (f *flags) read(checks ...func() error) error {
	if err := f.Parse(f.args); err != nil {
		return err
	}
	var errs []error
	if f.NArg() > 0 {
		errs = append(errs, fmt.Errorf("unexpected arguments %q: everything is a flag", f.Args()))
	}
	for _, check := range checks {
		errs = append(errs, check())
	}
	return errors.Join(errs...)
}

// findRepo returns the checkout that the working folder lies in.
func findRepo() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module github.com/kafka-kraft/kafka-kraft\n") {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("not inside a checkout of kafka-kraft")
		}
		dir = filepath.Dir(dir)
	}
}
