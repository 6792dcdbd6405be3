package ops

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func ptr[T any](v T) *T { return &v }

func TestClientBrokers(t *testing.T) {
	t.Parallel()
	w, admin := newWire(t, 1)
	on(w, func(_ int32, _ *kmsg.DescribeClusterRequest, r *kmsg.DescribeClusterResponse) {
		r.Brokers = []kmsg.DescribeClusterResponseBroker{{NodeID: 2, IsFenced: true}, {NodeID: 1, Rack: ptr("a")}}
	})
	brokers, err := admin.Brokers(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []Broker{{ID: 1, Rack: "a"}, {ID: 2, Fenced: true}}, brokers)
	_, req := last[*kmsg.DescribeClusterRequest](w)
	assert.True(t, req.IncludeFencedBrokers)
	assert.Equal(t, int8(1), req.EndpointType, "brokers, not controllers")

	version, err := admin.MetadataVersion(t.Context())
	require.NoError(t, err)
	assert.Equal(t, int16(30), version)
	levels, err := admin.Levels(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]int16{"metadata.version": 30}, levels)
}

func TestClientPartitions(t *testing.T) {
	t.Parallel()
	w, admin := newWire(t, 1)
	topic := kmsg.NewMetadataResponseTopic()
	topic.Topic, topic.IsInternal = ptr("__consumer_offsets"), true
	topic.Partitions = []kmsg.MetadataResponseTopicPartition{
		{Partition: 1, ErrorCode: kerr.LeaderNotAvailable.Code, Leader: -1, Replicas: []int32{3, 1}, ISR: []int32{3}},
		{Partition: 0, Leader: 1, Replicas: []int32{1, 2}, ISR: []int32{1}},
	}
	w.topics = []kmsg.MetadataResponseTopic{topic}
	partitions, err := admin.Partitions(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []Partition{
		{Topic: "__consumer_offsets", Index: 0, Leader: 1, Replicas: []int32{1, 2}, ISR: []int32{1}},
		{Topic: "__consumer_offsets", Index: 1, Leader: -1, Replicas: []int32{3, 1}, ISR: []int32{3}},
	}, partitions)

	// Who looks twice sees what has changed in between.
	w.mu.Lock()
	w.topics[0].Partitions = topic.Partitions[:1]
	w.mu.Unlock()
	partitions, err = admin.Partitions(t.Context())
	require.NoError(t, err)
	assert.Len(t, partitions, 1)
}

func TestClientLogDirs(t *testing.T) {
	t.Parallel()
	w, admin := newWire(t, 3)
	on(w, func(_ int32, _ *kmsg.DescribeLogDirsRequest, r *kmsg.DescribeLogDirsResponse) {
		dir := kmsg.NewDescribeLogDirsResponseDir()
		dir.Dir, dir.TotalBytes, dir.UsableBytes, dir.IsCordoned = "/data", 8, 7, true
		for _, topic := range []string{"b", "a", "__cluster_metadata"} {
			dir.Topics = append(dir.Topics, kmsg.DescribeLogDirsResponseDirTopic{
				Topic: topic, Partitions: []kmsg.DescribeLogDirsResponseDirTopicPartition{{Partition: 4, Size: 9, IsFuture: topic == "b"}},
			})
		}
		r.Dirs = append(r.Dirs, dir)
	})
	dirs, err := admin.LogDirs(t.Context(), 2)
	require.NoError(t, err)
	assert.Equal(t, []LogDir{{Path: "/data", Total: 8, Free: 7, Cordoned: true, Logs: []Log{{Topic: "a", Index: 4, Size: 9}, {Topic: "b", Index: 4, Size: 9}}}}, dirs)
	node, req := last[*kmsg.DescribeLogDirsRequest](w)
	assert.Equal(t, int32(2), node, "that very broker")
	assert.Equal(t, int16(5), req.Version, "the first with cordons")
	assert.Nil(t, req.Topics)
}

