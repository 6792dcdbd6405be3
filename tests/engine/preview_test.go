// Package engine previews the stacks with the real Pulumi engine and plugins. It
// needs no cluster: what is previewed is what the engine would do in an empty one.
package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// nowhere is a kubeconfig whose cluster does not exist: nothing listens on port 1.
const nowhere = `apiVersion: v1
kind: Config
clusters: [{name: ` + kit.Context + `, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: nobody, user: {token: none}}]
contexts: [{name: ` + kit.Context + `, context: {cluster: ` + kit.Context + `, user: nobody}}]
`

// withoutCluster points everything that the test starts to nowhere.
func withoutCluster(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(path, []byte(nowhere), 0o600))
	t.Setenv("KUBECONFIG", path)
}

func TestPreview(t *testing.T) {
	for stack, want := range map[string]map[string]int{
		"dev": {
			"kubernetes:apps/v1:StatefulSet":           1,
			"kubernetes:core/v1:PersistentVolume":      1,
			"kubernetes:core/v1:PersistentVolumeClaim": 1,
			"kubernetes:core/v1:Namespace":             1,
			"random:index/randomId:RandomId":           4, // cluster id, and a directory id per voter
			"docker:index/image:Image":                 1,
			"kubernetes:core/v1:ConfigMap":             3,
			"kubernetes:policy/v1:PodDisruptionBudget": 1,
			"kafka-kraft:ops:Rollout":                  1,
			"kafka-kraft:ops:Capacity":                 0, // its one volume is a directory
		},
		"ci": {
			"kubernetes:apps/v1:StatefulSet":           2,
			"kubernetes:core/v1:PersistentVolume":      0,
			"kubernetes:core/v1:PersistentVolumeClaim": 6, // one for every pod
			"kubernetes:core/v1:Namespace":             1,
			"random:index/randomId:RandomId":           4, // cluster id, and a directory id per voter
			"docker:index/image:Image":                 1,
			"kubernetes:core/v1:ConfigMap":             4,
			"kubernetes:policy/v1:PodDisruptionBudget": 2,
			"kafka-kraft:ops:Rollout":                  2,
			"kafka-kraft:ops:Capacity":                 2,
		},
	} {
		t.Run(stack, func(t *testing.T) {
			withoutCluster(t)
			steps, err := kit.NewWorkspace(t, "kk-test-preview-"+stack, stack, nil).Steps(t)
			require.NoError(t, err)
			count := map[string]int{}
			for urn, step := range steps {
				count[step.Type]++
				op := apitype.OpCreate
				if step.Type == "pulumi:pulumi:StackReference" {
					op = apitype.OpRead // the stack reads what it remembers of itself
				}
				assert.Equal(t, op, step.Op, urn)
				// Providers that nobody asked for by name belong to nobody.
				if step.Type == "pulumi:pulumi:Stack" || strings.HasPrefix(step.Type, "pulumi:providers:") {
					continue
				}
				_, known := steps[step.New.Parent]
				assert.True(t, known, "%s has no parent, or one that is no resource: %q", urn, step.New.Parent)
			}
			for kind, number := range want {
				assert.Equal(t, number, count[kind], "%s in %v", kind, count)
			}
		})
	}
}

// TestRefusedBeforeAnythingIsMade: a configuration with mistakes is answered with
// all of them, by name, and nothing is registered.
func TestRefusedBeforeAnythingIsMade(t *testing.T) {
	withoutCluster(t)
	w := kit.NewWorkspace(t, "kk-test-refused", "dev", kit.Config{
		"context":      "no-such-context",
		"brokers":      "0",
		"storage.size": "many",
	})
	steps, err := w.Steps(t)
	require.Error(t, err)
	for _, part := range []string{"kafka-kraft:context", "no-such-context", kit.Context, "kafka-kraft:brokers", "kafka-kraft:storage.size"} {
		assert.ErrorContains(t, err, part)
	}
	for urn, step := range steps {
		assert.Equal(t, "pulumi:pulumi:Stack", step.Type, urn)
	}
}
