package automation

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// kubeconfig writes one with a server and a user of the test's choice.
func kubeconfig(t *testing.T, cluster, user string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: %s}]
users: [{name: u, user: %s}]
contexts: [{name: %s, context: {cluster: c, user: u}}]
`, cluster, user, kit.Context), 0o600))
	return file
}

// must see to it that an error is of a kind and says what to do.
func must(t *testing.T, err, kind error, parts ...string) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	var failure *automation.Error
	require.ErrorAs(t, err, &failure)
	for _, part := range parts {
		assert.ErrorContains(t, err, part)
	}
	t.Log(err)
}

const image = "registry.example/kafka@sha256:0000000000000000000000000000000000000000000000000000000000000000"

// noCluster are options of a stack in a cluster where nothing listens.
func noCluster(t *testing.T) automation.Options {
	kit.Engine(t)
	o := options(t, small("kk-test-refused", image))
	o.Kubeconfig = kubeconfig(t, `{server: "https://127.0.0.1:1"}`, "{token: none}")
	return o
}

func TestNoSuchStack(t *testing.T) {
	o := noCluster(t)
	o.Config = nil
	_, err := automation.Open(t.Context(), "kk-test-none", o)
	must(t, err, automation.ErrNotFound, "Options.Config")
}

// TestEmptyStack: what never came up is removed without a configuration, as it was left
// by a program that no longer knows it; anything else wants one.
func TestEmptyStack(t *testing.T) {
	made := noCluster(t)
	open(t, "kk-test-empty", made)
	o := made
	o.Config = nil
	stack := open(t, "kk-test-empty", o)
	_, err := stack.Up(t.Context())
	must(t, err, automation.ErrConfig, "the stack is empty", "Options.Config")
	_, err = stack.Preview(t.Context())
	must(t, err, automation.ErrConfig, "the stack is empty")
	_, err = stack.Drift(t.Context())
	must(t, err, automation.ErrConfig, "the stack is empty")
	_, err = stack.Client(t.Context())
	must(t, err, automation.ErrNotFound)
	result, err := stack.Destroy(t.Context())
	require.NoError(t, err)
	assert.False(t, result.Changes.Changed())
	require.NoError(t, stack.Remove(t.Context()))
	_, err = automation.Open(t.Context(), "kk-test-empty", o)
	must(t, err, automation.ErrNotFound)
}

// TestDamagedState: whatever goes wrong, the error is of this package's type.
func TestDamagedState(t *testing.T) {
	o := noCluster(t)
	open(t, "kk-test-damaged", o)
	files, err := filepath.Glob(filepath.Join(strings.TrimPrefix(o.Backend, "file://"), ".pulumi", "stacks", "*", "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	written, err := os.ReadFile(files[0])
	require.NoError(t, err)
	var state map[string]any
	require.NoError(t, json.Unmarshal(written, &state))
	checkpoint := state["checkpoint"].(map[string]any)
	checkpoint["latest"] = map[string]any{
		"manifest": map[string]any{}, "secrets_providers": map[string]any{"type": "passphrase", "state": map[string]any{"salt": 5}},
	}
	written, err = json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], written, 0o600))
	_, err = automation.Open(t.Context(), "kk-test-damaged", o)
	require.Error(t, err)
	_, ours := err.(*automation.Error) //nolint:errorlint // not only something in it
	assert.True(t, ours, "%T: %v", err, err)
}

func TestUnreachableCluster(t *testing.T) {
	stack := open(t, "kk-test-refused", noCluster(t))
	_, err := stack.Up(t.Context())
	must(t, err, automation.ErrUnreachable, kit.Context, "127.0.0.1:1", "kubectl")
	_, err = stack.Drift(t.Context())
	must(t, err, automation.ErrUnreachable)
	// A plan can be made without one, from what was there at the last up.
	o := noCluster(t)
	o.SkipRefresh = true
	plan, err := open(t, "kk-test-refused", o).Preview(t.Context())
	require.NoError(t, err)
	assert.True(t, plan.Changed())
}

func TestOldCluster(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"major":"1","minor":"23","gitVersion":"v1.23.17"}`))
	}))
	defer server.Close()
	o := noCluster(t)
	o.Kubeconfig = kubeconfig(t, `{server: "`+server.URL+`"}`, "{}")
	_, err := open(t, "kk-test-refused", o).Up(t.Context())
	must(t, err, automation.ErrClusterVersion, "v1.23.17", "1.27")
}

