package faults_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// evacuated: of five brokers that are written to, two are emptied, which is cut off in the
// middle and goes on; then they are taken back and get their share.
func evacuated(t *testing.T, w *architecture) {
	w.grow(t)
	client := w.Client(t, w.Bootstrap)
	admin := ops.New(client)
	say := func(line string) { t.Log(line) }
	all := ops.Range{First: 0, End: topology.PoolIDs}
	leave := ops.Evacuation{Range: all, Keep: []int32{0, 1, 2}, Pace: ops.Pace{Concurrency: 2}}
	stay := ops.Evacuation{Range: all, Keep: []int32{0, 1, 2, 3, 4}}
	spread := ops.Membership{Range: all, Brokers: stay.Keep, Rebalance: placement.Full}
	kit.CreateTopic(t, client, "evacuated", 20, 3)
	load := w.StartLoad(t, 1000)
	report, err := ops.Join(t.Context(), admin, spread, say)
	require.NoError(t, err)
	t.Logf("spread: %+v", report)
	require.NotEmpty(t, kit.Held(t, client, 3, 4), "there is something to empty")

	plan, err := ops.PlanEvacuation(t.Context(), admin, leave)
	require.NoError(t, err)
	t.Logf("plan: %q", plan.Lines())
	require.Len(t, plan.Lines(), 2)

	ctx, cut := context.WithCancel(t.Context())
	_, err = ops.Evacuate(ctx, admin, leave, func(line string) {
		t.Log(line)
		if strings.Contains(line, "moved") || len(kit.Held(t, client, 3, 4)) < 10 {
			cut()
		}
	})
	t.Logf("cut off: %v", err)
	cut()

	done, err := ops.Evacuate(t.Context(), admin, leave, say)
	require.NoError(t, err)
	t.Logf("emptied: %+v", done)
	assert.Empty(t, kit.Held(t, client, 3, 4))
	kit.CreateTopic(t, client, "made-meanwhile", 10, 3)
	assert.Empty(t, kit.Held(t, client, 3, 4), "a broker that leaves gets nothing new")
	again, err := ops.PlanEvacuation(t.Context(), admin, leave)
	require.NoError(t, err)
	t.Logf("once more: %q", again.Lines())
	assert.Empty(t, again.Moves)

	back, err := ops.Evacuate(t.Context(), admin, stay, say)
	require.NoError(t, err)
	assert.ElementsMatch(t, []int32{3, 4}, back.Released)
	report, err = ops.Join(t.Context(), admin, spread, say)
	require.NoError(t, err)
	t.Logf("spread again: %+v", report)
	assert.NotEmpty(t, kit.Held(t, client, 3, 4))
	kit.MustBeTidy(t, client, stay.Keep...)

	_, err = ops.Evacuate(t.Context(), admin, ops.Evacuation{Range: all, Keep: []int32{0, 1}}, say)
	var refused *ops.Refusal
	require.True(t, errors.As(err, &refused), "three replicas need three brokers: %v", err)
	t.Log(refused)
	load.Stop(t)
	w.Whole(t, client)
	w.MustReadBack(t)
}
