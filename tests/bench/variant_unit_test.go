package bench_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/stackfile"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

// sets records the spec of each StatefulSet of stack ci and its container, by the end of its name.
func sets(t *testing.T, program pulumi.RunFunc) map[string][2]map[string]any {
	t.Helper()
	kubeconfig := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(kubeconfig, []byte("contexts: [{name: kafka-kraft-local}]\n"), 0o600))
	t.Setenv("KUBECONFIG", kubeconfig)
	config, err := stackfile.Of("ci")
	require.NoError(t, err)
	delete(config, "kafka-kraft:imageContext")
	delete(config, "kafka-kraft:imageRegistry")
	config["kafka-kraft:image"] = "registry.example/kafka@sha256:" + strings.Repeat("0", 64)
	resources, err := record.Run(config, program)
	require.NoError(t, err)
	found := map[string][2]map[string]any{}
	for _, r := range resources {
		if r.Type != "kubernetes:apps/v1:StatefulSet" {
			continue
		}
		spec := r.Inputs["spec"].(map[string]any)
		pod := spec["template"].(map[string]any)["spec"].(map[string]any)
		kafka := pod["containers"].([]any)[0].(map[string]any)
		found[r.Name[strings.LastIndex(r.Name, "-")+1:]] = [2]map[string]any{spec, kafka}
	}
	require.Len(t, found, 2)
	return found
}

// An opponent that was not changed would be us.
func TestVariantsChangeWhatTheySay(t *testing.T) {
	own := sets(t, stacks.Program)
	for role, set := range sets(t, variant(delayed)) {
		assert.Equal(t, own[role][0]["podManagementPolicy"], set[0]["podManagementPolicy"], role)
		assert.NotContains(t, set[1], "startupProbe", role)
		for _, probe := range []string{"readinessProbe", "livenessProbe"} {
			before, after := own[role][1][probe].(map[string]any), set[1][probe].(map[string]any)
			assert.Equal(t, before["httpGet"], after["httpGet"], "%s: %s", role, probe)
			assert.InDelta(t, 15, after["initialDelaySeconds"], 0, "%s: %s", role, probe)
			assert.InDelta(t, 10, after["periodSeconds"], 0, "%s: %s", role, probe)
		}
	}
	for role, set := range sets(t, variant(ordered)) {
		assert.Equal(t, "OrderedReady", set[0]["podManagementPolicy"], role)
		assert.Equal(t, "Parallel", own[role][0]["podManagementPolicy"], role)
		if role == "controller" {
			assert.NotContains(t, set[1], "startupProbe")
			assert.Contains(t, set[1]["readinessProbe"], "tcpSocket")
		} else {
			assert.Equal(t, own[role][1]["readinessProbe"], set[1]["readinessProbe"])
			assert.Equal(t, own[role][1]["startupProbe"], set[1]["startupProbe"])
		}
	}
}
