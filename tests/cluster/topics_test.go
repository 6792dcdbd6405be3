package cluster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// topicsAndQuotas is the life of topics and of a quota in the configuration. A topic and the quota
// stay in it, so that later a destroy, and an up on the records that it left, meet them.
func (w *separated) topicsAndQuotas(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	admin := ops.NewTopicAdmin(client)
	before := w.UIDs(t, w.All()...)
	is := func(name string) ops.Topic {
		t.Helper()
		found, err := admin.FindTopic(t.Context(), name)
		require.NoError(t, err)
		require.NotNil(t, found, name)
		return *found
	}

	// Two topics and a quota.
	w.Set(t, kit.Config{
		"topics.made.partitions": "3", `topics.made.configs["retention.ms"]`: "3600000",
		`topics["made.too"].deletionProtection`: "false", `topics["made.too"].configs["cleanup.policy"]`: "compact, delete",
		"quotas.readers.clientId": "reader", "quotas.readers.consumerByteRate": "10Mi",
	})
	w.MustUp(t)
	assert.Equal(t, ops.Topic{Partitions: 3, Replicas: 3, Configs: map[string]string{"retention.ms": "3600000"}}, is("made"))
	assert.Equal(t, int32(3), is("made.too").Replicas, "the cluster's default")
	assert.Equal(t, map[string]string{"cleanup.policy": "compact,delete"}, is("made.too").Configs, "as Kafka writes it")
	limits, err := admin.Quota(t.Context(), ops.Entity{ClientID: "reader"})
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{"consumer_byte_rate": 10 << 20}, limits)
	w.MustChangeNothing(t)
	_, err = w.Refresh(t.Context())
	require.NoError(t, err)
	w.MustChangeNothing(t)

	// Records stay, whatever of the topic changes.
	books := ledger.New("made")
	require.NoError(t, books.Write(t.Context(), client, 300))
	w.Set(t, kit.Config{"topics.made.partitions": "6", `topics.made.configs["retention.ms"]`: "", `topics.made.configs["max.message.bytes"]`: "2000000"})
	w.MustUp(t)
	assert.Equal(t, ops.Topic{Partitions: 6, Replicas: 3, Configs: map[string]string{"max.message.bytes": "2000000"}}, is("made"))
	w.MustChangeNothing(t)
	w.Kafka.MustReadBack(t, w.Bootstrap, books)

	w.refusedTopics(t, client)
	assert.Equal(t, int32(6), is("made").Partitions)

	// What a hand does is seen and taken back, and what is not spoken of is let alone.
	require.NoError(t, admin.ConfigureTopic(t.Context(), "made", map[string]string{"max.message.bytes": "5", "flush.ms": "1000"}, nil, false))
	require.NoError(t, admin.DeleteTopic(t.Context(), "made.too"))
	_, err = w.Refresh(t.Context())
	require.NoError(t, err)
	w.MustUp(t)
	assert.Equal(t, map[string]string{"max.message.bytes": "2000000", "flush.ms": "1000"}, is("made").Configs)
	is("made.too")
	w.MustChangeNothing(t)

	// Protection holds until it is taken away.
	w.Set(t, kit.Config{"topics.made": "", `topics["made.too"]`: ""})
	_, err = w.TryUp(t)
	require.ErrorContains(t, err, "topic made is protected: its records would go with it")
	is("made")
	w.Set(t, kit.Config{
		"topics.made.partitions": "6", `topics.made.configs["max.message.bytes"]`: "2000000",
	})
	w.MustUp(t)
	kit.Eventually(t, 10*time.Second, "the one without protection is gone", func() error {
		if gone, err := admin.FindTopic(t.Context(), "made.too"); err != nil || gone != nil {
			return fmt.Errorf("it is %v, %w", gone, err)
		}
		return nil
	})

	w.Set(t, kit.Config{"quotas.readers.consumerByteRate": "", "quotas.readers.producerByteRate": "1Mi"})
	w.MustUp(t)
	limits, err = admin.Quota(t.Context(), ops.Entity{ClientID: "reader"})
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{"producer_byte_rate": 1 << 20}, limits)
	w.MustChangeNothing(t)
	w.Kafka.MustReadBack(t, w.Bootstrap, books)
	assert.Equal(t, before, w.UIDs(t, w.All()...), "no pod had to be restarted")
	w.manyTopics(t, client)
}

// refusedTopics: the preview knows, and nothing is changed.
func (w *separated) refusedTopics(t *testing.T, client *kgo.Client) {
	kit.CreateTopic(t, client, "by.hand", 2, 3)
	for _, c := range []struct {
		set  kit.Config
		back kit.Config
		says string
	}{
		{kit.Config{"topics.made.partitions": "2"}, kit.Config{"topics.made.partitions": "6"}, "it has 6 partitions, and Kafka never makes them less"},
		{kit.Config{"topics.made.replicationFactor": "2"}, kit.Config{"topics.made.replicationFactor": ""}, "it has 3 replicas of each partition, and replicationFactor says 2"},
		{kit.Config{`topics.made.configs["retention.msec"]`: "1"}, kit.Config{`topics.made.configs["retention.msec"]`: ""}, "retention.msec"},
		{kit.Config{`topics["by.hand"].partitions`: "3"}, kit.Config{`topics["by.hand"]`: ""}, "topic by.hand exists already, and is somebody else's"},
		{kit.Config{`topics.by_hand.partitions`: "3"}, kit.Config{`topics.by_hand`: ""}, "collides with existing topic"},
	} {
		w.Set(t, c.set)
		_, err := w.Steps(t)
		require.ErrorContains(t, err, c.says, "in the preview")
		_, err = w.TryUp(t)
		require.ErrorContains(t, err, c.says)
		w.Set(t, c.back)
	}
	w.MustChangeNothing(t)
}

// manyTopics: thirty of them are made side by side, and cost an up without changes little.
func (w *separated) manyTopics(t *testing.T, client *kgo.Client) {
	const many = 30 // two hundred take 45 s: Pulumi writes its state after each
	quiet := func() time.Duration {
		begin := time.Now()
		w.MustUp(t)
		return time.Since(begin)
	}
	without := quiet()
	set, paths := auto.ConfigMap{}, &auto.ConfigOptions{Path: true} // all in one call
	var names, keys []string
	for i := range many {
		name := fmt.Sprintf("many-%d", i)
		names, keys = append(names, name), append(keys, stacks.Namespace+":topics."+name)
		set[keys[i]+".deletionProtection"] = auto.ConfigValue{Value: "false"}
	}
	require.NoError(t, w.SetAllConfigWithOptions(t.Context(), set, paths))
	begin := time.Now()
	w.MustUp(t)
	made := time.Since(begin)
	found, err := kadm.NewClient(client).ListTopics(t.Context(), names...)
	require.NoError(t, err)
	require.NoError(t, found.Error())
	again := quiet()
	t.Logf("%d topics: made in %s; an up without changes takes %s with them, %s without",
		many, made.Round(time.Millisecond), again.Round(time.Millisecond), without.Round(time.Millisecond))
	require.NoError(t, w.RemoveAllConfigWithOptions(t.Context(), keys, paths))
	w.MustUp(t)
	left, err := kadm.NewClient(client).ListTopics(t.Context())
	require.NoError(t, err)
	for _, name := range left.Names() {
		assert.False(t, strings.HasPrefix(name, "many-"), "%s is left", name)
	}
}
