package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

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
		w.slowBrokers[id] = true
		if err := w.try(ctx, func(ctx context.Context) error {
			return w.AlterBroker(ctx, id, map[string]string{rateKeys[0]: rate, rateKeys[1]: rate})
		}); err != nil {
			return err
		}
	}
	for _, topic := range keys(senders) {
		w.slowTopics[topic] = true
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
// replicas ("*"), keeps that, and then so do the brokers. A broker that is away keeps its rate,
// which counts for nothing without a topic's list.
func (w *worker) unthrottle(ctx context.Context) error {
	return w.try(ctx, func(ctx context.Context) error {
		s, err := w.glance(ctx)
		if err != nil {
			return err
		}
		configs, err := w.TopicConfigs(ctx, s.topics())
		if err != nil {
			return err
		}
		var problems []error // one that fails must not keep the others throttled
		for _, topic := range keys(configs) {
			if anySet(configs[topic], listKeys) && !byHand(configs[topic]) {
				problems = append(problems, w.AlterTopic(ctx, topic, unset(listKeys)))
			}
		}
		if len(throttledByHand(configs)) > 0 {
			return errors.Join(problems...)
		}
		for _, id := range s.awakeIDs() {
			values, err := w.BrokerConfig(ctx, id)
			if err == nil && anySet(values, rateKeys) {
				err = w.AlterBroker(ctx, id, unset(rateKeys))
			}
			problems = append(problems, err)
		}
		return errors.Join(problems...)
	})
}

// lastWords is how long a call that was told to stop still has, to take its throttle away.
const lastWords = 15 * time.Second

// leave is the end of a call, however it ends: what it has throttled no longer is. It does not
// ask first, since a broker that has just been told may not know it yet.
func (w *worker) leave(ctx context.Context, why error) error {
	if len(w.slowBrokers)+len(w.slowTopics) == 0 {
		return why
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer stop()
	err := w.try(ctx, func(ctx context.Context) error {
		brokers, err := w.Brokers(ctx)
		if err != nil {
			return err
		}
		var problems []error
		for _, topic := range keys(w.slowTopics) {
			problems = append(problems, w.AlterTopic(ctx, topic, unset(listKeys)))
		}
		for _, b := range brokers {
			if w.slowBrokers[b.ID] && !b.Fenced {
				problems = append(problems, w.AlterBroker(ctx, b.ID, unset(rateKeys)))
			}
		}
		return errors.Join(problems...)
	})
	if err != nil {
		err = fmt.Errorf("replicas are still throttled, until the next call takes that away: %w", err)
	}
	return errors.Join(why, err)
}

func unset(keys []string) map[string]string {
	values := map[string]string{}
	for _, key := range keys {
		values[key] = ""
	}
	return values
}

// throttleReasons says why no throttle can be set, if one is wished.
func (w *worker) throttleReasons(ctx context.Context, s world) ([]string, error) {
	if w.pace.Throttle == 0 {
		return nil, nil
	}
	var configs map[string]map[string]string
	if err := w.try(ctx, func(ctx context.Context) (err error) {
		configs, err = w.TopicConfigs(ctx, s.topics())
		return err
	}); err != nil {
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
