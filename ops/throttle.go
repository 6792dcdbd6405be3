package ops

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// Kafka throttles replicas by a rate of each broker and by a list in each topic of whom it
// counts for, "partition:broker,…" (KIP-73, QuotaConfig). Both stay until somebody takes them
// away, and then hold back replicas that only want to catch up.
var (
	rateKeys = []string{"leader.replication.throttled.rate", "follower.replication.throttled.rate"}
	listKeys = []string{"leader.replication.throttled.replicas", "follower.replication.throttled.replicas"}
)

// throttle makes a rate count for these moves and for no other replicas.
func (w *worker) throttle(ctx context.Context, awake []int32, moves []placement.Move) error {
	senders, takers := map[string][]string{}, map[string][]string{}
	concerned := map[int32]bool{}
	for _, m := range moves {
		for _, id := range m.From {
			senders[m.Topic] = append(senders[m.Topic], fmt.Sprintf("%d:%d", m.Index, id))
			concerned[id] = true
		}
		for _, id := range m.Added() {
			takers[m.Topic] = append(takers[m.Topic], fmt.Sprintf("%d:%d", m.Index, id))
			concerned[id] = true
		}
	}
	rate := strconv.FormatInt(w.pace.Throttle, 10)
	for _, id := range awake {
		if !concerned[id] {
			continue
		}
		if err := w.try(ctx, func(ctx context.Context) error {
			return w.AlterBroker(ctx, id, map[string]string{rateKeys[0]: rate, rateKeys[1]: rate})
		}); err != nil {
			return err
		}
	}
	for _, topic := range keys(senders) {
		if err := w.try(ctx, func(ctx context.Context) error {
			return w.AlterTopic(ctx, topic, map[string]string{
				listKeys[0]: strings.Join(senders[topic], ","), listKeys[1]: strings.Join(takers[topic], ","),
			})
		}); err != nil {
			return err
		}
	}
	return nil
}

// unthrottle takes every throttle away that a reassignment can have left behind, as Kafka's own
// kafka-reassign-partitions.sh --verify does. A topic that was throttled by hand, for all its
// replicas ("*"), keeps that, and then so do the brokers. It reports whether there was any.
func (w *worker) unthrottle(ctx context.Context, s world) (bool, error) {
	configs, err := w.topicConfigs(ctx, s)
	if err != nil {
		return false, err
	}
	had := false
	for _, topic := range keys(configs) {
		if !anySet(configs[topic], listKeys) || byHand(configs[topic]) {
			continue
		}
		had = true
		if err := w.try(ctx, func(ctx context.Context) error {
			return w.AlterTopic(ctx, topic, map[string]string{listKeys[0]: "", listKeys[1]: ""})
		}); err != nil {
			return had, err
		}
	}
	if len(throttledByHand(configs)) > 0 {
		return had, nil
	}
	for _, b := range s.brokers {
		if b.Fenced {
			continue
		}
		err := w.try(ctx, func(ctx context.Context) error {
			values, err := w.BrokerConfig(ctx, b.ID)
			if err != nil || !anySet(values, rateKeys) {
				return err
			}
			had = true
			return w.AlterBroker(ctx, b.ID, map[string]string{rateKeys[0]: "", rateKeys[1]: ""})
		})
		if err != nil {
			return had, err
		}
	}
	return had, nil
}

func (w *worker) topicConfigs(ctx context.Context, s world) (map[string]map[string]string, error) {
	var topics []string
	for _, p := range s.partitions {
		if len(topics) == 0 || topics[len(topics)-1] != p.Topic {
			topics = append(topics, p.Topic)
		}
	}
	var configs map[string]map[string]string
	err := w.try(ctx, func(ctx context.Context) (err error) {
		configs, err = w.TopicConfigs(ctx, topics)
		return err
	})
	return configs, err
}

// throttleReasons says why no throttle can be set, if one is wished.
func (w *worker) throttleReasons(ctx context.Context, s world) ([]string, error) {
	if w.pace.Throttle == 0 {
		return nil, nil
	}
	configs, err := w.topicConfigs(ctx, s)
	if err != nil {
		return nil, err
	}
	topics := throttledByHand(configs)
	if len(topics) == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("topics %s are throttled by hand (%s or %s is *): take that away, or set no throttle",
		strings.Join(topics, ", "), listKeys[0], listKeys[1])}, nil
}

// throttledByHand are the topics with a throttle that is not a reassignment's.
func throttledByHand(configs map[string]map[string]string) []string {
	return slices.DeleteFunc(keys(configs), func(topic string) bool { return !byHand(configs[topic]) })
}

func byHand(config map[string]string) bool {
	return slices.ContainsFunc(listKeys, func(key string) bool { return config[key] == "*" })
}

func anySet(config map[string]string, of []string) bool {
	return slices.ContainsFunc(of, func(key string) bool { return config[key] != "" })
}

func keys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for key := range m {
		names = append(names, key)
	}
	slices.Sort(names)
	return names
}
