// Package cluster runs stacks on the local Kubernetes cluster and looks at them as
// a user would: pods, quorum, records in and out, and what is left of them after
// pods, or the whole workload, went away.
package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// pods of the tutorial's stack.
var pods = []string{"kafka-0", "kafka-1", "kafka-2"}

// tutorial is a walk: each step goes on where the one before ended.
type tutorial struct {
	*kit.Kafka
	bootstrap string
	id        string
	books     *ledger.Ledger // of topic test
}

// TestTutorial walks the whole tutorial with the configuration of stack dev.
func TestTutorial(t *testing.T) {
	w := &tutorial{Kafka: kit.NewKafka(t, "tutorial", "dev", nil), books: ledger.New("test")}
	w.mustNameTheNode(t)
	w.take(t, w.MustUp(t))
	for _, step := range []struct {
		name string
		run  func(*tutorial, *testing.T)
	}{
		{"pods are ready and never restarted", (*tutorial).podsReady},
		{"three voters, one leader, three unfenced brokers", (*tutorial).quorum},
		{"every volume carries the cluster id", (*tutorial).clusterID},
		{"10000 records, each once, in order", (*tutorial).records},
		{"a second up changes nothing", (*tutorial).nothingChanges},
		{"no change of configuration costs records", (*tutorial).replacements},
		{"nodes come and go", (*tutorial).nodesComeAndGo},
		{"a pod deleted under load", (*tutorial).podDeleted},
		{"stopped and started again", (*tutorial).stopped},
		{"destroyed, and up again on its records", (*tutorial).destroyed},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(w, t) }) {
			t.Fatalf("the walk ends here: %s", step.name)
		}
	}
}

// volumeNode is the node with the shared volume's directory, as stack dev says.
const volumeNode = "kafka-kraft-1"

// mustNameTheNode leaves out which of several nodes has the shared volume.
func (w *tutorial) mustNameTheNode(t *testing.T) {
	t.Helper()
	w.Set(t, kit.Config{"storage.node": ""})
	_, err := w.Steps(t)
	require.ErrorContains(t, err, "kafka-kraft:storage.node: must name the node with the shared volume's directory, one of kafka-kraft-1, kafka-kraft-2")
	w.Set(t, kit.Config{"storage.node": "kafka-kraft-99"})
	_, err = w.Steps(t)
	require.ErrorContains(t, err, `kafka-kraft:storage.node: "kafka-kraft-99": is no node of this cluster`)
	w.Set(t, kit.Config{"storage.node": volumeNode})
}

// take notes the stack's outputs.
func (w *tutorial) take(t *testing.T, outputs auto.OutputMap) {
	t.Helper()
	w.bootstrap, w.id = kit.Text(t, outputs, "bootstrapServers"), kit.Text(t, outputs, "clusterId")
	assert.Len(t, w.id, 22, "cluster id %s", w.id)
	assert.Equal(t, w.Namespace, kit.Text(t, outputs, "namespace"))
	assert.Equal(t, "combined", kit.Text(t, outputs, "topology"))
	assert.NotEmpty(t, kit.Text(t, outputs, "kafkaVersion"))
	assert.NotEmpty(t, kit.Text(t, outputs, "image"))
}

func (w *tutorial) podsReady(t *testing.T) {
	require.NoError(t, w.PodsReady(t.Context(), pods...), "right after pulumi up, without waiting")
	found, err := w.Pods(t.Context())
	require.NoError(t, err)
	for _, pod := range found {
		for _, container := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
			assert.Zero(t, container.RestartCount, "%s/%s", pod.Name, container.Name)
		}
		assert.Equal(t, volumeNode, pod.Spec.NodeName, "%s must be where its directory is", pod.Name)
	}
}

func (w *tutorial) quorum(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	quorum := kit.TheQuorum(t, client)
	assert.Equal(t, []int32{0, 1, 2}, quorum.Voters)
	assert.Empty(t, quorum.Observers)
	assert.Contains(t, quorum.Voters, quorum.Leader)

	brokers, err := kit.Brokers(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, []kit.Broker{{ID: 0}, {ID: 1}, {ID: 2}}, brokers, "registered and unfenced")
}

func (w *tutorial) clusterID(t *testing.T) {
	// The tutorial's layout: each pod below its own directory of one volume, so
	// that any pod sees them all.
	for n, pod := range pods {
		for _, from := range pods {
			text, err := w.Exec(t.Context(), from, "cat", fmt.Sprintf("/mnt/kafka/%d/meta.properties", n))
			require.NoError(t, err)
			lines := strings.Split(text, "\n")
			assert.Contains(t, lines, "cluster.id="+w.id, "%s as %s sees it", pod, from)
			assert.Contains(t, lines, fmt.Sprintf("node.id=%d", n), "%s as %s sees it", pod, from)
		}
	}
}

