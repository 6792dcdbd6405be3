package automation

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestDriftCommand is what `make drift` runs, in a copy of the checkout, and what it
// says to do about drift, on a stack that plain pulumi has made.
func TestDriftCommand(t *testing.T) {
	t.Parallel()
	cluster := kit.Kubernetes(t)
	own := cluster.Own(t, "drift")
	checkout := kit.NewCheckout(t)
	checkout.Run("pulumi", "stack", "init", own)
	for key, value := range map[string]string{
		"context": kit.Context, "namespace": own, "image": kit.Image(t), "brokers": "1",
		"storage.mode": "perPod", "storage.size": "1Gi", "retainData": "false", "broker.cpuRequest": "50m",
	} {
		checkout.Run("pulumi", "config", "set", "--path", "kafka-kraft:"+key, value, "--stack", own)
	}
	checkout.Cleanup("pulumi", "destroy", "--yes", "--stack", own)
	checkout.Run("pulumi", "up", "--yes", "--skip-preview", "--stack", own)
	checkout.Run("go", "build", "-o", "kafka-kraft-command", "./cmd/kafka-kraft")
	look := func() string {
		return checkout.Run("sh", "-c", "./kafka-kraft-command drift -stack "+own+" 2>&1; echo exit code $?")
	}
	assert.Contains(t, look(), "is as its last up left it")

	kafka := &kit.Kafka{Cluster: cluster, Namespace: own}
	require.NoError(t, kafka.Scale(t.Context(), "kafka", 0))
	text := look()
	assert.Contains(t, text, "StatefulSet kafka was changed\n  spec.replicas: was 1, is 0")
	assert.Contains(t, text, "exit code 3")

	// What plain pulumi made, the command goes on with, and the other way round.
	text = checkout.Run("sh", "-c", "./kafka-kraft-command up -smoke -records 10 -stack "+own+" 2>&1")
	assert.NotContains(t, text, "replace")
	assert.Contains(t, text, "Kafka works: 1 broker, 10 records")
	text = checkout.Run("./kafka-kraft-command", "status", "-stack", own)
	for _, want := range []string{`kafka-0 +broker,controller`, `0 +kafka-0 +serves`, `0 +kafka-0 +leads`, `data-kafka-0 +1Gi +1Gi +Bound`, `metadata.version \d+, kraft.version 1`} {
		assert.Regexp(t, want, text)
	}
	var found automation.Status
	require.NoError(t, json.Unmarshal([]byte(checkout.Run("./kafka-kraft-command", "status", "-output", "json", "-stack", own)), &found))
	require.NotNil(t, found.Members, "%v", found.Unknown)
	assert.Empty(t, found.Unknown)
	assert.Equal(t, own, found.Outputs.Namespace)
	require.Len(t, found.Members.Brokers, 1)
	assert.Equal(t, automation.Serves, found.Members.Brokers[0].State)

	// What is refused by the plan is not kept.
	file := filepath.Join(checkout.Dir(), "Pulumi."+own+".yaml")
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	text = checkout.Run("sh", "-c", "./kafka-kraft-command scale -brokers 3 -stack "+own+" 2>&1; echo exit code $?")
	assert.Contains(t, text, "kafka-kraft:brokers: \"3\": must be 1: 1 began the quorum")
	assert.Contains(t, text, "is as it was: brokers stays\n")
	assert.Contains(t, text, "exit code 1")
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
	checkout.Run("pulumi", "preview", "--expect-no-changes", "--stack", own)
	assert.Contains(t, look(), "is as its last up left it")
	require.NoError(t, kafka.PodsReady(t.Context(), "kafka-0"))
	checkout.Run("pulumi", "destroy", "--yes", "--stack", own)
}
