package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// stopGrace is how long Pulumi may take to write down what it has done after Ctrl-C.
const stopGrace = 90 * time.Second

// which are the flags that say which stack is meant.
type which struct {
	stack, folder, kubeconfig string
}

func (w *which) add(f *flags) {
	w.addFile(f)
	f.StringVar(&w.kubeconfig, "kubeconfig", "", "`file` in which the stack's context is looked up (default: KUBECONFIG, or ~/.kube/config)")
}

// addFile adds those that say where the stack's configuration is.
func (w *which) addFile(f *flags) {
	f.StringVar(&w.stack, "stack", "dev", "`name` of the stack")
	f.StringVar(&w.folder, "dir", ".", "`folder` with Pulumi.<stack>.yaml, the stack's configuration; without one, that of its last up counts")
	f.check(func() error {
		if w.stack == "" {
			return errors.New("-stack is empty: it must name a stack, such as dev")
		}
		return nil
	})
}

// options say where the stack's configuration is: in a project's folder, in a file of its
// own, or, without either, in the stack's state.
func (w *which) options(to streams) (automation.Options, error) {
	o := automation.Options{Kubeconfig: w.kubeconfig, Events: automation.View(to.err), StopGrace: stopGrace}
	folder, err := filepath.Abs(w.folder)
	if err != nil {
		return o, fmt.Errorf("-dir %q: %w", w.folder, err)
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return o, fmt.Errorf("-dir %q: must be a folder", w.folder)
	}
	project, err := workspace.LoadProject(filepath.Join(folder, "Pulumi.yaml"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		o.Config, err = configurationOf(w.file(folder))
		return o, err
	case err != nil:
		return o, fmt.Errorf("-dir %q: %w", w.folder, err)
	case project.Name != config.Namespace:
		// Its resources are unknown to this program, which would delete them.
		return o, fmt.Errorf("-dir %q: Pulumi.yaml there is of project %s, and this is %s: run it in another folder", w.folder, project.Name, config.Namespace)
	}
	o.Dir = folder
	return o, nil
}

// file is the stack's own file; its name may have an organization before it.
func (w *which) file(folder string) string {
	return filepath.Join(folder, "Pulumi."+w.stack[strings.LastIndex(w.stack, "/")+1:]+".yaml")
}

// configurationOf reads a stack's file without a project beside it; nil if there is none.
func configurationOf(file string) (*config.Config, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, nil //nolint:nilerr // the stack's state has the configuration then
	}
	read, err := workspace.LoadProjectStack(nil, &workspace.Project{Name: config.Namespace}, file)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	var secret []string
	for key, value := range read.Config {
		if key.Namespace() != config.Namespace {
			continue
		}
		if value.Secure() {
			secret = append(secret, key.Name())
			continue
		}
		if values[key.Name()], err = value.Value(nil); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, key, err)
		}
	}
	if err := config.Secrets(secret).Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	c, err := config.Parse(values)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &c, nil
}

// change are the flags of what may change the stack's configuration on its way.
type change struct {
	context, registry string
	set               map[string]string
}

// add adds them; lasting says what becomes of the changes.
func (c *change) add(f *flags, lasting string) {
	c.set = map[string]string{}
	f.StringVar(&c.context, "context", "", "`name` of the kubeconfig's context to work in, "+lasting)
	f.StringVar(&c.registry, "registry", "", "registry to push the image to, `host/path`, "+lasting+". Empty: the image stays in the docker engine, from where Minikube, kind and k3d are given it")
	f.Func("set", "`key=value` of the stack's configuration, such as brokers=5 or storage.size=20Gi, "+lasting+"; no value takes the key out; may be repeated", func(text string) error {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" {
			return errors.New("must be KEY=VALUE, such as brokers=5")
		}
		c.set[key] = value
		return nil
	})
	f.check(func() error {
		if f.given("context") && c.context != "" {
			c.set["context"] = c.context
		}
		if f.given("registry") {
			c.set["imageRegistry"] = c.registry
		}
		return nil
	})
}

// opening is how a stack is opened: whether it is made if it is new, whether what is set is
// taken back, and whether the cluster is not looked at before a plan is made.
type opening struct{ create, trial, skipRefresh bool }

// open opens the stack with what is to change.
func (w *which) open(ctx context.Context, c *change, how opening, to streams) (*automation.Stack, error) {
	o, err := w.options(to)
	if err != nil {
		return nil, err
	}
	if o.Config != nil && len(c.set) > 0 {
		return nil, fmt.Errorf("-context, -registry and -set: %s has the configuration; write it there", filepath.Base(w.file(".")))
	}
	if _, err := os.Stat(w.file(o.Dir)); o.Dir != "" && err != nil && len(c.set) == 0 {
		return nil, fmt.Errorf("-stack %s: there is no %s; copy Pulumi.dev.yaml to begin one", w.stack, filepath.Base(w.file(".")))
	}
	o.Existing, o.Trial, o.SkipRefresh = !how.create, how.trial, how.skipRefresh
	o.Set = c.set
	return automation.Open(ctx, w.stack, o)
}

// expected is the flag that keeps a command from a stack of another cluster.
type expected struct{ context string }

func (e *expected) add(f *flags) {
	f.StringVar(&e.context, "context", "", "refuse a stack of another context than `this` one (default: any will do)")
}

// onExisting reads a command's flags, with those that say which stack, and runs it on that
// stack, which was up before.
func onExisting(ctx context.Context, f *flags, args []string, to streams, do func(*which, *automation.Stack) error) (err error) {
	var w which
	var e expected
	w.add(f)
	e.add(f)
	if err := f.read(args, to); err != nil {
		return err
	}
	stack, err := w.openExisting(ctx, &e, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	return do(&w, stack)
}

// openExisting opens a stack that was up before, as it is.
func (w *which) openExisting(ctx context.Context, e *expected, to streams) (*automation.Stack, error) {
	o, err := w.options(to)
	if err != nil {
		return nil, err
	}
	o.Existing = true
	stack, err := automation.Open(ctx, w.stack, o)
	if err != nil {
		return nil, err
	}
	if is := stack.Config().Context; e.context != "" && is != e.context {
		return nil, errors.Join(fmt.Errorf("-context %q: stack %s is for context %q", e.context, w.stack, is), stack.Close())
	}
	return stack, nil
}
