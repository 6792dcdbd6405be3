package ops

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func newTopicWire(t *testing.T) (*wire, TopicAdmin) {
	t.Helper()
	w, admin := newWire(t, 1)
	return w, admin.(TopicAdmin)
}

func TestClientCreateTopic(t *testing.T) {
	t.Parallel()
	w, admin := newTopicWire(t)
	var refused *kerr.Error
	on(w, func(_ int32, req *kmsg.CreateTopicsRequest, r *kmsg.CreateTopicsResponse) {
		topic := kmsg.NewCreateTopicsResponseTopic()
		topic.Topic, topic.NumPartitions, topic.ReplicationFactor = req.Topics[0].Topic, 4, 3
		if refused != nil {
			topic.ErrorCode, topic.ErrorMessage = refused.Code, ptr("Unknown topic config name: x")
		}
		r.Topics = append(r.Topics, topic)
	})
	made, err := admin.CreateTopic(t.Context(), "orders", Topic{}, false)
	require.NoError(t, err)
	assert.Equal(t, Topic{Partitions: 4, Replicas: 3}, made)
	_, req := last[*kmsg.CreateTopicsRequest](w)
	assert.False(t, req.ValidateOnly)
	assert.Equal(t, int32(-1), req.Topics[0].NumPartitions, "the cluster's default")
	assert.Equal(t, int16(-1), req.Topics[0].ReplicationFactor)

	_, err = admin.CreateTopic(t.Context(), "orders", Topic{Partitions: 4, Replicas: 2, Configs: map[string]string{"retention.ms": "1"}}, true)
	require.NoError(t, err)
	_, req = last[*kmsg.CreateTopicsRequest](w)
	assert.True(t, req.ValidateOnly)
	assert.Equal(t, int32(4), req.Topics[0].NumPartitions)
	assert.Equal(t, int16(2), req.Topics[0].ReplicationFactor)
	assert.Equal(t, "1", *req.Topics[0].Configs[0].Value)

	refused = kerr.InvalidConfig
	_, err = admin.CreateTopic(t.Context(), "orders", Topic{}, true)
	require.ErrorIs(t, err, kerr.InvalidConfig)
	require.ErrorContains(t, err, "Unknown topic config name: x")
	assert.False(t, Passes(err))
}

// A topic that moves has replicas that come and replicas that go, and nothing of the client's
// own store is believed.
func TestClientFindTopic(t *testing.T) {
	t.Parallel()
	w, admin := newTopicWire(t)
	topic := kmsg.NewMetadataResponseTopic()
	topic.Topic = ptr("orders")
	topic.Partitions = []kmsg.MetadataResponseTopicPartition{
		{Partition: 0, Replicas: []int32{1, 2, 3, 4}, ISR: []int32{1, 2, 3}}, {Partition: 1, Replicas: []int32{2, 3, 4, 1}},
	}
	w.topics = []kmsg.MetadataResponseTopic{topic}
	on(w, func(_ int32, _ *kmsg.ListPartitionReassignmentsRequest, r *kmsg.ListPartitionReassignmentsResponse) {
		r.Topics = []kmsg.ListPartitionReassignmentsResponseTopic{{Topic: "orders", Partitions: []kmsg.ListPartitionReassignmentsResponseTopicPartition{
			{Partition: 0, Replicas: []int32{1, 2, 3, 4}, AddingReplicas: []int32{4}, RemovingReplicas: []int32{3}},
			{Partition: 1, Replicas: []int32{2, 3, 4, 1}, AddingReplicas: []int32{1}, RemovingReplicas: []int32{2}},
		}}}
	})
	on(w, func(_ int32, _ *kmsg.DescribeConfigsRequest, r *kmsg.DescribeConfigsResponse) {
		r.Resources = []kmsg.DescribeConfigsResponseResource{{ResourceType: kmsg.ConfigResourceTypeTopic, ResourceName: "orders", Configs: []kmsg.DescribeConfigsResponseResourceConfig{
			{Name: "retention.ms", Value: ptr("1"), Source: kmsg.ConfigSourceDynamicTopicConfig},
			{Name: "flush.ms", Value: ptr("2"), Source: kmsg.ConfigSourceDefaultConfig},
		}}}
	})
	found, err := admin.FindTopic(t.Context(), "orders")
	require.NoError(t, err)
	assert.Equal(t, &Topic{Partitions: 2, Replicas: 3, Configs: map[string]string{"retention.ms": "1"}}, found)

	w.mu.Lock()
	w.topics[0].Partitions = append(w.topics[0].Partitions, kmsg.MetadataResponseTopicPartition{Partition: 2, Replicas: []int32{1, 2, 3}})
	w.mu.Unlock()
	found, err = admin.FindTopic(t.Context(), "orders")
	require.NoError(t, err)
	assert.Equal(t, int32(3), found.Partitions)

	w.mu.Lock()
	w.topics = []kmsg.MetadataResponseTopic{{Topic: ptr("orders"), ErrorCode: kerr.UnknownTopicOrPartition.Code}}
	w.mu.Unlock()
	found, err = admin.FindTopic(t.Context(), "orders")
	require.NoError(t, err)
	assert.Nil(t, found)
}

