// Package defaults makes a running Kafka's own defaults what the configuration says.
//
// Since Kafka 4.1 a new cluster writes min.insync.replicas into its metadata when it is
// formed (KIP-966, ActivationRecordsGenerator), as a default of all brokers. It wins over
// server.properties from then on, so a changed file changes nothing. And Kafka's internal
// topics keep for ever the replication factor that they were made with.
package defaults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Wanted are the defaults that the configuration asks for.
type Wanted struct {
	// MinInSync is min.insync.replicas, Replication the factor of Kafka's own topics.
	MinInSync, Replication int
}

const minInSync = "min.insync.replicas"

// ByHand is what to type in a pod where Keep cannot do it.
func (w Wanted) ByHand() string {
	return fmt.Sprintf("kafka-configs.sh --bootstrap-server localhost:9092 --alter --entity-type brokers --entity-default --add-config %s=%d", minInSync, w.MinInSync)
}

// Keep brings a running Kafka to what is wanted, and does nothing where it is so already.
// Kafka's internal topics get replicas that they lack. A topic with fewer replicas than
// the new minimum goes on as before by a value of its own, since all its producers would
// be refused, and is named to warn. ctx bounds all of it.
func Keep(ctx context.Context, client *kgo.Client, want Wanted, progress, warn func(string)) error {
	topics, brokers, err := describe(ctx, client)
	if err != nil {
		return err
	}
	raised, err := raise(ctx, client, topics, brokers, want.Replication, progress)
	if err != nil {
		return err
	}
	if raised {
		// From here on the replicas count that the topics have now.
		if topics, _, err = describe(ctx, client); err != nil {
			return err
		}
	}
	if err := follow(ctx, client, topics, want.MinInSync, progress); err != nil {
		return err
	}
	now, source, err := value(ctx, client, kmsg.ConfigResourceTypeBroker, "")
	if err != nil {
		return err
	}
	has, err := strconv.Atoi(now)
	if source != kmsg.ConfigSourceDynamicDefaultBrokerConfig || err != nil || has == want.MinInSync {
		return nil //nolint:nilerr // without a default in the metadata, server.properties counts
	}
	if want.MinInSync > has {
		if err := protect(ctx, client, topics, has, want.MinInSync, warn); err != nil {
			return err
		}
	}
	if err := set(ctx, client, kmsg.ConfigResourceTypeBroker, "", want.MinInSync); err != nil {
		return err
	}
	progress(fmt.Sprintf("%s of the cluster: %d -> %d", minInSync, has, want.MinInSync))
	return nil
}

// follow gives Kafka's internal topics that have a minimum of their own the one that is
// wanted: those of transactions and of share groups are made with transaction.state.log.min.isr
// and share.coordinator.state.topic.min.isr of that day, which no later value changes.
func follow(ctx context.Context, client *kgo.Client, topics []topic, want int, progress func(string)) error {
	for _, t := range topics {
		if !t.internal || t.replicas() == 0 {
			continue
		}
		now, source, err := value(ctx, client, kmsg.ConfigResourceTypeTopic, t.name)
		if err != nil {
			return err
		}
		to := min(want, t.replicas())
		if source != kmsg.ConfigSourceDynamicTopicConfig || now == strconv.Itoa(to) {
			continue
		}
		if err := set(ctx, client, kmsg.ConfigResourceTypeTopic, t.name, to); err != nil {
			return err
		}
		progress(fmt.Sprintf("%s of %s: %s -> %d", minInSync, t.name, now, to))
	}
	return nil
}

// protect keeps topics with fewer replicas than the new minimum as they are.
func protect(ctx context.Context, client *kgo.Client, topics []topic, has, want int, warn func(string)) error {
	var kept []string
	for _, t := range topics {
		if t.replicas() == 0 || t.replicas() >= want {
			continue // none: it is being made or deleted
		}
		_, source, err := value(ctx, client, kmsg.ConfigResourceTypeTopic, t.name)
		if err != nil {
			return err
		}
		if source == kmsg.ConfigSourceDynamicTopicConfig {
			continue // it says for itself
		}
		if err := set(ctx, client, kmsg.ConfigResourceTypeTopic, t.name, min(has, t.replicas())); err != nil {
			return err
		}
		kept = append(kept, t.name)
	}
	if len(kept) > 0 {
		warn(fmt.Sprintf("topics with fewer than %d replicas go on with a %s of their own: %s; kafka-reassign-partitions.sh gives them more, then kafka-configs.sh --delete-config %s",
			want, minInSync, strings.Join(kept, ", "), minInSync))
	}
	return nil
}

