package cluster

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// minInSync is min.insync.replicas of a cluster with three brokers.
const minInSync = 2

// separated is a walk through the faults that the architecture must survive.
type separated struct{ *kit.Separated }

// TestSeparated runs stack ci: three controllers and three brokers, a claim per pod.
func TestSeparated(t *testing.T) {
	w := &separated{kit.NewSeparated(t, "separated", kit.Config{
		"external.basePort": "31092", // a user's own stack may have the usual one
	})}
	for _, step := range []struct {
		name string
		run  func(*separated, *testing.T)
	}{
		{"pods are ready, in two roles", (*separated).podsReady},
		{"records before anything breaks", (*separated).records},
		{"no change of configuration costs records", (*separated).replacements},
		{"volumes grow under running pods", (*separated).grown},
		{"topics and quotas", (*separated).topicsAndQuotas},
		{"brokers come and go", (*separated).brokersComeAndGo},
		{"controllers come and go", (*separated).controllersComeAndGo},
		{"a broker, then a controller, gets an empty volume", (*separated).replaced},
		{"a client outside the cluster", (*separated).fromOutside},
		{"metrics of every pod, and what looks at them", (*separated).metrics},
		{"a broker killed under load", (*separated).brokerKilled},
		{"the active controller killed", (*separated).controllerKilled},
		{"controllers down: one, then two", (*separated).controllersDown},
		{"a rolling restart under load", (*separated).rollingRestart},
		{"the power of a node cut under load", (*separated).nodeKilled},
		{"the node of the active controller cut off under load", (*separated).nodeCutOff},
		{"destroyed, and up again on its claims", (*separated).destroyed},
		{"destroyed without a wish to keep records", (*separated).forgotten},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(w, t) }) {
			t.Fatalf("the walk ends here: %s", step.name)
		}
	}
}

func (w *separated) podsReady(t *testing.T) {
	require.Len(t, w.Brokers, 3)
	require.Len(t, w.Controllers, 3)
	require.NoError(t, w.PodsReady(t.Context(), w.All()...), "right after pulumi up, without waiting")
	perNode := map[string]int{}
	for _, pod := range w.Brokers {
		perNode[w.NodeOf(t, pod)]++
	}
	assert.Len(t, perNode, 3, "every broker has a node to itself: %v", perNode)

	client := w.Client(t, w.Bootstrap)
	quorum := kit.TheQuorum(t, client)
	assert.Len(t, quorum.Voters, 3)
	assert.Contains(t, quorum.Voters, quorum.Leader)
	brokers, err := kit.Brokers(t.Context(), client)
	require.NoError(t, err)
	require.Len(t, brokers, 3)
	for _, broker := range brokers {
		assert.False(t, broker.Fenced, "broker %d is fenced", broker.ID)
		assert.NotContains(t, quorum.Voters, broker.ID, "no node has both roles")
		assert.Contains(t, quorum.Observers, broker.ID)
	}
}

func (w *separated) records(t *testing.T) { w.Records(t) }

func (w *separated) replacements(t *testing.T) {
	mustKeepWhatIsPrecious(t, w.Workspace, []kit.Config{
		{"topology": "combined"},
		{
			"clusterName": "other", "namespace": "other", "clusterId": "AAAAAAAAAAAAAAAAAAAAAQ",
			"controllers": "7", "controllerIds": "3000",
			"storage.size": "2Gi", "storage.controllerSize": "512Mi", "storage.className": "other",
		},
	})
}

// fromOutside writes and reads without a way through the Kubernetes API.
func (w *separated) fromOutside(t *testing.T) {
	client := w.Outside(t)
	require.NoError(t, w.Books.Write(t.Context(), client, 600))
	require.NoError(t, w.Books.Read(t.Context(), client))
	require.NoError(t, w.Books.Verdict().Err())
	brokers, err := kadm.NewClient(client).ListBrokers(t.Context())
	require.NoError(t, err)
	for _, broker := range brokers {
		t.Logf("broker %d is at %s:%d", broker.NodeID, broker.Host, broker.Port)
	}
}

func (w *separated) brokerKilled(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	load := w.StartLoad(t, 500)
	require.NoError(t, w.Kill(t.Context(), w.Brokers[1]))
	kit.Eventually(t, time.Minute, "ISR falls to 2", func() error { return kit.ISRIs(t.Context(), client, w.Books.Topic(), 2) })
	w.GoesOn(t, "the client goes on")
	w.Whole(t, client)
	load.Stop(t)
	w.MustReadBack(t)
}

func (w *separated) controllerKilled(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	active, id := w.ActiveController(t, client)
	load := w.StartLoad(t, 200)
	require.NoError(t, w.Kill(t.Context(), active))
	// controller.quorum.fetch.timeout.ms is 2 s, an election takes another second
	// or two; the rest is what one busy machine adds.
	w.NewLeader(t, id, 20*time.Second)
	kit.CreateTopic(t, client, "after-controller-kill", 3, 3)
	w.Whole(t, client)
	load.Stop(t)
	w.MustReadBack(t)
}

func (w *separated) controllersDown(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	set := kit.SetOf(w.Controllers)
	load := w.StartLoad(t, 200)

	w.Down(t, set, 2)
	kit.CreateTopic(t, client, "one-controller-down", 3, 3)

	w.Down(t, set, 1)
	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	answer, err := kadm.NewClient(client).CreateTopic(ctx, 3, 3, nil, "two-controllers-down")
	cancel()
	require.Error(t, errors.Join(err, answer.Err), "without a majority of controllers nothing can be made")
	t.Logf("without a majority, a new topic is not made within %s: %v", time.Since(begin).Round(time.Millisecond), errors.Join(err, answer.Err))
	w.GoesOn(t, "writing goes on without a majority")

	require.NoError(t, w.Scale(t.Context(), set, 3))
	w.Whole(t, client)
	kit.CreateTopic(t, client, "controllers-back", 3, 3)
	load.Stop(t)
	w.MustReadBack(t)
}

func (w *separated) rollingRestart(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	before := w.UIDs(t, w.Brokers...)
	load := w.StartLoad(t, 500)
	seen := w.Watch(t, client)
	stack := w.automated(t)
	_, err := stack.Restart(t.Context(), topology.Broker)
	require.NoError(t, err)
	wish := stack.Config().Restart
	require.NoError(t, stack.Close())
	kit.Eventually(t, 6*time.Minute, "all brokers are new and ready", func() error {
		if err := w.AreNew(t.Context(), before); err != nil {
			return err
		}
		return w.PodsReady(t.Context(), w.All()...)
	})
	pods, err := w.Pods(t.Context())
	require.NoError(t, err)
	for _, pod := range pods {
		if slices.Contains(w.Brokers, pod.Name) {
			assert.Equal(t, wish.Brokers, pod.Annotations[kafka.RestartAnnotation])
		}
	}
	assert.Empty(t, wish.Controllers)
	w.Whole(t, client)
	worst := seen()
	load.Stop(t)
	t.Logf("worst moment: %d brokers not ready, %d replicas in sync", worst.Brokers, worst.ISR)
	assert.LessOrEqual(t, worst.Brokers, 1, "never two brokers at once")
	assert.GreaterOrEqual(t, worst.ISR, minInSync, "never below min.insync.replicas")
	w.MustReadBack(t)
}
