package automation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestDriftCommand is what `make drift` runs, in a copy of the checkout, and what it
// says to do about drift, on a stack that plain pulumi has made.
func TestDriftCommand(t *testing.T) {
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
	assert.Contains(t, checkout.Run("./kafka-kraft-command", "status", "-stack", own), "broker,controller")
	checkout.Run("pulumi", "preview", "--expect-no-changes", "--stack", own)
	assert.Contains(t, look(), "is as its last up left it")
	require.NoError(t, kafka.PodsReady(t.Context(), "kafka-0"))
	checkout.Run("pulumi", "destroy", "--yes", "--stack", own)
}
