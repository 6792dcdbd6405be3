package faults_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

// defaults grows a cluster of one broker to three: what the preview says of
// min.insync.replicas is what Kafka does, and its own topics follow.
func defaults(t *testing.T, seen *proof.Result) {
	w := kit.NewKafka(t, "defaults", "ci", kit.Config{"brokers": "1", "controllers": "1", "external.type": "", "external.host": "", "external.basePort": ""})
	bootstrap := kit.Text(t, w.MustUp(t), "bootstrapServers")
	client := w.Client(t, bootstrap)
	kit.CreateTopic(t, client, "single", 1, 1)
	kit.CreateTopic(t, client, "transactions", 1, 1)
	books := ledger.New("single")
	require.NoError(t, books.Write(t.Context(), client, 10))
	group := w.Client(t, bootstrap, kgo.ConsumerGroup("g"), kgo.ConsumeTopics("single"))
	require.NoError(t, group.PollFetches(t.Context()).Err())
	require.NoError(t, group.CommitUncommittedOffsets(t.Context()))
	group.Close()
	producer := w.Client(t, bootstrap, kgo.TransactionalID("t"))
	require.NoError(t, producer.BeginTransaction())
	require.NoError(t, producer.ProduceSync(t.Context(), &kgo.Record{Topic: "transactions"}).FirstErr())
	require.NoError(t, producer.EndTransaction(t.Context(), kgo.TryCommit))
	producer.Close()
	assert.Equal(t, "1", topicMinISR(t, client, "__transaction_state"))
	assert.Equal(t, "1", clusterMinISR(t, w))

	w.Set(t, kit.Config{"brokers": "3"})
	w.MustUp(t)
	assert.Equal(t, "2", clusterMinISR(t, w), "derived from three brokers")
	client = w.Client(t, bootstrap)
	topics, err := kadm.NewClient(client).ListTopicsWithInternal(t.Context(), "__consumer_offsets")
	require.NoError(t, err)
	for _, p := range topics["__consumer_offsets"].Partitions.Sorted() {
		assert.Len(t, p.Replicas, 3, "partition %d of Kafka's own topic", p.Partition)
	}
	assert.Equal(t, "2", topicMinISR(t, client, "__consumer_offsets"), "Kafka's own topic got its replicas first and needs no exception")
	assert.Equal(t, "2", topicMinISR(t, client, "__transaction_state"), "the minimum that it was made with")
	assert.Equal(t, "1", topicMinISR(t, client, "single"))
	require.NoError(t, books.Write(t.Context(), client, 10), "a topic with one replica goes on, acks=all")
	w.MustReadBack(t, bootstrap, books)
	seen.Records = books.Verdict().Read

	w.Set(t, kit.Config{"minInSyncReplicas": "1"})
	w.MustUp(t)
	assert.Equal(t, "1", clusterMinISR(t, w))
	assert.Equal(t, "1", topicMinISR(t, w.Client(t, bootstrap), "__transaction_state"))
}

// topicMinISR is what counts for a topic.
func topicMinISR(t *testing.T, client *kgo.Client, topic string) string {
	t.Helper()
	configs, err := kadm.NewClient(client).DescribeTopicConfigs(t.Context(), topic)
	require.NoError(t, err)
	found, err := configs.On(topic, nil)
	require.NoError(t, err)
	require.NoError(t, found.Err)
	for _, c := range found.Configs {
		if c.Key == "min.insync.replicas" {
			t.Logf("%s: %s, %s", topic, c.MaybeValue(), c.Source)
			return c.MaybeValue()
		}
	}
	return ""
}

// clusterMinISR is the default that the controllers keep, which wins over files.
func clusterMinISR(t *testing.T, w *kit.Kafka) string {
	t.Helper()
	var out string
	kit.Eventually(t, time.Minute, "the cluster's defaults", func() (err error) {
		out, err = w.Exec(t.Context(), "ci-kafka-broker-0", "kafka-configs.sh", "--bootstrap-server", "localhost:9092",
			"--describe", "--entity-type", "brokers", "--entity-default")
		return err
	})
	_, rest, found := strings.Cut(out, "min.insync.replicas=")
	require.True(t, found, "%s", out)
	return rest[:1]
}