func TestClientReassignments(t *testing.T) {
	t.Parallel()
	w, admin := newWire(t, 1)
	on(w, func(_ int32, _ *kmsg.ListPartitionReassignmentsRequest, r *kmsg.ListPartitionReassignmentsResponse) {
		r.Topics = []kmsg.ListPartitionReassignmentsResponseTopic{{Topic: "a", Partitions: []kmsg.ListPartitionReassignmentsResponseTopicPartition{
			{Partition: 1, Replicas: []int32{1, 2, 3}, AddingReplicas: []int32{1}, RemovingReplicas: []int32{3}},
		}}}
	})
	running, err := admin.Reassignments(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []Reassignment{{Topic: "a", Index: 1, Replicas: []int32{1, 2, 3}, Adding: []int32{1}, Removing: []int32{3}}}, running)
	assert.Equal(t, []int32{1, 2}, running[0].Target())
	_, list := last[*kmsg.ListPartitionReassignmentsRequest](w)
	assert.Nil(t, list.Topics, "all of them")

	on(w, func(_ int32, q *kmsg.AlterPartitionAssignmentsRequest, r *kmsg.AlterPartitionAssignmentsResponse) {
		for _, topic := range q.Topics {
			answer := kmsg.AlterPartitionAssignmentsResponseTopic{Topic: topic.Topic}
			for _, p := range topic.Partitions {
				part := kmsg.AlterPartitionAssignmentsResponseTopicPartition{Partition: p.Partition}
				if p.Replicas == nil {
					part.ErrorCode, part.ErrorMessage = kerr.NoReassignmentInProgress.Code, ptr("over")
				}
				answer.Partitions = append(answer.Partitions, part)
			}
			r.Topics = append(r.Topics, answer)
		}
	})
	results, err := admin.Reassign(t.Context(), []Assignment{{Topic: "b", Index: 0}, {Topic: "a", Index: 1, Replicas: []int32{1, 2}}})
	require.NoError(t, err)
	require.ErrorIs(t, results[0], kerr.NoReassignmentInProgress)
	require.EqualError(t, results[0], `reassign b-0: NO_REASSIGNMENT_IN_PROGRESS: No partition reassignment is in progress. ("over")`)
	require.NoError(t, results[1])
	_, alter := last[*kmsg.AlterPartitionAssignmentsRequest](w)
	assert.False(t, alter.AllowReplicationFactorChange)
	assert.Equal(t, int16(1), alter.Version, "the first that can forbid it")
}

