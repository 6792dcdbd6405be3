package kit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/stacks"
)

// Config is what a test sets in its stack; keys without the namespace. A key with
// dots is a path into an object, as for `pulumi config set --path`.
type Config map[string]string

// Workspace is a stack in a project folder and a state folder of its own. The
// engine, the CLI and the plugins are the real ones; the program runs within the
// test, which saves compiling it.
type Workspace struct {
	auto.Stack
	t *testing.T
}

// NewWorkspace makes a stack that starts from the checkout's Pulumi.<like>.yaml. It
// changes to the project folder, which is where Pulumi runs a program: the build
// context in the configuration is relative to it.
func NewWorkspace(t *testing.T, stack, like string, config Config) *Workspace {
	t.Helper()
	Engine(t)
	dir := t.TempDir()
	copyFile(t, filepath.Join(Repo(t), "Pulumi.yaml"), filepath.Join(dir, "Pulumi.yaml"))
	copyFile(t, filepath.Join(Repo(t), "Pulumi."+like+".yaml"), filepath.Join(dir, "Pulumi."+stack+".yaml"))
	if err := os.CopyFS(filepath.Join(dir, "image"), os.DirFS(ImageContext(t))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	return newWorkspace(t, stack, dir, stacks.Program, config)
}

func newWorkspace(t *testing.T, stack, dir string, program pulumi.RunFunc, config Config) *Workspace {
	t.Helper()
	made, err := auto.UpsertStackLocalSource(t.Context(), stack, dir, auto.Program(program), auto.EnvVars(StateEnv(t)))
	if err != nil {
		t.Fatalf("stack %s: %v", stack, err)
	}
	w := &Workspace{Stack: made, t: t}
	w.Set(config)
	return w
}

// StateEnv is the environment in which Pulumi keeps its state in a folder of the
// test, beside the user's.
func StateEnv(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{
		"PULUMI_BACKEND_URL":            "file://" + t.TempDir(),
		"PULUMI_CONFIG_PASSPHRASE":      "test",
		"PULUMI_CONFIG_PASSPHRASE_FILE": "",
		"PULUMI_SKIP_UPDATE_CHECK":      "true",
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Set changes the stack's configuration. An empty value unsets the key.
func (w *Workspace) Set(config Config) {
	w.t.Helper()
	for key, value := range config {
		key, options := stacks.Namespace+":"+key, &auto.ConfigOptions{Path: true}
		var err error
		if value == "" {
			err = w.RemoveConfigWithOptions(w.t.Context(), key, options)
		} else {
			err = w.SetConfigWithOptions(w.t.Context(), key, auto.ConfigValue{Value: value}, options)
		}
		if err != nil {
			w.t.Fatalf("config %s: %v", key, err)
		}
	}
}

// TryUp runs `pulumi up`.
func (w *Workspace) TryUp() (auto.UpResult, error) {
	w.t.Helper()
	begin := time.Now()
	result, err := w.Up(w.t.Context(), optup.ProgressStreams(&lines{t: w.t, head: "  up: "}), optup.SuppressProgress())
	w.t.Logf("pulumi up took %s", since(begin))
	return result, err
}

// MustUp runs `pulumi up`, which must succeed, and returns the outputs.
func (w *Workspace) MustUp() auto.OutputMap {
	w.t.Helper()
	result, err := w.TryUp()
	if err != nil {
		w.t.Fatalf("pulumi up: %v", err)
	}
	return result.Outputs
}

// MustChangeNothing runs `pulumi up` again, and `pulumi preview --expect-no-changes`.
func (w *Workspace) MustChangeNothing() {
	w.t.Helper()
	result, err := w.TryUp()
	if err != nil {
		w.t.Fatalf("second pulumi up: %v", err)
	}
	for change, count := range *result.Summary.ResourceChanges {
		if change != "same" && count > 0 {
			w.t.Errorf("second pulumi up: %d resources: %s; nothing should change", count, change)
		}
	}
	if _, err := w.Preview(w.t.Context(), optpreview.ExpectNoChanges()); err != nil {
		w.t.Errorf("pulumi preview --expect-no-changes: %v", err)
	}
}

// MustDestroy runs `pulumi destroy`.
func (w *Workspace) MustDestroy() {
	w.t.Helper()
	if err := w.destroy(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *Workspace) destroy(ctx context.Context) error {
	begin := time.Now()
	_, err := w.Destroy(ctx, optdestroy.ProgressStreams(&lines{t: w.t, head: "  destroy: "}), optdestroy.SuppressProgress())
	w.t.Logf("pulumi destroy took %s", since(begin))
	if err != nil {
		return fmt.Errorf("pulumi destroy: %w", err)
	}
	return nil
}