func TestNoPassphrase(t *testing.T) {
	for _, variable := range []string{"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} {
		if value, ok := os.LookupEnv(variable); ok {
			require.NoError(t, os.Unsetenv(variable))
			t.Cleanup(func() { _ = os.Setenv(variable, value) }) //nolint:usetesting // there is no t.Unsetenv
		}
	}
	o := noCluster(t)
	o.Passphrase = ""
	_, err := automation.Open(t.Context(), "kk-test-refused", o)
	must(t, err, automation.ErrPassphrase, "Options.Passphrase")
}

func TestMissingPlugin(t *testing.T) {
	o := noCluster(t)
	o.SkipRefresh = true
	o.Env = map[string]string{"PULUMI_HOME": t.TempDir(), "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"}
	_, err := open(t, "kk-test-refused", o).Preview(t.Context())
	must(t, err, automation.ErrMissingTool, "plugin")
}

func TestDriftOfNothing(t *testing.T) {
	_, err := open(t, "kk-test-refused", answering(t)).Drift(t.Context())
	must(t, err, automation.ErrNotFound, "Run Up")
}

// lockOf writes the lock of a process, as Pulumi does.
func lockOf(t *testing.T, o automation.Options, name string, pid int) string {
	t.Helper()
	host, err := os.Hostname()
	require.NoError(t, err)
	me, err := user.Current()
	require.NoError(t, err)
	dir := filepath.Join(folder(o), "locks", "organization", "kafka-kraft", name)
	require.NoError(t, os.MkdirAll(dir, 0o700))
	text, err := json.Marshal(map[string]any{"pid": pid, "username": me.Username, "hostname": host, "timestamp": time.Now()})
	require.NoError(t, err)
	file := filepath.Join(dir, "test.json")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}

// ended is the number of a process that is no more.
func ended(t *testing.T) int {
	t.Helper()
	done := exec.CommandContext(t.Context(), "true")
	require.NoError(t, done.Run())
	return done.Process.Pid
}

