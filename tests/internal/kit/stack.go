package kit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/internal/stackfile"
	"github.com/kafka-kraft/kafka-kraft/plugin"
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

	adminSecret string // the output of the last up that went well
}

// NewWorkspace makes a stack that starts from the released Pulumi.<like>.yaml. It
// changes to the project folder, which is where Pulumi runs a program: the build
// context in the configuration is relative to it.
func NewWorkspace(t *testing.T, stack, like string, config Config) *Workspace {
	t.Helper()
	Engine(t)
	dir := t.TempDir()
	copyFile(t, filepath.Join(Repo(t), "Pulumi.yaml"), filepath.Join(dir, "Pulumi.yaml"))
	// Pulumi wants the provider's folder that Pulumi.yaml names, though InlineEnv has it.
	if err := os.Mkdir(filepath.Join(dir, "plugin"), 0o750); err != nil {
		t.Fatal(err)
	}
	writeStack(t, like, filepath.Join(dir, "Pulumi."+stack+".yaml"))
	if err := os.CopyFS(filepath.Join(dir, "image"), os.DirFS(ImageContext(t))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	return newWorkspace(t, stack, dir, stacks.Program, config)
}

func newWorkspace(t *testing.T, stack, dir string, program pulumi.RunFunc, config Config) *Workspace {
	t.Helper()
	made, err := auto.UpsertStackLocalSource(t.Context(), stack, dir, auto.Program(program), auto.EnvVars(InlineEnv(t)))
	if err != nil {
		t.Fatalf("stack %s: %v", stack, err)
	}
	w := &Workspace{Stack: made}
	w.Set(t, config)
	return w
}

// InlineEnv is StateEnv for a program that runs within the test, and so does its provider.
func InlineEnv(t *testing.T) map[string]string {
	t.Helper()
	served, err := plugin.Serve("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(served.Close)
	env := StateEnv(t)
	served.Env(env)
	return env
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

// writeStack writes the file of a stack that starts like a released one.
func writeStack(t *testing.T, like, to string) {
	t.Helper()
	text, err := stackfile.Text(like)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
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

// State is the stack's state as it lies in its folder, with what is secret in it encrypted. (Export
// of the automation API decrypts it.)
func (w *Workspace) State(t *testing.T) string {
	t.Helper()
	folder := strings.TrimPrefix(w.Workspace().GetEnvVars()["PULUMI_BACKEND_URL"], "file://")
	text, err := os.ReadFile(filepath.Join(folder, ".pulumi", "stacks", "kafka-kraft", w.Name()+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Set changes the stack's configuration. An empty value unsets the key.
func (w *Workspace) Set(t *testing.T, config Config) {
	t.Helper()
	for key, value := range config {
		key, options := stacks.Namespace+":"+key, &auto.ConfigOptions{Path: true}
		var err error
		if value == "" {
			err = w.RemoveConfigWithOptions(t.Context(), key, options)
		} else {
			err = w.SetConfigWithOptions(t.Context(), key, auto.ConfigValue{Value: value}, options)
		}
		if err != nil {
			t.Fatalf("config %s: %v", key, err)
		}
	}
}

// TryUp runs `pulumi up`.
func (w *Workspace) TryUp(t *testing.T) (auto.UpResult, error) {
	t.Helper()
	begin := time.Now()
	result, err := w.Up(t.Context(), optup.SuppressProgress())
	t.Logf("pulumi up took %s: %s", since(begin), changes(result.Summary.ResourceChanges))
	if err == nil {
		w.adminSecret, _ = result.Outputs[stacks.OutputAdminSecret].Value.(string)
	}
	return result, brief(err)
}

// MustUp runs `pulumi up`, which must succeed, and returns the outputs.
func (w *Workspace) MustUp(t *testing.T) auto.OutputMap {
	t.Helper()
	result, err := w.TryUp(t)
	if err != nil {
		t.Fatalf("pulumi up: %v", err)
	}
	return result.Outputs
}

// Text is an output that must be a text.
func Text(t *testing.T, outputs auto.OutputMap, key string) string {
	t.Helper()
	value, ok := outputs[key].Value.(string)
	if !ok || value == "" {
		t.Fatalf("output %s is %v, want a text; outputs: %v", key, outputs[key].Value, outputs)
	}
	return value
}

// MustChangeNothing runs `pulumi up` again, and `pulumi preview --expect-no-changes`.
func (w *Workspace) MustChangeNothing(t *testing.T) {
	t.Helper()
	result, err := w.TryUp(t)
	if err != nil {
		t.Fatalf("second pulumi up: %v", err)
	}
	if did := changes(result.Summary.ResourceChanges); did != "nothing" {
		t.Errorf("second pulumi up: %s; nothing should change", did)
	}
	if _, err := w.Preview(t.Context(), optpreview.ExpectNoChanges()); err != nil {
		t.Errorf("pulumi preview --expect-no-changes: %v", brief(err))
	}
}

// Steps runs `pulumi preview` and returns what it would do, by URN.
func (w *Workspace) Steps(t *testing.T) (map[string]apitype.StepEventMetadata, error) {
	t.Helper()
	stream := make(chan events.EngineEvent)
	steps := map[string]apitype.StepEventMetadata{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for event := range stream {
			if event.ResourcePreEvent != nil {
				steps[event.ResourcePreEvent.Metadata.URN] = event.ResourcePreEvent.Metadata
			}
		}
	}()
	_, err := w.Preview(t.Context(), optpreview.EventStreams(stream), optpreview.SuppressProgress())
	<-done
	return steps, brief(err)
}

// MustDestroy runs `pulumi destroy`.
func (w *Workspace) MustDestroy(t *testing.T) {
	t.Helper()
	if err := w.destroy(t.Context(), t); err != nil {
		t.Fatal(err)
	}
}

func (w *Workspace) destroy(ctx context.Context, t *testing.T) error {
	t.Helper()
	begin := time.Now()
	result, err := w.Destroy(ctx, optdestroy.SuppressProgress())
	t.Logf("pulumi destroy took %s: %s", since(begin), changes(result.Summary.ResourceChanges))
	if err != nil {
		return fmt.Errorf("pulumi destroy: %w", brief(err))
	}
	return nil
}

// changes sums an update up, without what was only looked at.
func changes(summary *map[string]int) string {
	if summary == nil {
		return "failed"
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(*summary)) {
		if count := (*summary)[kind]; kind != "same" && kind != "read" && count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, kind))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// brief cuts an engine's error down to its diagnostics.
func brief(err error) error {
	if err == nil {
		return nil
	}
	_, text, found := strings.Cut(err.Error(), "\nDiagnostics:\n")
	if !found {
		return err
	}
	for _, end := range []string{"\nOutputs:\n", "\nResources:\n"} {
		text, _, _ = strings.Cut(text, end)
	}
	return errors.New(strings.TrimSpace(text))
}
