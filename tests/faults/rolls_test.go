package faults_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	corev1 "k8s.io/api/core/v1"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// Properties that do no harm; a change of one rolls the pods of a role.
const (
	ofBrokers     = `broker.properties["log.cleaner.backoff.ms"]`
	ofControllers = `controller.properties["metadata.log.segment.ms"]`
)

// bothRoll: a change of both roles rolls the controllers, then the brokers, one by one,
// under load.
func bothRoll(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	before := w.UIDs(t, w.All()...)
	load := w.StartLoad(t, 300)
	seen := w.Watch(t, client)
	w.Set(t, kit.Config{ofBrokers: "14000", ofControllers: "604700000"})
	w.MustUp(t)
	require.NoError(t, w.AreNew(t.Context(), before))
	w.oneByOne(t, client, seen, load)
}

// oneByOne holds what was seen during a roll against one pod of a role at a time, and its records.
func (w *architecture) oneByOne(t *testing.T, client *kgo.Client, seen func() kit.Worst, load load) {
	t.Helper()
	w.Whole(t, client)
	worst := seen()
	t.Logf("worst: %+v", worst)
	assert.LessOrEqual(t, worst.Brokers, 1, "one broker at a time")
	assert.LessOrEqual(t, worst.Controllers, 1, "one controller at a time")
	assert.GreaterOrEqual(t, worst.ISR, minInSync, "never below min.insync.replicas")
	load.Stop(t)
	w.MustReadBack(t)
}

// inOrder: asked to restart, followers restart first and the active controller last, then the brokers, each once,
// though the roll is cut off after the first pod.
func inOrder(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	active, _ := w.ActiveController(t, client)
	before := w.UIDs(t, w.All()...)
	load := w.StartLoad(t, 300)
	seen := w.Watch(t, client)
	w.Set(t, kit.Config{"restart.brokers": "in order", "restart.controllers": "in order"})
	w.cut(t, "Ctrl-C", func() bool { return len(w.renewed(t, before)) > 0 })
	half := w.UIDs(t, w.All()...)
	done := w.renewed(t, before)
	t.Logf("%s led, %v had restarted when it was cut off", active, done)
	assert.NotContains(t, done, active)
	w.MustUp(t)
	require.NoError(t, w.AreNew(t.Context(), before))
	after := w.UIDs(t, w.All()...)
	for _, pod := range done {
		assert.Equal(t, half[pod], after[pod], "%s restarts once", pod)
	}
	want := append(downwards(others(w.Controllers, active)), active)
	assert.Equal(t, append(want, downwards(w.Brokers)...), w.byAge(t))
	w.oneByOne(t, client, seen, load)
}

// rollStops: the first broker that does not come back is the last one that is restarted, and
// it alone is when the configuration is set back.
func rollStops(t *testing.T, w *architecture) {
	const connections = `broker.properties["max.connections.per.ip"]`
	client := w.Client(t, w.Bootstrap)
	before := w.UIDs(t, w.All()...)
	load := w.StartLoad(t, 300)
	w.Set(t, kit.Config{connections: "0", "timeout": "1m"})
	_, err := w.TryUp(t)
	first := downwards(w.Brokers)[0]
	require.ErrorContains(t, err, first+" is not in service")
	require.ErrorContains(t, err, "are not restarted before it is")
	require.ErrorContains(t, err, "the way on: mend what keeps "+first)
	t.Log(err)
	assert.Equal(t, []string{first}, w.renewed(t, before))
	w.GoesOn(t, "the others serve")
	w.Set(t, kit.Config{connections: "", "timeout": "4m"})
	w.MustUp(t)
	assert.Equal(t, []string{first}, w.renewed(t, before), "nobody else was restarted")
	w.Whole(t, client)
	load.Stop(t)
	w.MustReadBack(t)
}

// renewed are the pods that have been made anew since.
func (w *architecture) renewed(t *testing.T, before map[string]string) []string {
	t.Helper()
	pods, err := w.Pods(t.Context())
	require.NoError(t, err)
	var found []string
	for _, pod := range pods {
		if was, known := before[pod.Name]; known && was != string(pod.UID) {
			found = append(found, pod.Name)
		}
	}
	return found
}

