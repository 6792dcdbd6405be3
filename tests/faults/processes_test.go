package faults_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
	t.Logf("restarted after %s", time.Since(begin).Round(time.Second))
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