func TestClientChangeTopic(t *testing.T) {
	t.Parallel()
	w, admin := newTopicWire(t)
	on(w, func(_ int32, _ *kmsg.CreatePartitionsRequest, r *kmsg.CreatePartitionsResponse) {
		r.Topics = []kmsg.CreatePartitionsResponseTopic{{Topic: "orders", ErrorCode: kerr.InvalidPartitions.Code, ErrorMessage: ptr("has 3")}}
	})
	require.ErrorContains(t, admin.GrowTopic(t.Context(), "orders", 2, true), "has 3")
	_, grow := last[*kmsg.CreatePartitionsRequest](w)
	assert.True(t, grow.ValidateOnly)
	assert.Equal(t, int32(2), grow.Topics[0].Count)

	require.NoError(t, admin.ConfigureTopic(t.Context(), "orders", map[string]string{"a": ""}, []string{"b"}, true))
	_, alter := last[*kmsg.IncrementalAlterConfigsRequest](w)
	assert.True(t, alter.ValidateOnly)
	configs := alter.Resources[0].Configs
	require.Len(t, configs, 2)
	assert.Equal(t, kmsg.IncrementalAlterConfigOpSet, configs[0].Op)
	assert.Equal(t, ptr(""), configs[0].Value, "an empty value is one, too")
	assert.Equal(t, kmsg.IncrementalAlterConfigOpDelete, configs[1].Op)

	code := kerr.UnknownTopicOrPartition.Code
	on(w, func(_ int32, _ *kmsg.DeleteTopicsRequest, r *kmsg.DeleteTopicsResponse) {
		r.Topics = []kmsg.DeleteTopicsResponseTopic{{Topic: ptr("orders"), ErrorCode: code}}
	})
	require.NoError(t, admin.DeleteTopic(t.Context(), "orders"), "gone is gone")
	code = kerr.TopicDeletionDisabled.Code
	require.ErrorIs(t, admin.DeleteTopic(t.Context(), "orders"), kerr.TopicDeletionDisabled)
}

func TestClientQuota(t *testing.T) {
	t.Parallel()
	w, admin := newTopicWire(t)
	on(w, func(_ int32, _ *kmsg.DescribeClientQuotasRequest, r *kmsg.DescribeClientQuotasResponse) {
		r.Entries = []kmsg.DescribeClientQuotasResponseEntry{{Values: []kmsg.DescribeClientQuotasResponseEntryValue{{Key: "producer_byte_rate", Value: 5}}}}
	})
	who := Entity{User: DefaultEntity, ClientID: "billing"}
	limits, err := admin.Quota(t.Context(), who)
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{"producer_byte_rate": 5}, limits)
	_, ask := last[*kmsg.DescribeClientQuotasRequest](w)
	assert.True(t, ask.Strict, "nobody else's")
	assert.Equal(t, []kmsg.DescribeClientQuotasRequestComponent{
		{EntityType: "user", MatchType: kmsg.QuotasMatchTypeDefault}, {EntityType: "client-id", MatchType: kmsg.QuotasMatchTypeExact, Match: ptr("billing")},
	}, ask.Components)

	on(w, func(_ int32, _ *kmsg.AlterClientQuotasRequest, r *kmsg.AlterClientQuotasResponse) {
		r.Entries = []kmsg.AlterClientQuotasResponseEntry{{ErrorCode: kerr.InvalidRequest.Code, ErrorMessage: ptr("no")}}
	})
	err = admin.LimitClients(t.Context(), who, map[string]float64{"producer_byte_rate": 6}, []string{"request_percentage"}, true)
	require.ErrorContains(t, err, "quota of client id billing of user <default>")
	require.ErrorIs(t, err, kerr.InvalidRequest)
	_, alter := last[*kmsg.AlterClientQuotasRequest](w)
	assert.True(t, alter.ValidateOnly)
	assert.Equal(t, []kmsg.AlterClientQuotasRequestEntryEntity{{Type: "user"}, {Type: "client-id", Name: ptr("billing")}}, alter.Entries[0].Entity)
	assert.Equal(t, []kmsg.AlterClientQuotasRequestEntryOp{{Key: "producer_byte_rate", Value: 6}, {Key: "request_percentage", Remove: true}}, alter.Entries[0].Ops)
	assert.Equal(t, "user a", Entity{User: "a"}.String())
	assert.Equal(t, "client id b", Entity{ClientID: "b"}.String())
}