func (w *tutorial) records(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	kit.CreateTopic(t, client, w.books.Topic(), 3, 3)
	begin := time.Now()
	// In turn over the partitions, so that each gets its share.
	spread := w.Client(t, w.bootstrap, kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))
	require.NoError(t, w.books.Write(t.Context(), spread, 10_000))
	t.Logf("10000 records acknowledged by all in-sync replicas in %s", time.Since(begin).Round(time.Millisecond))
	w.MustReadBack(t, w.bootstrap, w.books)
	verdict := w.books.Verdict()
	assert.Equal(t, 10_000, verdict.Acknowledged)
	assert.Equal(t, 10_000, verdict.Read)
}

func (w *tutorial) nothingChanges(t *testing.T) {
	w.MustChangeNothing(t)
	w.podsReady(t)
}

func (w *tutorial) replacements(t *testing.T) {
	mustKeepWhatIsPrecious(t, w.Workspace, []kit.Config{
		{"storage.node": ""},
		{
			"clusterName": "other", "namespace": "other", "createNamespace": "false", "clusterDomain": "example.org",
			"clusterId": "AAAAAAAAAAAAAAAAAAAAAQ", "brokers": "7", "brokerIds": "10",
			"storage.hostPath": "/mnt/other", "storage.node": "kafka-kraft-2", "storage.volumeName": "other", "storage.size": "20Gi",
		},
	})
}

func (w *tutorial) podDeleted(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	load := kit.StartLoad(t, w.books, w.Client(t, w.bootstrap, kgo.RecordPartitioner(kgo.RoundRobinPartitioner())), 500)
	before, err := w.UID(t.Context(), "kafka-1")
	require.NoError(t, err)
	require.NoError(t, w.DeletePod(t.Context(), "kafka-1"))
	kit.Eventually(t, 2*time.Minute, "ISR falls to 2", func() error { return kit.ISRIs(t.Context(), client, w.books.Topic(), 2) })
	kit.Eventually(t, 2*time.Minute, "a new kafka-1 is ready", func() error {
		after, err := w.UID(t.Context(), "kafka-1")
		if err == nil && after == before {
			err = fmt.Errorf("the old one is still there")
		}
		if err != nil {
			return err
		}
		return w.PodsReady(t.Context(), pods...)
	})
	kit.Eventually(t, time.Minute, "ISR returns to 3", func() error { return kit.ISRIs(t.Context(), client, w.books.Topic(), 3) })
	load.Stop(t)
	w.MustReadBack(t, w.bootstrap, w.books)
	assert.Zero(t, w.books.Verdict().Failed, "with two of three replicas in sync every write must succeed")
}

func (w *tutorial) stopped(t *testing.T) {
	id := w.id
	w.Set(t, kit.Config{"stopped": "true"})
	w.MustUp(t)
	kit.Eventually(t, 3*time.Minute, "no pod is left", func() error { return w.PodsReady(t.Context()) })
	w.Set(t, kit.Config{"stopped": "false"})
	w.take(t, w.MustUp(t))
	assert.Equal(t, id, w.id, "cluster id")
	kit.Eventually(t, time.Minute, "all pods are ready", func() error { return w.PodsReady(t.Context(), pods...) })
	w.quorum(t)
	w.clusterID(t)
	w.MustReadBack(t, w.bootstrap, w.books)
}

// destroyed: the records outlive the stack, and so does what they are bound to. The next
// up of the same stack goes on with them without being told.
func (w *tutorial) destroyed(t *testing.T) {
	id := w.id
	w.MustDestroy(t)
	for key, value := range map[string]string{"namespace": w.Namespace + "-2", "brokers": "1", "clusterDomain": "example.org", "clusterId": "AAAAAAAAAAAAAAAAAAAAAQ"} {
		was := map[string]string{"namespace": w.Namespace}[key]
		w.Set(t, kit.Config{key: value})
		_, err := w.Steps(t)
		w.Set(t, kit.Config{key: was})
		require.ErrorContains(t, err, "kafka-kraft:"+key+": ", "records are bound to it")
		t.Logf("pulumi preview said: %v", err)
	}
	w.take(t, w.MustUp(t))
	assert.Equal(t, id, w.id, "the id of the records")
	kit.Eventually(t, 2*time.Minute, "all pods are ready", func() error { return w.PodsReady(t.Context(), pods...) })
	w.quorum(t)
	w.clusterID(t)
	w.MustReadBack(t, w.bootstrap, w.books)
	w.MustChangeNothing(t)
}
