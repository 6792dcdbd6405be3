package faults_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

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
	require.NotEmpty(t, w.held(t, client, 3, 4), "there is something to empty")

	plan, err := ops.PlanEvacuation(t.Context(), admin, leave)
	require.NoError(t, err)
	t.Logf("plan: %q", plan.Lines())
	require.Len(t, plan.Lines(), 2)

	ctx, cut := context.WithCancel(t.Context())
	_, err = ops.Evacuate(ctx, admin, leave, func(line string) {
		t.Log(line)
		if strings.Contains(line, "moved") || len(w.held(t, client, 3, 4)) < 10 {
			cut()
		}
	})
	t.Logf("cut off: %v", err)
	cut()

	done, err := ops.Evacuate(t.Context(), admin, leave, say)
	require.NoError(t, err)
	t.Logf("emptied: %+v", done)
	assert.Empty(t, w.held(t, client, 3, 4))
	kit.CreateTopic(t, client, "made-meanwhile", 10, 3)
	assert.Empty(t, w.held(t, client, 3, 4), "a broker that leaves gets nothing new")
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
	assert.NotEmpty(t, w.held(t, client, 3, 4))
	for _, broker := range stay.Keep {
		configs, err := kadm.NewClient(client).DescribeBrokerConfigs(t.Context(), broker)
		require.NoError(t, err)
		for _, config := range configs[0].Configs {
			left := config.Key == "cordoned.log.dirs" || strings.HasSuffix(config.Key, "replication.throttled.rate")
			assert.False(t, left && config.MaybeValue() != "" && config.Source.String() == "DYNAMIC_BROKER_CONFIG", "broker %d: %s=%s is left", broker, config.Key, config.MaybeValue())
		}
	}
	kit.Eventually(t, time.Minute, "nothing is on its way", func() error {
		moving, err := kadm.NewClient(client).ListPartitionReassignments(t.Context(), allOf(t, client))
		if err == nil && len(moving.Sorted()) > 0 {
			err = fmt.Errorf("%v", moving)
		}
		return err
	})

	_, err = ops.Evacuate(t.Context(), admin, ops.Evacuation{Range: all, Keep: []int32{0, 1}}, say)
	var refused *ops.Refusal
	require.True(t, errors.As(err, &refused), "three replicas need three brokers: %v", err)
	t.Log(refused)
	load.Stop(t)
	w.Whole(t, client)
	w.MustReadBack(t)
}

// held are the partitions with a replica on one of these brokers.
func (w *architecture) held(t *testing.T, client *kgo.Client, brokers ...int32) []string {
	t.Helper()
	topics, err := kadm.NewClient(client).ListTopicsWithInternal(t.Context())
	require.NoError(t, err)
	var found []string
	topics.EachPartition(func(p kadm.PartitionDetail) {
		if slices.ContainsFunc(p.Replicas, func(id int32) bool { return slices.Contains(brokers, id) }) {
			found = append(found, fmt.Sprintf("%s-%d", p.Topic, p.Partition))
		}
	})
	return found
}

// allOf are all partitions.
func allOf(t *testing.T, client *kgo.Client) kadm.TopicsSet {
	t.Helper()
	topics, err := kadm.NewClient(client).ListTopicsWithInternal(t.Context())
	require.NoError(t, err)
	return topics.TopicsSet()
}
