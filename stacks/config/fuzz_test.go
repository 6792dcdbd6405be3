package config

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// FuzzConfig feeds any configuration to everything that happens before the first
// resource: it is refused in words, or it gives a sound plan. It never panics.
//
//	go test ./stacks/config -run '^$' -fuzz FuzzConfig -fuzztime 60s
func FuzzConfig(f *testing.F) {
	add := func(keys map[string]string) {
		text, err := json.Marshal(keys)
		require.NoError(f, err)
		f.Add(text)
	}
	for topology, table := range map[string][]bad{"combined": badCombined, "separated": badSeparated} {
		add(good[topology])
		for _, b := range table {
			add(merged(good[topology], map[string]string{b.key: b.value}))
		}
	}
	add(map[string]string{"context": "c", "broker": `{"properties":{"a":"b"},"heap":"1Gi"}`, "scheduling": `{"tolerations":[{}]}`})
	f.Fuzz(func(t *testing.T, text []byte) {
		var keys map[string]string
		if json.Unmarshal(text, &keys) != nil {
			return
		}
		config, err := Parse(keys)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		if err := config.Validate(); err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		sound(t, config)
	})
}

// sound is what every valid configuration promises.
func sound(t require.TestingT, config Config) {
	plan := config.Plan()
	require.NoError(t, plan.Check())
	require.Len(t, plan.Initial, config.Voters())
	require.Len(t, plan.BrokerPods(), config.Brokers)
	require.LessOrEqual(t, config.Replication(), config.Brokers)
	require.GreaterOrEqual(t, config.Replication(), 1)
	require.True(t, config.MinInSync() == 1 || config.MinInSync() < config.Replication())
	for _, pool := range plan.Pools {
		for ordinal := range pool.Replicas {
			require.LessOrEqual(t, len(pool.Pod(ordinal)+"-external"), 63)
		}
		require.LessOrEqual(t, len(pool.Name)+revisionSuffix, 63)
		heap, limit := resource.MustParse(pool.Size.Heap), resource.MustParse(pool.Size.MemoryLimit)
		require.LessOrEqual(t, heap.Value(), limit.Value()-contract.LeastBesideHeap)
		require.NotEmpty(t, properties.Write(properties.Args{
			Plan: plan, Pool: pool, LogDir: "/d", Replication: config.Replication(), MinInSync: config.MinInSync(),
		}))
	}
	for _, service := range plan.NodePortServices() {
		require.LessOrEqual(t, service.Port, lastNodePort)
	}
	changes, err := config.Changes(config.Record(), config.ClusterID)
	require.NoError(t, err)
	require.Empty(t, changes, "a configuration never contradicts itself")
}
