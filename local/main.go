// Command local makes the project run on a machine that has nothing: it provides
// the tools, a Kubernetes and the environment, and runs Pulumi in it. It is what
// the Makefile calls; `make help` shows the ways to use it.
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

	stack    string
	context  string // of the user's kubeconfig; empty: the local cluster
	registry string
	records  string
	nodes    int
	node     int
	deed     string
	failOn   string
	output   string
	yes      string
	short    bool
	cases    string
	pairs    int
}

var commands = map[string]func(*app, context.Context) error{
	"up":           (*app).up,
	"down":         (*app).down,
	"drift":        (*app).drift,
	"env":          (*app).env,
	"status":       (*app).status,
	"toolchain":    (*app).toolchain,
	"cluster-up":   (*app).clusterUp,
	"cluster-down": (*app).clusterDown,
	"node":         (*app).nodeDo,
	"preview":      (*app).preview,
	"purge":        (*app).purge,
	"test":         (*app).test,
	"faults":       (*app).faults,
	"bench":        (*app).bench,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "\nStopped. The same command goes on from here.")
		os.Exit(130)
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
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.StringVar(&a.stack, "stack", "dev", "Pulumi stack")
	flags.StringVar(&a.context, "context", "", "context of your kubeconfig to use instead of the local cluster")
	flags.StringVar(&a.registry, "registry", "", "with -context: registry to push the image to")
	flags.StringVar(&a.records, "records", "keep", "with down: keep or delete the records")
	flags.IntVar(&a.nodes, "nodes", 1, "nodes of the local cluster")
	flags.IntVar(&a.node, "node", 0, "with node: number of a node of the local cluster")
	flags.StringVar(&a.deed, "do", "", "with node: stop, kill, start, cut or join")
	flags.StringVar(&a.failOn, "fail-on", "", "with preview: create, update, replace, delete: what not to accept")
	flags.StringVar(&a.output, "output", "-", "with preview: file for the Markdown, seen from the checkout; - is standard output")
	flags.StringVar(&a.yes, "yes", "", "with purge: 1 to go ahead")
	flags.BoolVar(&a.short, "short", false, "with test: only what needs no cluster")
	flags.StringVar(&a.cases, "cases", "", "with bench and faults: names of cases, separated by commas (default: all)")
	flags.IntVar(&a.pairs, "pairs", 0, "with bench: how many times each side is measured (default: as each case says)")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if err := a.validate(); err != nil {
		return err
	}
	return a.withoutSalt(func() error { return commands[args[0]](a, ctx) })
}

// validate names everything that is wrong with the command line at once.
func (a *app) validate() error {
	var errs []error
	if a.stack == "" || strings.ContainsAny(a.stack, " \t'\"") {
		errs = append(errs, fmt.Errorf("STACK=%q: must name a Pulumi stack, such as dev", a.stack))
	}
	if a.records != "keep" && a.records != "delete" {
		errs = append(errs, fmt.Errorf("RECORDS=%q: must be keep or delete", a.records))
	}
	if a.nodes < 1 || a.nodes > 9 {
		errs = append(errs, fmt.Errorf("NODES=%d: must be 1 to 9", a.nodes))
	}
	if a.pairs < 0 {
		errs = append(errs, fmt.Errorf("PAIRS=%d: how many times each side is measured; 0 leaves it to each case", a.pairs))
	}
	if a.registry != "" && a.context == "" {
		errs = append(errs, fmt.Errorf("REGISTRY=%q: only with CONTEXT; the local cluster has a registry of its own", a.registry))
	}
	if _, err := os.Stat(filepath.Join(a.repo, "Pulumi."+a.stack+".yaml")); err != nil {
		errs = append(errs, fmt.Errorf("STACK=%q: there is no Pulumi.%s.yaml; copy Pulumi.dev.yaml to begin one", a.stack, a.stack))
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
