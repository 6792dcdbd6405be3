package cluster

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// nodeKilled cuts the power of a node with a broker and a controller under load, and
// brings it back.
func (w *separated) nodeKilled(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	node, broker := w.Away(t, w.Brokers)
	before := w.identities(t)
	load := w.StartLoad(t, 300)

	w.Cluster.Node(t, node, "kill")
	w.OthersServe(t, client, broker)
	kit.CreateTopic(t, client, "a-node-is-down", 3, 2)

	w.Cluster.Node(t, node, "start")
	w.Whole(t, client)
	load.Stop(t)
	assert.Equal(t, before, w.identities(t), "every pod has the volume that it had")
	w.MustReadBack(t)
}

// nodeCutOff pulls the cable of the node with the active controller: its pods go on
// running, and believe what they last heard.
func (w *separated) nodeCutOff(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	active, id := w.ActiveController(t, client)
	node := w.NodeOf(t, active)
	broker := w.On(t, node, w.Brokers)[0]
	t.Logf("the active controller %s and %s are on %s", active, broker, node)
	load := w.StartLoad(t, 300)

	w.Cluster.Node(t, node, "cut")
	// An election, and controller.socket.timeout.ms until the brokers ask who won it.
	w.NewLeader(t, id, time.Minute)
	w.OthersServe(t, client, broker)

	w.Cluster.Node(t, node, "join")
	w.Whole(t, client)
	load.Stop(t)
	w.MustReadBack(t)
}

// identities are what the pods' volumes say of themselves: cluster, node and directory id.
func (w *separated) identities(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pod := range w.All() {
		text, err := w.Exec(t.Context(), pod, "cat", "/var/lib/kafka/data/log/meta.properties")
		require.NoError(t, err)
		require.Contains(t, text, "directory.id=")
		found[pod] = text
	}
	return found
}