// answering are options of a stack in a cluster that says its version and no more.
func answering(t *testing.T) automation.Options {
	o := noCluster(t)
	cluster := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"gitVersion":"v1.35.1"}`))
	}))
	t.Cleanup(cluster.Close)
	o.Kubeconfig = kubeconfig(t, `{server: "`+cluster.URL+`"}`, "{}")
	return o
}

func TestStackOfAnotherProject(t *testing.T) {
	o := answering(t)
	stack := open(t, "kk-test-refused", o)
	editState(t, o, "kk-test-refused", func(latest map[string]any) {
		latest["resources"] = []any{map[string]any{
			"urn": "urn:pulumi:kk-test-refused::shop::pulumi:pulumi:Stack::shop-kk-test-refused", "type": "pulumi:pulumi:Stack", "custom": false,
		}}
	})
	_, err := stack.Up(t.Context())
	must(t, err, automation.ErrForeignState, "project shop", "kafka-kraft")
	_, err = stack.Destroy(t.Context())
	must(t, err, automation.ErrForeignState)
}

// What cannot be put right is not touched, nor what the caller wants to look at first.
func TestPendingOperations(t *testing.T) {
	const urn = "urn:pulumi:kk-test-refused::kafka-kraft::"
	for name, pending := range map[string]struct {
		urn   string
		leave bool
	}{
		"left alone":    {urn: urn + "kubernetes:core/v1:ConfigMap::kafka", leave: true},
		"of a stranger": {urn: urn + "aws:s3/bucket:Bucket::records"},
	} {
		t.Run(name, func(t *testing.T) {
			o := answering(t)
			o.LeavePending = pending.leave
			stack := open(t, "kk-test-refused", o)
			editState(t, o, "kk-test-refused", func(latest map[string]any) {
				kind := strings.Split(pending.urn, "::")[2]
				latest["pending_operations"] = []any{map[string]any{"type": "creating", "resource": map[string]any{
					"urn": pending.urn, "type": kind, "custom": true, "inputs": map[string]any{"metadata": map[string]any{"name": "a", "namespace": "b"}},
				}}}
			})
			_, err := stack.Up(t.Context())
			must(t, err, automation.ErrPending, strings.Split(pending.urn, "::")[3])
		})
	}
}

func TestLocked(t *testing.T) {
	o := answering(t)
	o.SkipRefresh, o.SkipPolicy = true, true
	stack := open(t, "kk-test-refused", o)
	held := lockOf(t, o, "kk-test-refused", os.Getpid())
	_, err := stack.Refresh(t.Context())
	must(t, err, automation.ErrLocked, "Unlock")
	assert.FileExists(t, held, "the lock of a process that lives is not touched")
	require.NoError(t, stack.Unlock(t.Context()))
	assert.NoFileExists(t, held)

	left := lockOf(t, o, "kk-test-refused", ended(t))
	stack2 := open(t, "kk-test-refused", with(o, func(o *automation.Options) { o.LeavePending = true }))
	_, err = stack2.Refresh(t.Context())
	must(t, err, automation.ErrLocked)
	_, err = stack.Refresh(t.Context())
	require.NoError(t, err)
	assert.NoFileExists(t, left, "the lock of a process that is gone")

	// Another machine's process cannot be looked at.
	foreign := lockOf(t, o, "kk-test-refused", ended(t))
	text, err := os.ReadFile(foreign)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(foreign, []byte(strings.Replace(string(text), `"hostname":"`, `"hostname":"not-`, 1)), 0o600))
	_, err = stack.Refresh(t.Context())
	must(t, err, automation.ErrLocked)

	// Who waits gets it as soon as it is free.
	waiting := open(t, "kk-test-refused", with(o, func(o *automation.Options) { o.LockWait = time.Minute }))
	time.AfterFunc(3*time.Second, func() { _ = os.Remove(foreign) })
	_, err = waiting.Refresh(t.Context())
	require.NoError(t, err)
}

// TestScaleIsTakenBack: what was not begun is not kept, comments and order of the file included.
func TestScaleIsTakenBack(t *testing.T) {
	o := noCluster(t)
	o.Dir, o.Config = t.TempDir(), nil
	require.NoError(t, os.WriteFile(filepath.Join(o.Dir, "Pulumi.yaml"), []byte("name: kafka-kraft\nruntime: go\n"), 0o600))
	const text = `# Mine.
config:
  kafka-kraft:context: ` + kit.Context + `
  kafka-kraft:topology: separated # for good
  kafka-kraft:brokers: "3"
  kafka-kraft:image: ` + image + `
  kafka-kraft:storage:
    mode: perPod
`
	file := filepath.Join(o.Dir, "Pulumi.kk-test-refused.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	stack := open(t, "kk-test-refused", o)
	for kind, count := range map[error]automation.Count{
		automation.ErrUnreachable: automation.Brokers(4),
		automation.ErrConfig:      automation.Brokers(101), // more than there may be
	} {
		_, err := stack.Scale(t.Context(), count)
		must(t, err, kind)
		assert.Equal(t, 3, stack.Config().Brokers)
		read, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, text, saltless(string(read)))
	}
}

// saltless is a stack's file without what Pulumi adds, which Close takes away.
func saltless(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "encryptionsalt:") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