// raise gives Kafka's internal topics the replicas that they lack, waits for them, and
// reports whether there were any.
func raise(ctx context.Context, client *kgo.Client, topics []topic, brokers []int32, want int, progress func(string)) (bool, error) {
	request := kmsg.NewPtrAlterPartitionAssignmentsRequest()
	request.TimeoutMillis = 30_000
	var names []string
	for _, t := range topics {
		if !t.internal || t.replicas() >= min(want, len(brokers)) {
			continue
		}
		asked := kmsg.NewAlterPartitionAssignmentsRequestTopic()
		asked.Topic = t.name
		for number, replicas := range t.partitions {
			p := kmsg.NewAlterPartitionAssignmentsRequestTopicPartition()
			p.Partition, p.Replicas = number, more(number, replicas, brokers, want)
			asked.Partitions = append(asked.Partitions, p)
		}
		request.Topics = append(request.Topics, asked)
		names = append(names, t.name)
	}
	if len(names) == 0 {
		return false, nil
	}
	progress(fmt.Sprintf("more replicas for Kafka's own topics: %s", strings.Join(names, ", ")))
	response, err := request.RequestWith(ctx, client)
	if err == nil {
		err = kerr.ErrorForCode(response.ErrorCode)
	}
	if err != nil {
		return false, fmt.Errorf("replicas of %s: %w", strings.Join(names, ", "), err)
	}
	for _, t := range response.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return false, fmt.Errorf("replicas of %s-%d: %w", t.Topic, p.Partition, err)
			}
		}
	}
	return true, settled(ctx, client, names)
}

// settled waits until no partition of these topics is being moved.
func settled(ctx context.Context, client *kgo.Client, names []string) error {
	const pause = time.Second
	for {
		response, err := kmsg.NewPtrListPartitionReassignmentsRequest().RequestWith(ctx, client)
		if err != nil {
			return fmt.Errorf("waiting for replicas of %s: %w", strings.Join(names, ", "), err)
		}
		moving := slices.ContainsFunc(response.Topics, func(t kmsg.ListPartitionReassignmentsResponseTopic) bool {
			return slices.Contains(names, t.Topic)
		})
		if !moving {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for replicas of %s: %w", strings.Join(names, ", "), ctx.Err())
		case <-time.After(pause):
		}
	}
}

// more adds brokers to a partition's replicas until there are enough, for each partition
// from another broker on, so that they spread. Those that it has keep their places, the
// first of which is the preferred leader's.
func more(partition int32, replicas, brokers []int32, want int) []int32 {
	grown := slices.Clone(replicas)
	for i := range brokers {
		if len(grown) >= want {
			break
		}
		if candidate := brokers[(int(partition)+i)%len(brokers)]; !slices.Contains(grown, candidate) {
			grown = append(grown, candidate)
		}
	}
	return grown
}

// topic is one with its replicas by partition.
type topic struct {
	name       string
	internal   bool
	partitions map[int32][]int32
}

// replicas is the least that any of its partitions has.
func (t topic) replicas() int {
	least := 0
	for _, replicas := range t.partitions {
		if n := len(replicas); least == 0 || n < least {
			least = n
		}
	}
	return least
}

func describe(ctx context.Context, client *kgo.Client) ([]topic, []int32, error) {
	request := kmsg.NewPtrMetadataRequest()
	request.AllowAutoTopicCreation = false
	response, err := request.RequestWith(ctx, client)
	if err != nil {
		return nil, nil, fmt.Errorf("asking Kafka for its topics: %w", err)
	}
	var brokers []int32
	for _, b := range response.Brokers {
		brokers = append(brokers, b.NodeID)
	}
	slices.Sort(brokers)
	var topics []topic
	for _, t := range response.Topics {
		if t.Topic == nil {
			continue
		}
		found := topic{name: *t.Topic, internal: t.IsInternal, partitions: map[int32][]int32{}}
		for _, p := range t.Partitions {
			found.partitions[p.Partition] = p.Replicas
		}
		topics = append(topics, found)
	}
	return topics, brokers, nil
}

// value is min.insync.replicas of a resource and where it comes from.
func value(ctx context.Context, client *kgo.Client, kind kmsg.ConfigResourceType, name string) (string, kmsg.ConfigSource, error) {
	request := kmsg.NewPtrDescribeConfigsRequest()
	resource := kmsg.NewDescribeConfigsRequestResource()
	resource.ResourceType, resource.ResourceName, resource.ConfigNames = kind, name, []string{minInSync}
	request.Resources = append(request.Resources, resource)
	response, err := request.RequestWith(ctx, client)
	if err == nil && len(response.Resources) != 1 {
		err = errors.New("no answer for it")
	}
	if err == nil {
		err = kerr.ErrorForCode(response.Resources[0].ErrorCode)
	}
	if err != nil {
		return "", 0, fmt.Errorf("%s of %s: %w", minInSync, label(name), err)
	}
	for _, c := range response.Resources[0].Configs {
		if c.Name == minInSync && c.Value != nil {
			return *c.Value, c.Source, nil
		}
	}
	return "", 0, nil
}

func set(ctx context.Context, client *kgo.Client, kind kmsg.ConfigResourceType, name string, to int) error {
	request := kmsg.NewPtrIncrementalAlterConfigsRequest()
	resource := kmsg.NewIncrementalAlterConfigsRequestResource()
	resource.ResourceType, resource.ResourceName = kind, name
	config := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
	config.Name, config.Op, config.Value = minInSync, kmsg.IncrementalAlterConfigOpSet, kmsg.StringPtr(strconv.Itoa(to))
	resource.Configs = append(resource.Configs, config)
	request.Resources = append(request.Resources, resource)
	response, err := request.RequestWith(ctx, client)
	if err == nil && len(response.Resources) == 1 {
		err = kerr.ErrorForCode(response.Resources[0].ErrorCode)
	}
	if err != nil {
		return fmt.Errorf("setting %s of %s to %d: %w", minInSync, label(name), to, err)
	}
	return nil
}

func label(name string) string {
	if name == "" {
		return "the cluster"
	}
	return "topic " + name
}
