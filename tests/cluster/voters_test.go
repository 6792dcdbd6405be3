package cluster

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// tooLong is what no record may wait while members come and go: less than a client's own limits. It
// is about two seconds on a quiet machine, and a busy one must not fail the tests for it.
const tooLong = 15 * time.Second

// controllersComeAndGo makes three controllers five, one of the new ones the leader, and three
// again, while records are written. Nobody else is restarted, and nobody loses the quorum.
func (w *separated) controllersComeAndGo(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	set := kit.SetOf(w.Controllers)
	added := []string{set + "-3", set + "-4"}
	five := append(w.All(), added...)
	before := w.UIDs(t, w.All()...)
	load := w.StartLoad(t, 1000)

	w.Set(t, kit.Config{"controllers": "5"})
	w.MustUp(t)
	require.NoError(t, w.PodsReady(t.Context(), five...), "right after pulumi up, without waiting")
	w.vote(t, client, 1000, 1001, 1002, 1003, 1004)
	w.MustChangeNothing(t)
	assert.Equal(t, before, w.UIDs(t, w.All()...), "nobody else had to be restarted")

	w.aNewOneLeads(t, client, set, five)
	kit.CreateTopic(t, client, "led-by-a-new-controller", 3, 3)

	// Fewer than began the quorum, and more than twice as many, can never be.
	now := w.UIDs(t, five...)
	for _, wrong := range []string{"1", "7"} {
		w.Set(t, kit.Config{"controllers": wrong})
		_, err := w.Steps(t)
		require.ErrorContains(t, err, "must be 3 or 5: 3 began the quorum", "in the preview")
		_, err = w.TryUp(t)
		require.ErrorContains(t, err, "must be 3 or 5: 3 began the quorum")
	}
	w.vote(t, client, 1000, 1001, 1002, 1003, 1004)
	assert.Equal(t, now, w.UIDs(t, five...), "nothing was changed")

	w.Set(t, kit.Config{"controllers": "3"})
	w.MustUp(t)
	w.vote(t, client, 1000, 1001, 1002)
	kit.Eventually(t, time.Minute, "the new ones are gone", func() error { return w.PodsReady(t.Context(), w.All()...) })
	w.MustChangeNothing(t)

	load.Stop(t)
	assert.LessOrEqual(t, w.Books.Slowest(), tooLong)
	assert.Equal(t, before, w.UIDs(t, w.All()...), "nobody else had to be restarted")
	w.MustReadBack(t)

	// They come back to their old volumes, as voters of a quorum that has forgotten them.
	w.Set(t, kit.Config{"controllers": "5"})
	w.MustUp(t)
	require.NoError(t, w.PodsReady(t.Context(), five...))
	w.vote(t, client, 1000, 1001, 1002, 1003, 1004)
	w.Set(t, kit.Config{"controllers": ""})
	w.MustUp(t)
	w.vote(t, client, 1000, 1001, 1002)
	kit.Eventually(t, time.Minute, "the new ones are gone again", func() error { return w.PodsReady(t.Context(), w.All()...) })
	assert.Equal(t, before, w.UIDs(t, w.All()...))
	for _, pod := range added {
		require.Contains(t, w.claims(t), "data-"+pod, "retainData")
		w.RemoveClaim(t, "data-"+pod)
	}
}

// vote fails the test unless these controllers vote, and no other.
func (w *separated) vote(t *testing.T, client *kgo.Client, ids ...int32) {
	t.Helper()
	quorum := kit.TheQuorum(t, client)
	assert.ElementsMatch(t, ids, quorum.Voters)
}

// aNewOneLeads kills the active controller until one leads that no node's configuration names.
// All others are ready all the time, and so is the killed one that comes back to a leader that it
// does not know.
func (w *separated) aNewOneLeads(t *testing.T, client *kgo.Client, set string, all []string) {
	t.Helper()
	const tries = 8
	for range tries {
		quorum := kit.TheQuorum(t, client)
		if quorum.Leader >= 1003 {
			t.Logf("controller %d leads", quorum.Leader)
			// Longer than any node remembers a leader that it cannot find (the agent's cutOffAfter).
			for begin := time.Now(); time.Since(begin) < 30*time.Second; time.Sleep(500 * time.Millisecond) {
				require.NoError(t, w.PodsReady(t.Context(), all...))
			}
			return
		}
		active := fmt.Sprintf("%s-%d", set, quorum.Leader-1000)
		require.NoError(t, w.Kill(t.Context(), active))
		w.NewLeader(t, quorum.Leader, 20*time.Second)
		kit.Eventually(t, 2*time.Minute, "all pods are ready", func() error { return w.PodsReady(t.Context(), all...) })
	}
	t.Fatalf("no new controller came to lead in %d elections", tries)
}
