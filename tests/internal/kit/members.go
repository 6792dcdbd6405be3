package kit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Held are the partitions with a replica on one of these brokers, Kafka's own among them.
func Held(t *testing.T, client *kgo.Client, brokers ...int32) []string {
	t.Helper()
	var found []string
	topics(t, client).EachPartition(func(p kadm.PartitionDetail) {
		if slices.ContainsFunc(p.Replicas, func(id int32) bool { return slices.Contains(brokers, id) }) {
			found = append(found, fmt.Sprintf("%s-%d", p.Topic, p.Partition))
		}
	})
	return found
}

// MustBeTidy waits until no replica is on its way; nothing of a move must be left then, no
// cordon and no throttle.
func MustBeTidy(t *testing.T, client *kgo.Client, brokers ...int32) {
	t.Helper()
	admin := kadm.NewClient(client)
	Eventually(t, time.Minute, "nothing is on its way", func() error {
		moving, err := admin.ListPartitionReassignments(t.Context(), topics(t, client).TopicsSet())
		if err == nil && len(moving.Sorted()) > 0 {
			err = fmt.Errorf("%v", moving)
		}
		return err
	})
	for _, broker := range brokers {
		configs, err := admin.DescribeBrokerConfigs(t.Context(), broker)
		require.NoError(t, err)
		for _, config := range configs[0].Configs {
			left := config.Key == "cordoned.log.dirs" || strings.HasSuffix(config.Key, "replication.throttled.rate")
			assert.False(t, left && config.MaybeValue() != "" && config.Source.String() == "DYNAMIC_BROKER_CONFIG",
				"broker %d: %s=%s is left", broker, config.Key, config.MaybeValue())
		}
	}
	for _, topic := range answer(t, func() (kadm.ResourceConfigs, error) {
		return admin.DescribeTopicConfigs(t.Context(), topics(t, client).Names()...)
	}) {
		for _, config := range topic.Configs {
			assert.False(t, strings.HasSuffix(config.Key, "replication.throttled.replicas") && config.MaybeValue() != "",
				"topic %s: %s=%s is left", topic.Name, config.Key, config.MaybeValue())
		}
	}
}

// TheQuorum is what the controllers say of themselves, once they are reached.
func TheQuorum(t *testing.T, client *kgo.Client) Quorum {
	t.Helper()
	return answer(t, func() (Quorum, error) { return DescribeQuorum(t.Context(), client) })
}

func topics(t *testing.T, client *kgo.Client) kadm.TopicDetails {
	t.Helper()
	return answer(t, func() (kadm.TopicDetails, error) { return kadm.NewClient(client).ListTopicsWithInternal(t.Context()) })
}

// answer asks until there is one: a client may know a broker yet that has just gone.
func answer[T any](t *testing.T, ask func() (T, error)) T {
	t.Helper()
	var got T
	var err error
	require.Eventually(t, func() bool { got, err = ask(); return err == nil }, 30*time.Second, 100*time.Millisecond, "Kafka does not answer")
	return got
}

// Registered are the ids of the brokers that Kafka knows, all of which serve.
func Registered(t *testing.T, client *kgo.Client) []int32 {
	t.Helper()
	var ids []int32
	Eventually(t, 30*time.Second, "all brokers serve", func() error {
		brokers, err := Brokers(t.Context(), client)
		ids = nil
		for _, broker := range brokers {
			if ids = append(ids, broker.ID); broker.Fenced {
				err = fmt.Errorf("broker %d is fenced", broker.ID)
			}
		}
		return err
	})
	slices.Sort(ids)
	return ids
}