func TestClientConfigs(t *testing.T) {
	t.Parallel()
	w, admin := newWire(t, 3)
	on(w, func(_ int32, q *kmsg.DescribeConfigsRequest, r *kmsg.DescribeConfigsResponse) {
		for _, resource := range q.Resources {
			answer := kmsg.DescribeConfigsResponseResource{ResourceType: resource.ResourceType, ResourceName: resource.ResourceName}
			if resource.ResourceName == "gone" {
				answer.ErrorCode = kerr.UnknownTopicOrPartition.Code
			}
			for _, source := range []kmsg.ConfigSource{kmsg.ConfigSourceDynamicBrokerConfig, kmsg.ConfigSourceDynamicTopicConfig, kmsg.ConfigSourceDynamicDefaultBrokerConfig, kmsg.ConfigSourceStaticBrokerConfig} {
				answer.Configs = append(answer.Configs, kmsg.DescribeConfigsResponseResourceConfig{Name: source.String(), Value: ptr("*"), Source: source})
			}
			r.Resources = append(r.Resources, answer)
		}
	})
	broker, err := admin.BrokerConfig(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"DYNAMIC_BROKER_CONFIG": "*"}, broker, "only what was set for this broker")
	node, _ := last[*kmsg.DescribeConfigsRequest](w)
	assert.Equal(t, int32(1), node)
	topics, err := admin.TopicConfigs(t.Context(), []string{"a", "gone"})
	require.NoError(t, err)
	assert.Equal(t, map[string]map[string]string{"a": {"DYNAMIC_TOPIC_CONFIG": "*"}}, topics)

	on(w, func(_ int32, _ *kmsg.DescribeConfigsRequest, r *kmsg.DescribeConfigsResponse) {
		for topic, least := range map[string]string{"a": "2", "b": "1"} {
			r.Resources = append(r.Resources, kmsg.DescribeConfigsResponseResource{
				ResourceType: kmsg.ConfigResourceTypeTopic, ResourceName: topic,
				Configs: []kmsg.DescribeConfigsResponseResourceConfig{
					{Name: "retention.ms", Value: ptr("x")},
					{Name: "min.insync.replicas", Value: ptr(least), Source: kmsg.ConfigSourceStaticBrokerConfig},
				},
			})
		}
		r.Resources = append(r.Resources, kmsg.DescribeConfigsResponseResource{ResourceName: "gone", ErrorCode: kerr.UnknownTopicOrPartition.Code})
	})
	least, err := admin.MinInSync(t.Context(), []string{"a", "b", "gone"})
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"a": 2, "b": 1}, least, "whoever has set it")

	failure := int16(0)
	on(w, func(_ int32, q *kmsg.IncrementalAlterConfigsRequest, r *kmsg.IncrementalAlterConfigsResponse) {
		for _, resource := range q.Resources {
			r.Resources = append(r.Resources, kmsg.IncrementalAlterConfigsResponseResource{ResourceType: resource.ResourceType, ResourceName: resource.ResourceName, ErrorCode: failure})
		}
	})
	require.NoError(t, admin.AlterBroker(t.Context(), 2, map[string]string{cordonKey: all}))
	node, set := last[*kmsg.IncrementalAlterConfigsRequest](w)
	assert.Equal(t, int32(2), node, "brokers refuse what is for another one")
	assert.Equal(t, kmsg.IncrementalAlterConfigOpSet, set.Resources[0].Configs[0].Op)
	assert.Equal(t, all, *set.Resources[0].Configs[0].Value)
	require.NoError(t, admin.AlterBroker(t.Context(), 2, map[string]string{cordonKey: ""}))
	_, set = last[*kmsg.IncrementalAlterConfigsRequest](w)
	assert.Equal(t, kmsg.IncrementalAlterConfigOpDelete, set.Resources[0].Configs[0].Op)
	failure = kerr.InvalidConfig.Code
	require.ErrorIs(t, admin.AlterBroker(t.Context(), 2, map[string]string{cordonKey: all}), kerr.InvalidConfig)
	failure = kerr.UnknownTopicOrPartition.Code
	require.NoError(t, admin.AlterTopic(t.Context(), "gone", map[string]string{listKeys[0]: ""}))
}

func TestClientLeadersAndRegistrations(t *testing.T) {
	t.Parallel()
	w, admin := newWire(t, 1)
	require.NoError(t, admin.ElectPreferred(t.Context(), nil))
	require.Empty(t, w.asked, "no partition means all to Kafka, and here it means none")
	code := kerr.PreferredLeaderNotAvailable.Code
	on(w, func(_ int32, _ *kmsg.ElectLeadersRequest, r *kmsg.ElectLeadersResponse) {
		r.Topics = []kmsg.ElectLeadersResponseTopic{{Topic: "a", Partitions: []kmsg.ElectLeadersResponseTopicPartition{{ErrorCode: code}}}}
	})
	require.NoError(t, admin.ElectPreferred(t.Context(), []Partition{{Topic: "a"}}))
	code = kerr.PolicyViolation.Code
	require.ErrorIs(t, admin.ElectPreferred(t.Context(), []Partition{{Topic: "a"}}), kerr.PolicyViolation)

	code = kerr.BrokerIDNotRegistered.Code
	on(w, func(_ int32, _ *kmsg.UnregisterBrokerRequest, r *kmsg.UnregisterBrokerResponse) { r.ErrorCode = code })
	require.NoError(t, admin.Unregister(t.Context(), 3))
	code = kerr.ClusterAuthorizationFailed.Code
	require.ErrorIs(t, admin.Unregister(t.Context(), 3), kerr.ClusterAuthorizationFailed)
	_, req := last[*kmsg.UnregisterBrokerRequest](w)
	assert.Equal(t, int32(3), req.BrokerID)
}

