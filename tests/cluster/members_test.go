package cluster

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// brokersComeAndGo makes three brokers four, of which the new one gets its share, and three
// again, while records are written. Nobody else is restarted, and nothing is left behind.
func (w *separated) brokersComeAndGo(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	kit.CreateTopic(t, client, "shared-out", 12, 3)
	before, fourth := w.UIDs(t, w.All()...), kit.SetOf(w.Brokers)+"-3"
	load := w.StartLoad(t, 1000)

	w.Set(t, kit.Config{"brokers": "4", "moves.rebalance": "new"})
	w.MustUp(t)
	require.NoError(t, w.PodsReady(t.Context(), append(w.All(), fourth)...))
	assert.Equal(t, []int32{0, 1, 2, 3}, kit.Registered(t, client))
	assert.NotEmpty(t, kit.Held(t, client, 3), "the new broker has its share")
	kit.MustBeTidy(t, client, 0, 1, 2, 3)
	w.MustChangeNothing(t)

	w.Set(t, kit.Config{"brokers": "3"})
	w.MustUp(t)
	kit.Eventually(t, time.Minute, "the fourth pod is gone", func() error { return w.PodsReady(t.Context(), w.All()...) })
	assert.Equal(t, []int32{0, 1, 2}, kit.Registered(t, client), "who is gone is forgotten")
	assert.Empty(t, kit.Held(t, client, 3))
	kit.MustBeTidy(t, client, 0, 1, 2)
	w.MustChangeNothing(t)

	claim := "data-" + fourth
	require.Contains(t, w.claims(t), claim, "retainData")
	w.RemoveClaim(t, claim)

	load.Stop(t)
	assert.Equal(t, before, w.UIDs(t, w.All()...), "nobody else had to be restarted")
	w.MustReadBack(t)

	// Three replicas need three brokers, which is known before anything is changed.
	w.Set(t, kit.Config{"brokers": "2"})
	_, err := w.Steps(t)
	require.ErrorContains(t, err, "topic shared-out has 3 replicas, and only 2 brokers stay that can hold one", "in the preview")
	_, err = w.TryUp(t)
	require.ErrorContains(t, err, "topic shared-out has 3 replicas, and only 2 brokers stay that can hold one")
	assert.Equal(t, before, w.UIDs(t, w.All()...))
	w.Set(t, kit.Config{"brokers": "", "moves.rebalance": ""})
	w.MustUp(t)
	assert.Equal(t, before, w.UIDs(t, w.All()...))
	kit.MustBeTidy(t, client, 0, 1, 2)
}
