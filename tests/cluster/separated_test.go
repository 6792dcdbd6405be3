package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// minInSync is min.insync.replicas of a cluster with three brokers.
const minInSync = 2

// separated is a walk through the faults that the architecture must survive.
type separated struct {
	*kit.Kafka
	bootstrap   string
	external    string
	brokers     []string // pods
	controllers []string // pods; their StatefulSet is the name without the number
	books       *ledger.Ledger
}

// TestSeparated runs stack ci: three controllers and three brokers, a claim per pod.
func TestSeparated(t *testing.T) {
	w := &separated{
		Kafka: kit.NewKafka(t, "separated", "ci", kit.Config{
			"external.basePort": "31092", // a user's own stack may have the usual one
		}),
		books: ledger.New("faults"),
	}
	outputs := w.MustUp(t)
	w.bootstrap, w.external = text(t, outputs, "bootstrapServers"), text(t, outputs, "externalBootstrapServers")
	for _, step := range []struct {
		name string
		run  func(*separated, *testing.T)
	}{
		{"pods are ready, in two roles", (*separated).podsReady},
		{"records before anything breaks", (*separated).records},
		{"no change of configuration costs records", (*separated).replacements},
		{"a client outside the cluster", (*separated).fromOutside},
		{"metrics of every pod, and a PodMonitor for them", (*separated).metrics},
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

func (w *separated) all() []string { return slices.Concat(w.brokers, w.controllers) }

func (w *separated) podsReady(t *testing.T) {
	found, err := w.Pods(t.Context())
	require.NoError(t, err)
	perNode := map[string]int{}
	for _, pod := range found {
		switch {
		case strings.Contains(pod.Name, "-kafka-broker-"):
			w.brokers = append(w.brokers, pod.Name)
			perNode[pod.Spec.NodeName]++
		case strings.Contains(pod.Name, "-kafka-controller-"):
			w.controllers = append(w.controllers, pod.Name)
		}
	}
	require.Len(t, w.brokers, 3)
	require.Len(t, w.controllers, 3)
	require.NoError(t, w.PodsReady(t.Context(), w.all()...), "right after pulumi up, without waiting")
	t.Logf("brokers per node: %v", perNode)

	assert.Len(t, perNode, 3, "every broker has a node to itself")

	client := w.Client(t, w.bootstrap)
	quorum, err := kit.DescribeQuorum(t.Context(), client)
	require.NoError(t, err)
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

func (w *separated) records(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	kit.CreateTopic(t, client, w.books.Topic(), 6, 3)
	require.NoError(t, w.books.Write(t.Context(), w.writer(t), 2000))
	w.MustReadBack(t, w.bootstrap, w.books)
}

func (w *separated) replacements(t *testing.T) {
	mustKeepWhatIsPrecious(t, w.Workspace, []kit.Config{
		{"topology": "combined"},
		{
			"clusterName": "other", "namespace": "other", "clusterId": "AAAAAAAAAAAAAAAAAAAAAQ",
			"brokers": "2", "controllers": "5", "controllerIds": "3000",
			"storage.size": "20Gi", "storage.controllerSize": "20Gi", "storage.className": "other",
		},
	})
}

// fromOutside connects as any program on the user's machine would: by the node's
// address, without the port-forward dialer.
func (w *separated) fromOutside(t *testing.T) {
	client, err := kgo.NewClient(append(ledger.Producer(),
		kgo.SeedBrokers(w.external), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))...)
	require.NoError(t, err)
	defer client.Close()
	// All partitions, and so all brokers, since each leads some.
	require.NoError(t, w.books.Write(t.Context(), client, 600))
	require.NoError(t, w.books.Read(t.Context(), client))
	require.NoError(t, w.books.Verdict().Err())
	brokers, err := kadm.NewClient(client).ListBrokers(t.Context())
	require.NoError(t, err)
	for _, broker := range brokers {
		t.Logf("broker %d is at %s:%d", broker.NodeID, broker.Host, broker.Port)
	}
}

// writer spreads records over all partitions, so that every broker leads some.
func (w *separated) writer(t *testing.T) *kgo.Client {
	return w.Client(t, w.bootstrap, kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))
}

// whole waits until the cluster is as it was before a fault.
func (w *separated) whole(t *testing.T, client *kgo.Client) {
	t.Helper()
	kit.Eventually(t, 3*time.Minute, "all pods are ready", func() error { return w.PodsReady(t.Context(), w.all()...) })
	kit.Eventually(t, time.Minute, "ISR is complete", func() error { return isrIs(t.Context(), client, w.books.Topic(), 3) })
}

// goesOn waits until more records are acknowledged.
func (w *separated) goesOn(t *testing.T, what string) {
	t.Helper()
	acked := w.books.Acked()
	kit.Eventually(t, 30*time.Second, what, func() error {
		if more := w.books.Acked() - acked; more < 500 {
			return fmt.Errorf("%d records were acknowledged since", more)
		}
		return nil
	})
}

// newLeader waits until the brokers name another active controller than the one before.
// Each try has a client of its own: one that is told to ask a certain broker asks it
// again and again, also when that broker's node is cut off.
func (w *separated) newLeader(t *testing.T, before int32, within time.Duration) {
	t.Helper()
	kit.Eventually(t, within, "a new active controller", func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		now, err := kit.DescribeQuorum(ctx, w.Client(t, w.bootstrap))
		if err == nil && now.Leader == before {
			err = fmt.Errorf("it is still %d", now.Leader)
		}
		return err
	})
}

