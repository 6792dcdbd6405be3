package cluster

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestCommandLine does what README tells a user to type, in a copy of the checkout:
// Pulumi compiles the program, the docker plugin builds the image, and the plain
// CLI runs the stack.
func TestCommandLine(t *testing.T) {
	cluster := kit.Kubernetes(t)
	own := cluster.Own(t, "cli")
	cli := kit.NewCheckout(t)
	cli.CopyStack("dev", own)
	cli.Run("pulumi", "stack", "init", own)
	for key, value := range kit.Place(own) {
		cli.Run("pulumi", "config", "set", "--path", "kafka-kraft:"+key, value)
	}
	cli.Run("pulumi", "config", "set", "imageRegistry", kit.Registry)

	cli.Run("pulumi", "preview", "--stack", own)
	cli.Cleanup("pulumi", "destroy", "--yes", "--stack", own)
	cli.Run("pulumi", "up", "--yes", "--stack", own)
	cli.Run("pulumi", "preview", "--expect-no-changes", "--stack", own)

	var outputs map[string]string
	require.NoError(t, json.Unmarshal([]byte(cli.Run("pulumi", "stack", "output", "--json", "--stack", own)), &outputs))
	assert.Equal(t, own, outputs["namespace"])
	assert.Contains(t, outputs["image"], kit.Registry+"/")

	// The image that runs is the one that was built from this checkout.
	kafka := &kit.Kafka{Cluster: cluster, Namespace: own}
	require.NoError(t, kafka.PodsReady(t.Context(), pods...))
	found, err := kafka.Pods(t.Context())
	require.NoError(t, err)
	for _, pod := range found {
		assert.Equal(t, outputs["image"], pod.Spec.Containers[0].Image)
	}

	client := kafka.Client(t, outputs["bootstrapServers"])
	kit.CreateTopic(t, client, "test", 3, 3)
	books := ledger.New("test")
	require.NoError(t, books.Write(t.Context(), client, 100))
	kafka.MustReadBack(t, outputs["bootstrapServers"], books)

	// The tools under their usual names, in the pod.
	text, err := kafka.Exec(t.Context(), "kafka-0", "kafka-topics.sh", "--bootstrap-server", "localhost:9092", "--list")
	require.NoError(t, err)
	assert.Contains(t, text, "test\n")

	cli.Run("pulumi", "destroy", "--yes", "--stack", own)
	cli.Run("pulumi", "stack", "rm", "--yes", own)
}
