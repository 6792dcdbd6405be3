// Package topics puts topics and quotas of a Kafka cluster into a Pulumi program, as resources of
// provider kafka-kraft. What they do, and refuse, is described in package plugin/topics, which
// this one does not import: a program needs the provider only when it runs (see package plugin).
package topics

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/place"
)

// The resources' types.
const (
	TopicType = "kafka-kraft:kafka:Topic"
	QuotaType = "kafka-kraft:kafka:Quota"
)

// Default is a user or a client id of a quota: all that have no quota of their own.
const Default = "<default>"

// Place is the Kafka that topics and quotas are in.
type Place = place.Place

// TopicArgs says what a topic is like. What it leaves open is the cluster's default.
type TopicArgs struct {
	Place
	// Name is Kafka's; nil: the resource's. Another name is another topic, and the old one goes
	// with its records.
	Name pulumi.StringInput
	// Partitions can become more later, and never less.
	Partitions pulumi.IntInput
	// ReplicationFactor of a topic that is there is not changed.
	ReplicationFactor pulumi.IntInput
	// Configs are those of this topic, such as retention.ms. What is not spoken of is let alone.
	Configs pulumi.StringMapInput
	// DeletionProtection refuses to delete the topic and its records; nil: it does.
	DeletionProtection pulumi.BoolInput
	// Adopt takes over a topic that somebody else has made, and changes it to be like this.
	// Without it, only one that is like this already is taken over.
	Adopt bool
}

// Topic is a topic.
type Topic struct {
	pulumi.CustomResourceState

	// Name is Kafka's. What uses it is made after the topic.
	Name pulumi.StringOutput `pulumi:"name"`
	// Partitions and ReplicationFactor are those that it has.
	Partitions        pulumi.IntOutput `pulumi:"partitions"`
	ReplicationFactor pulumi.IntOutput `pulumi:"replicationFactor"`
}

// NewTopic makes a topic when the cluster is ready.
func NewTopic(ctx *pulumi.Context, name string, args *TopicArgs, opts ...pulumi.ResourceOption) (*Topic, error) {
	if args == nil {
		args = &TopicArgs{}
	}
	if err := place.Validate(args.Place); err != nil {
		return nil, fmt.Errorf("topic %q: %w", name, err)
	}
	inputs := place.Inputs(args.Place)
	inputs["name"] = pulumi.String(name)
	if args.Name != nil {
		inputs["name"] = args.Name
	}
	if args.Partitions != nil {
		inputs["partitions"] = args.Partitions
	}
	if args.ReplicationFactor != nil {
		inputs["replicationFactor"] = args.ReplicationFactor
	}
	if args.Configs != nil {
		inputs["configs"] = args.Configs
	}
	if args.DeletionProtection != nil {
		inputs["deletionProtection"] = args.DeletionProtection
	}
	if args.Adopt {
		inputs["adopt"] = pulumi.Bool(true)
	}
	made := &Topic{}
	return made, place.Register(ctx, args.Place, TopicType, name, inputs, made, opts)
}

// QuotaArgs says whom a quota limits, and how. A limit that is nil is none.
type QuotaArgs struct {
	Place
	// User and ClientID are whom it limits; with both, it is that user's clients of this id.
	// Default stands for all that have no quota of their own.
	User     pulumi.StringInput
	ClientID pulumi.StringInput
	// ProducerByteRate and ConsumerByteRate are bytes a second, of each broker.
	ProducerByteRate pulumi.Float64Input
	ConsumerByteRate pulumi.Float64Input
	// RequestPercentage is of the time of one of a broker's threads that handle requests.
	RequestPercentage pulumi.Float64Input
	// ControllerMutationRate is partitions a second that may be made or deleted.
	ControllerMutationRate pulumi.Float64Input
	// Adopt takes over limits that somebody else has set, and changes them to be like this.
	Adopt bool
}

// Quota limits clients.
type Quota struct{ pulumi.CustomResourceState }

// NewQuota sets a quota when the cluster is ready.
func NewQuota(ctx *pulumi.Context, name string, args *QuotaArgs, opts ...pulumi.ResourceOption) (*Quota, error) {
	if args == nil {
		args = &QuotaArgs{}
	}
	if err := place.Validate(args.Place); err != nil {
		return nil, fmt.Errorf("quota %q: %w", name, err)
	}
	inputs := place.Inputs(args.Place)
	if args.User != nil {
		inputs["user"] = args.User
	}
	if args.ClientID != nil {
		inputs["clientId"] = args.ClientID
	}
	for property, limit := range map[string]pulumi.Float64Input{
		"producerByteRate": args.ProducerByteRate, "consumerByteRate": args.ConsumerByteRate,
		"requestPercentage": args.RequestPercentage, "controllerMutationRate": args.ControllerMutationRate,
	} {
		if limit != nil {
			inputs[property] = limit
		}
	}
	if args.Adopt {
		inputs["adopt"] = pulumi.Bool(true)
	}
	made := &Quota{}
	return made, place.Register(ctx, args.Place, QuotaType, name, inputs, made, opts)
}