func (w *separated) brokerKilled(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	load := startLoad(t, w.books, w.writer(t), 500)
	require.NoError(t, w.Kill(t.Context(), w.brokers[1]))
	kit.Eventually(t, time.Minute, "ISR falls to 2", func() error { return isrIs(t.Context(), client, w.books.Topic(), 2) })
	w.goesOn(t, "the client goes on")
	w.whole(t, client)
	load.stop(t)
	w.MustReadBack(t, w.bootstrap, w.books)
}

func (w *separated) controllerKilled(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	before, err := kit.DescribeQuorum(t.Context(), client)
	require.NoError(t, err)
	load := startLoad(t, w.books, w.writer(t), 200)
	require.NoError(t, w.Kill(t.Context(), w.controllers[slices.Index(before.Voters, before.Leader)]))
	// controller.quorum.fetch.timeout.ms is 2 s, an election takes another second
	// or two; the rest is what one busy machine adds.
	w.newLeader(t, before.Leader, 20*time.Second)
	kit.CreateTopic(t, client, "after-controller-kill", 3, 3)
	w.whole(t, client)
	load.stop(t)
	w.MustReadBack(t, w.bootstrap, w.books)
}

func (w *separated) controllersDown(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	set := strings.TrimSuffix(w.controllers[0], "-0")
	load := startLoad(t, w.books, w.writer(t), 200)

	w.Down(t, set, 2)
	kit.CreateTopic(t, client, "one-controller-down", 3, 3)

	w.Down(t, set, 1)
	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	answer, err := kadm.NewClient(client).CreateTopic(ctx, 3, 3, nil, "two-controllers-down")
	cancel()
	require.Error(t, errors.Join(err, answer.Err), "without a majority of controllers nothing can be made")
	t.Logf("without a majority, a new topic is not made within %s: %v", time.Since(begin).Round(time.Millisecond), errors.Join(err, answer.Err))
	w.goesOn(t, "writing goes on without a majority")

	require.NoError(t, w.Scale(t.Context(), set, 3))
	w.whole(t, client)
	kit.CreateTopic(t, client, "controllers-back", 3, 3)
	load.stop(t)
	w.MustReadBack(t, w.bootstrap, w.books)
}

func (w *separated) rollingRestart(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	before := map[string]string{}
	for _, pod := range w.brokers {
		uid, err := w.UID(t.Context(), pod)
		require.NoError(t, err)
		before[pod] = uid
	}
	load := startLoad(t, w.books, w.writer(t), 500)
	seen := w.watch(t, client)
	w.Set(t, kit.Config{"broker.properties[\"log.cleaner.backoff.ms\"]": "14000"})
	w.MustUp(t)
	kit.Eventually(t, 6*time.Minute, "all brokers are new and ready", func() error {
		for _, pod := range w.brokers {
			uid, err := w.UID(t.Context(), pod)
			if err != nil {
				return err
			}
			if uid == before[pod] {
				return fmt.Errorf("%s is still the old one", pod)
			}
		}
		return w.PodsReady(t.Context(), w.all()...)
	})
	w.whole(t, client)
	worst := seen()
	load.stop(t)
	t.Logf("worst moment: %d brokers not ready, %d replicas in sync", worst.unready, worst.isr)
	assert.LessOrEqual(t, worst.unready, 1, "never two brokers at once")
	assert.GreaterOrEqual(t, worst.isr, minInSync, "never below min.insync.replicas")
	w.MustReadBack(t, w.bootstrap, w.books)
}

// worst is the worst that was seen.
type worst struct{ unready, isr int }

// watch looks at the brokers a few times a second until the returned function is
// called, which tells the worst.
func (w *separated) watch(t *testing.T, client *kgo.Client) func() worst {
	ctx, cancel := context.WithCancel(t.Context())
	seen := worst{isr: 3}
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			if ready, err := w.readyBrokers(ctx); err == nil {
				seen.unready = max(seen.unready, len(w.brokers)-ready)
			}
			if isr, err := kit.LeastISR(ctx, client, w.books.Topic()); err == nil {
				seen.isr = min(seen.isr, isr)
			}
			time.Sleep(200 * time.Millisecond)
		}
	})
	t.Cleanup(cancel)
	return func() worst {
		cancel()
		done.Wait()
		return seen
	}
}

func (w *separated) readyBrokers(ctx context.Context) (int, error) {
	found, err := w.Pods(ctx)
	if err != nil {
		return 0, err
	}
	count := 0
	for _, pod := range found {
		if slices.Contains(w.brokers, pod.Name) && kit.Ready(pod) {
			count++
		}
	}
	return count, nil
}
