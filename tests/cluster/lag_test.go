package cluster

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

const lateGroup = "late"

// lag makes a group that has read some records of a topic and not others: one broker tells just
// that, the others nothing of it. end takes topic and group away again.
func (w *separated) lag(t *testing.T) (end func()) {
	const topic = "lagging"
	client := w.Client(t, w.Bootstrap, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	kit.CreateTopic(t, client, topic, 2, 3)
	var records []*kgo.Record
	for partition, count := range []int{100, 40} {
		for i := range count {
			records = append(records, &kgo.Record{Topic: topic, Partition: int32(partition), Value: []byte(fmt.Sprint(i))})
		}
	}
	require.NoError(t, client.ProduceSync(t.Context(), records...).FirstErr())
	admin := kadm.NewClient(client)
	commit := func(first, second int64) {
		offsets := kadm.Offsets{}
		offsets.AddOffset(topic, 0, first, -1)
		offsets.AddOffset(topic, 1, second, -1)
		require.NoError(t, admin.CommitAllOffsets(t.Context(), lateGroup, offsets))
	}
	commit(30, 40)
	w.mustTellLag(t, map[string]string{
		`kafka_consumergroup_lag{consumergroup="late",topic="lagging",partition="0"}`:            "70",
		`kafka_consumergroup_lag{consumergroup="late",topic="lagging",partition="1"}`:            "0",
		`kafka_consumergroup_lag_sum{consumergroup="late",topic="lagging"}`:                      "70",
		`kafka_consumergroup_current_offset{consumergroup="late",topic="lagging",partition="0"}`: "30",
		`kafka_consumergroup_current_offset{consumergroup="late",topic="lagging",partition="1"}`: "40",
		`kafka_consumergroup_members{consumergroup="late"}`:                                      "0",
	})
	commit(100, 40)
	w.mustTellLag(t, map[string]string{
		`kafka_consumergroup_lag{consumergroup="late",topic="lagging",partition="0"}`:            "0",
		`kafka_consumergroup_lag{consumergroup="late",topic="lagging",partition="1"}`:            "0",
		`kafka_consumergroup_lag_sum{consumergroup="late",topic="lagging"}`:                      "0",
		`kafka_consumergroup_current_offset{consumergroup="late",topic="lagging",partition="0"}`: "100",
		`kafka_consumergroup_current_offset{consumergroup="late",topic="lagging",partition="1"}`: "40",
		`kafka_consumergroup_members{consumergroup="late"}`:                                      "0",
	})
	return func() {
		_, err := admin.DeleteGroups(t.Context(), lateGroup)
		require.NoError(t, err)
		_, err = admin.DeleteTopics(t.Context(), topic)
		require.NoError(t, err)
	}
}

// mustTellLag waits until the brokers together tell these samples of the group, each once, and no others.
func (w *separated) mustTellLag(t *testing.T, want map[string]string) {
	t.Helper()
	kit.Eventually(t, time.Minute, "the group's lag", func() error {
		got := map[string]string{}
		for _, pod := range w.Brokers {
			text, err := w.scrape(t.Context(), pod, ofAgent)
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(text)) {
				if !strings.Contains(line, `consumergroup="`+lateGroup+`"`) {
					continue
				}
				series, value, _ := strings.Cut(strings.TrimSpace(line), " ")
				if got[series] != "" {
					return fmt.Errorf("two brokers tell %s", series)
				}
				got[series] = value
			}
		}
		if !maps.Equal(got, want) {
			return fmt.Errorf("told are %v", got)
		}
		return nil
	})
}
