package faults_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// fromControllers: a broker that reaches no controller is fenced without knowing it. It
// is taken from its clients, and given back when the way is free.
func fromControllers(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	broker := w.Brokers[1]
	require.NoError(t, w.serves(t.Context(), broker))
	load := w.StartLoad(t, 300)
	restore := w.Drop(t, broker, "tcp", "9093")
	kit.Eventually(t, 90*time.Second, broker+" says that it is cut off", func() error {
		why, err := w.Readiness(t.Context(), broker)
		if err == nil && !strings.Contains(why, "cut off from the controllers") {
			err = errors.New(strings.TrimSpace(why))
		}
		return err
	})
	kit.Eventually(t, 30*time.Second, "clients are not sent there", func() error {
		if w.serves(t.Context(), broker) == nil {
			return errors.New("they are")
		}
		return nil
	})
	w.OthersServe(t, client, broker)
	restore()
	w.Whole(t, client)
	kit.Eventually(t, 30*time.Second, "clients are sent there again", func() error { return w.serves(t.Context(), broker) })
	load.Stop(t)
	w.MustReadBack(t)
}

// noNames: for a minute nobody answers questions for names. What is connected stays so,
// and a broker that has to start meanwhile comes up afterwards.
func noNames(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	load := w.StartLoad(t, 300)
	var restore []func()
	for _, pod := range w.All() {
		restore = append(restore, w.Drop(t, pod, "udp", "53"), w.Drop(t, pod, "tcp", "53"))
	}
	for range 4 {
		time.Sleep(15 * time.Second)
		require.NoError(t, w.PodsReady(t.Context(), w.All()...))
	}
	w.GoesOn(t, "writing goes on")
	w.mustRestart(t, w.Brokers[1], time.Minute, func() { require.NoError(t, w.Kill(t.Context(), w.Brokers[1])) })
	w.OthersServe(t, client, w.Brokers[1])
	for _, again := range restore {
		again()
	}
	w.Whole(t, client)
	load.Stop(t)
	w.MustReadBack(t)
}

// allNodes: the power of all nodes goes at once, and one of them stays away for a while.
func allNodes(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	nodes, err := w.Cluster.Nodes(t.Context())
	require.NoError(t, err)
	books := ledger.New("power")
	kit.CreateTopic(t, client, books.Topic(), 6, 3)
	load := kit.StartLoad(t, books, w.Writer(t), 300)
	last := nodes[len(nodes)-1]
	missing := w.On(t, last, w.All())
	before := w.restartsOf(t, slices.DeleteFunc(w.All(), func(pod string) bool { return slices.Contains(missing, pod) }))
	for _, node := range nodes {
		w.Cluster.Node(t, node, "kill")
	}
	load.Cancel()
	for _, node := range nodes[:len(nodes)-1] {
		w.Cluster.Node(t, node, "start")
	}
	kit.Eventually(t, 4*time.Minute, "two of three are in service", func() error {
		return w.areBack(t.Context(), before)
	})
	for pod := range before {
		state, err := w.Agent(t.Context(), pod)
		require.NoError(t, err)
		t.Logf("%s: %+v", pod, state)
	}
	w.Cluster.Node(t, last, "start")
	w.Whole(t, client)
	load.Stop(t) // what was in flight is written now, or given up
	w.MustReadBack(t)
	require.NoError(t, books.Read(t.Context(), w.Client(t, w.Bootstrap)))
	verdict := books.Verdict()
	t.Logf("topic %s: %s", books.Topic(), verdict)
	assert.Empty(t, verdict.Lost)
	assert.Empty(t, verdict.Moved)
	w.checked(verdict.Read)
	// Some may be there twice: with all replicas gone at once, brokers know only the last batch of each producer
	// (ProducerStateManager's snapshots), and a retry of an earlier one is written again.
}
