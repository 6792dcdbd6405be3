package stacks

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/topics"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// topics makes the configured topics and quotas, behind the last gates of the cluster.
func (s stack) topics(ctx *pulumi.Context, e estate, cluster *kafka.Cluster) error {
	if s.Stopped && len(s.Topics)+len(s.Quotas) > 0 {
		if err := ctx.Log.Info("the stack is stopped: its topics and quotas stay as they are, and what differs waits until it runs again", nil); err != nil {
			return fmt.Errorf("topics: %w", err)
		}
	}
	own := e.goesOn() // the topics among the records that it left are the stack's, too
	place := topics.Place{Context: s.Context, Cluster: cluster, Stopped: s.Stopped}
	below := pulumi.Parent(cluster)
	for _, name := range slices.Sorted(maps.Keys(s.Topics)) {
		if _, err := topics.NewTopic(ctx, name, topicArgs(place, s.Topics[name], own), below); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Quotas)) {
		if _, err := topics.NewQuota(ctx, name, quotaArgs(place, s.Quotas[name], own), below); err != nil {
			return err
		}
	}
	return nil
}

func topicArgs(place topics.Place, topic config.Topic, own bool) *topics.TopicArgs {
	args := &topics.TopicArgs{Place: place, Adopt: topic.Adopt || own}
	if topic.Partitions != 0 {
		args.Partitions = pulumi.Int(topic.Partitions)
	}
	if topic.ReplicationFactor != 0 {
		args.ReplicationFactor = pulumi.Int(topic.ReplicationFactor)
	}
	if len(topic.Configs) > 0 {
		args.Configs = pulumi.ToStringMap(topic.Configs)
	}
	if !topic.DeletionProtection {
		args.DeletionProtection = pulumi.Bool(false)
	}
	return args
}

func quotaArgs(place topics.Place, quota config.Quota, own bool) *topics.QuotaArgs {
	args := &topics.QuotaArgs{Place: place, Adopt: quota.Adopt || own}
	if quota.User != "" {
		args.User = pulumi.String(quota.User)
	}
	if quota.ClientID != "" {
		args.ClientID = pulumi.String(quota.ClientID)
	}
	limit := func(value float64) pulumi.Float64Input {
		if value == 0 {
			return nil
		}
		return pulumi.Float64(value)
	}
	args.ProducerByteRate = limit(float64(quota.ProducerByteRate.Bytes()))
	args.ConsumerByteRate = limit(float64(quota.ConsumerByteRate.Bytes()))
	args.RequestPercentage = limit(quota.RequestPercentage)
	args.ControllerMutationRate = limit(quota.ControllerMutationRate)
	return args
}
