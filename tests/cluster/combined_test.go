package cluster

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// nodesComeAndGo makes three nodes, each broker and controller, five, and three again while one of
// those that go is the active controller, with records written all the time. Nobody else is
// restarted, and nothing is left behind.
func (w *tutorial) nodesComeAndGo(t *testing.T) {
	client := w.Client(t, w.bootstrap)
	const topic = "shared-out"
	kit.CreateTopic(t, client, topic, 12, 3)
	five := slices.Concat(pods, []string{"kafka-3", "kafka-4"})
	before := w.UIDs(t, pods...)

	w.underLoad(t, func() {
		w.Set(t, kit.Config{"brokers": "5", "moves.rebalance": "new"})
		w.MustUp(t)
		require.NoError(t, w.PodsReady(t.Context(), five...), "right after pulumi up, without waiting")
		w.members(t, client, 0, 1, 2, 3, 4)
		for _, added := range []int32{3, 4} {
			assert.NotEmpty(t, kit.Held(t, client, added), "node %d has its share", added)
		}
		kit.MustBeTidy(t, client, 0, 1, 2, 3, 4)
		w.MustChangeNothing(t)
	})
	assert.Equal(t, before, w.UIDs(t, pods...), "nobody else had to be restarted")

	// Fewer than began the quorum, and more than twice as many, can never be.
	now := w.UIDs(t, five...)
	for _, wrong := range []string{"1", "7"} {
		w.Set(t, kit.Config{"brokers": wrong})
		_, err := w.Steps(t)
		require.ErrorContains(t, err, "must be 3 or 5: 3 began the quorum", "in the preview")
		_, err = w.TryUp(t)
		require.ErrorContains(t, err, "must be 3 or 5: 3 began the quorum")
	}
	w.Set(t, kit.Config{"brokers": "5"})
	w.members(t, client, 0, 1, 2, 3, 4)
	assert.Equal(t, now, w.UIDs(t, five...), "nothing was changed")

	w.aNewNodeLeads(t, client, five)
	before = w.UIDs(t, pods...)
	w.underLoad(t, func() {
		w.Set(t, kit.Config{"brokers": "3"})
		w.MustUp(t)
		w.onlyThree(t, client)
		w.MustChangeNothing(t)
	})
	assert.Equal(t, before, w.UIDs(t, pods...), "nobody else had to be restarted")

	// They come back to their old directories, in a cluster that has forgotten them.
	w.Set(t, kit.Config{"brokers": "5"})
	w.MustUp(t)
	require.NoError(t, w.PodsReady(t.Context(), five...))
	w.members(t, client, 0, 1, 2, 3, 4)
	w.Set(t, kit.Config{"brokers": "", "moves.rebalance": ""})
	w.MustUp(t)
	w.onlyThree(t, client)
	assert.Equal(t, before, w.UIDs(t, pods...))
	w.MustReadBack(t, w.bootstrap, w.books)
}

// underLoad writes 1000 records a second meanwhile. None is lost, and none waits for long.
func (w *tutorial) underLoad(t *testing.T, do func()) {
	t.Helper()
	load := kit.StartLoad(t, w.books, w.Client(t, w.bootstrap, kgo.RecordPartitioner(kgo.RoundRobinPartitioner())), 1000)
	do()
	load.Stop(t)
	assert.LessOrEqual(t, w.books.Slowest(), tooLong)
	w.MustReadBack(t, w.bootstrap, w.books)
	assert.Zero(t, w.books.Verdict().Failed)
}

// members fails the test unless these nodes serve and vote, and no other is known.
func (w *tutorial) members(t *testing.T, client *kgo.Client, ids ...int32) {
	t.Helper()
	quorum := kit.TheQuorum(t, client)
	assert.ElementsMatch(t, ids, quorum.Voters)
	assert.Equal(t, ids, kit.Registered(t, client))
}

// onlyThree fails the test unless the others are gone, and nothing of them is left.
func (w *tutorial) onlyThree(t *testing.T, client *kgo.Client) {
	t.Helper()
	kit.Eventually(t, time.Minute, "the new pods are gone", func() error { return w.PodsReady(t.Context(), pods...) })
	w.members(t, client, 0, 1, 2)
	assert.Empty(t, kit.Held(t, client, 3, 4))
	kit.MustBeTidy(t, client, 0, 1, 2)
}

// aNewNodeLeads restarts the active controller, one after the other, until one is active that no
// node's configuration names.
func (w *tutorial) aNewNodeLeads(t *testing.T, client *kgo.Client, all []string) {
	t.Helper()
	const tries = 12
	for range tries {
		quorum := kit.TheQuorum(t, client)
		if quorum.Leader >= 3 {
			t.Logf("node %d is the active controller", quorum.Leader)
			return
		}
		active := fmt.Sprintf("kafka-%d", quorum.Leader)
		was, err := w.UID(t.Context(), active)
		require.NoError(t, err)
		require.NoError(t, w.DeletePod(t.Context(), active))
		kit.Eventually(t, 2*time.Minute, "a new "+active+" is ready", func() error {
			is, err := w.UID(t.Context(), active)
			if err == nil && is == was {
				err = fmt.Errorf("the old one is still there")
			}
			if err != nil {
				return err
			}
			return w.PodsReady(t.Context(), all...)
		})
		kit.Eventually(t, time.Minute, "ISR is complete", func() error { return kit.ISRIs(t.Context(), client, w.books.Topic(), 3) })
	}
	t.Fatalf("no new node came to lead in %d elections", tries)
}