func TestClientForgetsControllers(t *testing.T) {
	t.Parallel()
	w, admin := newWire(t, 1)
	code := kerr.ControllerIDNotRegistered.Code
	on(w, func(_ int32, _ *kmsg.UnregisterControllerRequest, r *kmsg.UnregisterControllerResponse) {
		r.ErrorCode, r.ErrorMessage = code, ptr("why")
	})
	require.NoError(t, admin.UnregisterController(t.Context(), 1003))
	_, req := last[*kmsg.UnregisterControllerRequest](w)
	assert.Equal(t, int32(1003), req.ControllerID)
	code = kerr.UnsupportedVersion.Code
	err := admin.UnregisterController(t.Context(), 1003)
	require.ErrorIs(t, err, kerr.UnsupportedVersion)
	require.ErrorContains(t, err, "unregister controller 1003")
}

func TestClientQuorum(t *testing.T) {
	t.Parallel()
	w, admin := newWire(t, 1)
	on(w, func(_ int32, q *kmsg.DescribeQuorumRequest, r *kmsg.DescribeQuorumResponse) {
		r.Topics = []kmsg.DescribeQuorumResponseTopic{{Topic: q.Topics[0].Topic, Partitions: []kmsg.DescribeQuorumResponseTopicPartition{{
			LeaderID: 1000,
			CurrentVoters: []kmsg.DescribeQuorumResponseTopicPartitionReplicaState{
				{ReplicaID: 1001, LogEndOffset: 5, LastCaughtUpTimestamp: 8, ReplicaDirectoryID: [16]byte{1}}, {ReplicaID: 1000, LogEndOffset: 9, LastCaughtUpTimestamp: 9},
			},
			Observers: []kmsg.DescribeQuorumResponseTopicPartitionReplicaState{{ReplicaID: 1002, LogEndOffset: -1, LastCaughtUpTimestamp: -1}},
		}}}}
		r.Nodes = []kmsg.DescribeQuorumResponseNode{
			{NodeID: 1000, Listeners: []kmsg.DescribeQuorumResponseNodeListener{{Name: "CONTROLLER", Host: "kafka-0.svc", Port: 9093}}}, {NodeID: 1001},
		}
	})
	q, err := admin.Quorum(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Quorum{
		Leader:    1000,
		Voters:    []Voter{{ID: 1000, End: 9, CaughtUp: 9, Host: "kafka-0.svc:9093", Listeners: []string{"CONTROLLER"}}, {ID: 1001, End: 5, CaughtUp: 8, Directory: [16]byte{1}}},
		Observers: []Voter{{ID: 1002, End: -1, CaughtUp: -1}},
	}, q)

	code := kerr.VoterNotFound.Code
	on(w, func(_ int32, _ *kmsg.RemoveRaftVoterRequest, r *kmsg.RemoveRaftVoterResponse) {
		r.ErrorCode, r.ErrorMessage = code, ptr("why")
	})
	require.NoError(t, admin.RemoveVoter(t.Context(), q.Voters[1]))
	_, req := last[*kmsg.RemoveRaftVoterRequest](w)
	assert.Equal(t, int32(1001), req.VoterID)
	assert.Equal(t, [16]byte{1}, req.VoterDirectoryID)
	code = kerr.RequestTimedOut.Code
	err = admin.RemoveVoter(t.Context(), q.Voters[1])
	require.ErrorContains(t, err, `remove voter 1001: REQUEST_TIMED_OUT`)
	require.ErrorContains(t, err, `("why")`)
	assert.True(t, Passes(err))
}
