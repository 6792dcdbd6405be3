package faults_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// hung: a JVM that does not answer any more is ended and started anew; the others serve
// meanwhile.
func hung(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	broker := w.Brokers[1]
	load := w.StartLoad(t, 300)
	begin := time.Now()
	w.mustRestart(t, broker, 4*time.Minute, func() {
		require.NoError(t, w.Signal(t.Context(), broker, "STOP"))
		w.OthersServe(t, client, broker)
	})
	w.seen.Saw("restarted", 0, time.Since(begin))
	w.Whole(t, client)
	load.Stop(t)
	w.MustReadBack(t)
}

// killed: the agent of a node dies, and then a tool in its container takes all the memory
// that there is. Both nodes come back by themselves.
func killed(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	load := w.StartLoad(t, 300)
	w.mustRestart(t, w.Brokers[0], time.Minute, func() { w.KillAgent(t, w.Brokers[0]) })
	w.Whole(t, client)
	active, _ := w.ActiveController(t, client)
	w.mustRestart(t, active, time.Minute, func() { w.KillAgent(t, active) })
	w.Whole(t, client)

	const glutton = "head -c 3000000000 /dev/zero | tail" // tail keeps the last line, and there is only one
	out, err := w.Exec(t.Context(), w.Brokers[2], "sh", "-c", glutton)
	t.Logf("a tool that takes 3 GB: %d bytes, %v", len(out), err)
	require.Error(t, err, "the container has less")
	w.Whole(t, client)
	kit.CreateTopic(t, client, "after-the-glutton", 3, 3)
	load.Stop(t)
	w.MustReadBack(t)
}

// allKilled: the JVMs of all nodes die at once, and again as soon as they are back, three times.
// Their agents start them again, so that nobody waits for the kubelet, which would take longer
// each time.
func allKilled(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	w.unused(t, client)
	books := ledger.New("all-killed")
	kit.CreateTopic(t, client, books.Topic(), 6, 3)
	load := kit.StartLoad(t, books, w.Writer(t), 300)
	for range 3 {
		before := w.restartsOf(t, w.All())
		begin := time.Now()
		var killed sync.WaitGroup
		for _, pod := range w.All() {
			killed.Go(func() { assert.NoError(t, w.Kill(t.Context(), pod)) })
		}
		killed.Wait()
		kit.Eventually(t, 3*time.Minute, "all nodes are ready again", func() error { return w.areBack(t.Context(), before) })
		w.seen.Saw("all nodes ready", 20*time.Second, time.Since(begin))
		after := w.restartsOf(t, w.All())
		for pod, was := range before {
			assert.Equal(t, restarts{was.containers, was.jvms + 1}, after[pod], "%s: by its agent, and once", pod)
		}
		w.Whole(t, client)
	}
	load.Stop(t)
	w.seen.Saw("slowest acknowledgement", 0, books.Slowest())
	require.NoError(t, books.Read(t.Context(), w.Client(t, w.Bootstrap)))
	verdict := books.Verdict()
	t.Logf("topic %s: %s", books.Topic(), verdict)
	assert.Positive(t, verdict.Acknowledged)
	assert.Empty(t, verdict.Lost)
	assert.Empty(t, verdict.Moved)
	// Some may be there twice, as in allNodes.
	w.checked(verdict.Read)
	w.MustReadBack(t)
}

// unused replaces the pods whose agents have started a JVM again: they do so a few times only.
func (w *architecture) unused(t *testing.T, client *kgo.Client) {
	t.Helper()
	for _, pod := range w.All() {
		state, err := w.Agent(t.Context(), pod)
		require.NoError(t, err)
		if state.Restarts.Count == 0 {
			continue
		}
		before := w.UIDs(t, pod)
		require.NoError(t, w.DeletePod(t.Context(), pod))
		kit.Eventually(t, 2*time.Minute, pod+" is new", func() error { return w.AreNew(t.Context(), before) })
		w.Whole(t, client)
	}
}