// byAge are all pods, the oldest first. Kubernetes tells that in seconds, which a restart takes
// more of than one.
func (w *architecture) byAge(t *testing.T) []string {
	t.Helper()
	pods, err := w.Pods(t.Context())
	require.NoError(t, err)
	pods = slices.DeleteFunc(pods, func(pod corev1.Pod) bool { return !slices.Contains(w.All(), pod.Name) })
	slices.SortStableFunc(pods, func(a, b corev1.Pod) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	var names []string
	for _, pod := range pods {
		names = append(names, pod.Name)
	}
	return names
}

// downwards are pods of one pool, the highest ordinal first.
func downwards(pods []string) []string {
	sorted := slices.Clone(pods)
	slices.Sort(sorted)
	slices.Reverse(sorted)
	return sorted
}

// deadNode: beside a node that is dead no pod is restarted, and the message names it.
func deadNode(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	node, broker := w.Away(t, w.Brokers)
	load := w.StartLoad(t, 300)
	w.Cluster.Node(t, node, "kill")
	w.OthersServe(t, client, broker)
	kit.Eventually(t, 2*time.Minute, "Kubernetes misses it", func() error {
		if w.serves(t.Context(), broker) == nil {
			return errors.New("it sends clients there")
		}
		return nil
	})
	before := w.UIDs(t, w.All()...)
	w.Set(t, kit.Config{ofBrokers: "15000"})
	_, err := w.TryUp(t)
	require.ErrorContains(t, err, "the cluster is degraded, so no pod is restarted")
	require.ErrorContains(t, err, node)
	t.Log(err)
	assert.Equal(t, before, w.UIDs(t, w.All()...), "no pod was restarted")
	w.Cluster.Node(t, node, "start")
	w.Whole(t, client)
	w.MustUp(t)
	w.Whole(t, client)
	load.Stop(t)
	w.MustReadBack(t)
}

// throttled: a broker that takes long to catch up serves what it can, to clients inside
// and outside, and no roll begins until it is done.
func throttled(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	broker := w.Brokers[1]
	kit.CreateTopic(t, client, "large", 1, 3)
	throttle := func(do string, broker, topic string) {
		for kind, setting := range map[[2]string]string{{"brokers", "1"}: broker, {"topics", "large"}: topic} {
			out, err := w.Exec(t.Context(), w.Brokers[0], "kafka-configs.sh", "--bootstrap-server", "localhost:9092", "--alter",
				"--entity-type", kind[0], "--entity-name", kind[1], do, setting)
			require.NoError(t, err, out)
		}
	}
	throttle("--add-config", "follower.replication.throttled.rate=50000", "follower.replication.throttled.replicas=*")
	require.NoError(t, w.Signal(t.Context(), broker, "STOP"))
	kit.Eventually(t, time.Minute, "it is out of the ISR", func() error { return kit.ISRIs(t.Context(), client, "large", 2) })
	noise := make([]byte, 500_000) // which no client compresses
	_, _ = rand.Read(noise)
	for range 100 {
		require.NoError(t, client.ProduceSync(t.Context(), &kgo.Record{Topic: "large", Value: noise}).FirstErr())
	}
	require.NoError(t, w.Signal(t.Context(), broker, "CONT"))
	kit.Eventually(t, time.Minute, "it serves and catches up", func() error {
		state, err := w.Agent(t.Context(), broker)
		if err == nil && (!state.Ready || state.CaughtUp || state.OutOfSync != 1) {
			err = fmt.Errorf("%+v", state)
		}
		return err
	})
	kit.Eventually(t, 30*time.Second, "clients are sent there", func() error { return w.serves(t.Context(), broker) })
	outside := w.Outside(t)
	require.NoError(t, w.Books.Write(t.Context(), outside, 600), "clients outside reach whoever leads")

	before := w.UIDs(t, w.All()...)
	w.Set(t, kit.Config{ofBrokers: "16000"})
	_, err := w.TryUp(t)
	require.ErrorContains(t, err, broker+": 1 partitions are not in sync")
	assert.Equal(t, before, w.UIDs(t, w.All()...), "no pod was restarted")

	throttle("--delete-config", "follower.replication.throttled.rate", "follower.replication.throttled.replicas")
	kit.Eventually(t, time.Minute, "it is back in the ISR", func() error { return kit.ISRIs(t.Context(), client, "large", 3) })
	w.MustUp(t)
	w.Whole(t, client)
	w.MustReadBack(t)
}
