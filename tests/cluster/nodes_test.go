package cluster

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// nodeKilled cuts the power of a node with a broker and a controller under load, and
// brings it back.
func (w *separated) nodeKilled(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	node, broker := w.away(t, w.brokers)
	before := w.identities(t)
	load := startLoad(t, w.books, w.writer(t), 300)

	w.Cluster.Node(t, node, "kill")
	w.othersServe(t, client, broker)
	kit.CreateTopic(t, client, "a-node-is-down", 3, 2)

	w.Cluster.Node(t, node, "start")
	w.whole(t, client)
	load.stop(t)
	assert.Equal(t, before, w.identities(t), "every pod has the volume that it had")
	w.MustReadBack(t, w.bootstrap, w.books)
}

// nodeCutOff pulls the cable of the node with the active controller: its pods go on
// running, and believe what they last heard.
func (w *separated) nodeCutOff(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	quorum, err := kit.DescribeQuorum(t.Context(), client)
	require.NoError(t, err)
	active := w.controllers[slices.Index(quorum.Voters, quorum.Leader)]
	node, broker := w.nodeOf(t, active), ""
	for _, b := range w.brokers {
		if w.nodeOf(t, b) == node {
			broker = b
		}
	}
	t.Logf("the active controller %s and %s are on %s", active, broker, node)
	load := startLoad(t, w.books, w.writer(t), 300)

	w.Cluster.Node(t, node, "cut")
	// An election, and controller.socket.timeout.ms until the brokers ask who won it.
	w.newLeader(t, quorum.Leader, time.Minute)
	w.othersServe(t, client, broker)

	w.Cluster.Node(t, node, "join")
	w.whole(t, client)
	load.stop(t)
	w.MustReadBack(t, w.bootstrap, w.books)
}

// othersServe waits until the broker is out of every ISR and writing goes on without it.
func (w *separated) othersServe(t *testing.T, client *kgo.Client, broker string) {
	t.Helper()
	// broker.session.timeout.ms is 6 s; then its leaders are elsewhere.
	kit.Eventually(t, time.Minute, "ISR falls to 2 without "+broker, func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		return isrIs(ctx, client, w.books.Topic(), 2)
	})
	w.goesOn(t, "writing goes on")
}

// nodeOf is where a pod runs.
func (w *separated) nodeOf(t *testing.T, pod string) string {
	t.Helper()
	pods, err := w.Pods(t.Context())
	require.NoError(t, err)
	for _, p := range pods {
		if p.Name == pod {
			return p.Spec.NodeName
		}
	}
	t.Fatalf("there is no pod %s", pod)
	return ""
}

// away is one of the pods, and its node, that has nothing to do with the address by which
// clients outside come in.
func (w *separated) away(t *testing.T, pods []string) (node, pod string) {
	t.Helper()
	nodes, err := w.Cluster.Nodes(t.Context())
	require.NoError(t, err)
	for _, pod := range pods {
		if node := w.nodeOf(t, pod); node != nodes[0] {
			return node, pod
		}
	}
	t.Fatal("all pods are on the first node")
	return "", ""
}

// identities are what the pods' volumes say of themselves: cluster, node and directory id.
func (w *separated) identities(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pod := range w.all() {
		text, err := w.Exec(t.Context(), pod, "cat", "/var/lib/kafka/data/log/meta.properties")
		require.NoError(t, err)
		require.Contains(t, text, "directory.id=")
		found[pod] = text
	}
	return found
}
