package faults_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// What the agent says of a stop.
const (
	heldBack = "stop: held back, since"
	letGo    = "stop: nothing speaks against it"
	gaveUp   = "going on all the same"
)

// twoStops: of two nodes of one role that are told to stop within moments, one waits
// until the other is back, whichever comes first.
func twoStops(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	active, _ := w.ActiveController(t, client)
	followers := others(w.Controllers, active)
	load := w.StartLoad(t, 300)
	seen := w.Watch(t, client)
	for _, two := range [][]string{
		{followers[1], followers[0]},
		{followers[0], followers[1]},
		{w.Brokers[2], w.Brokers[0]},
		{w.Brokers[0], w.Brokers[2]},
	} {
		t.Logf("stopping %v", two)
		before := w.UIDs(t, two...)
		logs := map[string]*kit.Log{}
		for _, pod := range two {
			logs[pod] = w.Follow(t, pod)
		}
		require.NoError(t, w.DeletePod(t.Context(), two[0]))
		time.Sleep(300 * time.Millisecond)
		require.NoError(t, w.DeletePod(t.Context(), two[1]))
		kit.Eventually(t, 2*time.Minute, "both are new", func() error { return w.AreNew(t.Context(), before) })
		w.Whole(t, client)
		held := 0
		for _, pod := range two {
			t.Logf("%s: %q", pod, logs[pod].Stops())
			if logs[pod].Says(heldBack) {
				held++
			}
			assert.False(t, logs[pod].Says(gaveUp), "%s waited for its turn", pod)
		}
		assert.Equal(t, 1, held, "one of the two waits")
	}
	assert.GreaterOrEqual(t, seen().ISR, minInSync, "never below min.insync.replicas")
	load.Stop(t)
	w.MustReadBack(t)
}

// drained: a node is drained. Then the budget refuses to evict another broker, and one
// that is deleted all the same holds its stop back, also when it hangs in between, until
// stopGateSeconds are over.
func drained(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	node, broker := w.Away(t, w.Brokers)
	load := w.StartLoad(t, 300)
	seen := w.Watch(t, client)
	uncordon := w.cordon(t, node)
	for _, pod := range append(w.On(t, node, w.Controllers), broker) {
		kit.Eventually(t, time.Minute, pod+" is evicted", func() error { return w.evict(t.Context(), pod) })
	}
	w.OthersServe(t, client, broker)
	assert.GreaterOrEqual(t, seen().ISR, minInSync, "never below min.insync.replicas")

	other := others(w.Brokers, broker)[0]
	err := w.evict(t.Context(), other)
	require.True(t, apierrors.IsTooManyRequests(err), "the budget keeps %s: %v", other, err)

	log := w.Follow(t, other)
	require.NoError(t, w.DeletePod(t.Context(), other))
	log.MustSay(t, 20*time.Second, heldBack)
	require.NoError(t, w.Signal(t.Context(), other, "STOP"))
	time.Sleep(7 * time.Second)
	require.NoError(t, w.Signal(t.Context(), other, "CONT"))
	time.Sleep(3 * time.Second)
	assert.False(t, log.Says(letGo), "neither looks that fail nor a fence for a moment open the gate: %q", log.Stops())
	w.GoesOn(t, "and it serves on")
	log.MustSay(t, 90*time.Second, gaveUp)
	t.Logf("%q", log.Stops())

	uncordon()
	w.Whole(t, client)
	load.Stop(t)
	w.MustReadBack(t)
}
