// Package automation runs package automation and the examples with the real engine on
// the local cluster.
package automation

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// small is one broker that asks for little and starts soon, on a claim of its own.
func small(own, image string) *config.Config {
	c := config.Default()
	c.Context = kit.Context
	c.KubeNamespace = own
	c.Brokers = 1
	c.Image = image
	c.Storage.Mode, c.Storage.Size = config.PerPod, "1Gi"
	c.RetainData = false
	c.Broker.Heap, c.Broker.CPURequest = "192Mi", "50m"
	c.Broker.MemoryRequest, c.Broker.MemoryLimit = "384Mi", "768Mi"
	c.Metrics = false
	c.Timeout = "3m"
	c.TerminationGraceSeconds, c.StopGateSeconds = 30, 0
	return &c
}

// options are those of a stack whose state lies in a folder of the test.
func options(t *testing.T, c *config.Config) automation.Options {
	return automation.Options{
		Config: c, Backend: "file://" + t.TempDir(), Passphrase: "test", Events: said(t),
	}
}

// said writes progress to the test's log.
func said(t *testing.T) func(automation.Event) {
	var mu sync.Mutex
	var line bytes.Buffer
	show := automation.View(&line)
	return func(e automation.Event) {
		mu.Lock()
		defer mu.Unlock()
		show(e)
		if line.Len() > 0 && t.Context().Err() == nil {
			t.Log(string(bytes.TrimSpace(line.Bytes())))
		}
		line.Reset()
	}
}

// with is a copy of options with something else in it.
func with(o automation.Options, change func(*automation.Options)) automation.Options {
	o.Env = maps.Clone(o.Env)
	change(&o)
	return o
}

// open opens a stack and closes it at the end of the test.
func open(t *testing.T, name string, o automation.Options) *automation.Stack {
	t.Helper()
	stack, err := automation.Open(t.Context(), name, o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, stack.Close()) })
	return stack
}

// folder is where a file backend keeps its files.
func folder(o automation.Options) string { return filepath.Join(o.Backend[len("file://"):], ".pulumi") }

// locks are the files that say who works on a stack.
func locks(t *testing.T, o automation.Options, name string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder(o), "locks", "organization", "kafka-kraft", name, "*.json"))
	require.NoError(t, err)
	return files
}

// editState changes the state of a stack as the file backend has it.
func editState(t *testing.T, o automation.Options, name string, edit func(latest map[string]any)) {
	t.Helper()
	file := filepath.Join(folder(o), "stacks", "kafka-kraft", name+".json")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var content map[string]any
	require.NoError(t, json.Unmarshal(text, &content))
	edit(content["checkpoint"].(map[string]any)["latest"].(map[string]any))
	text, err = json.Marshal(content)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
}
