// Package topics puts topics and quotas of a Kafka cluster into a Pulumi program, as resources of
// provider kafka-kraft. What they do, and refuse, is described in package plugin/topics, which
// this one does not import: a program needs the provider only when it runs (see package plugin).
package topics

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// The resources' types.
const (
	TopicType = "kafka-kraft:kafka:Topic"
	QuotaType = "kafka-kraft:kafka:Quota"
)

// Default is a user or a client id of a quota: all that have no quota of their own.
const Default = "<default>"

// Place is the Kafka that topics and quotas are in.
type Place struct {
	// Context of the kubeconfig, which the provider reads as Pulumi's own Kubernetes provider
	// does: KUBECONFIG, or ~/.kube/config. Kafka is reached through that Kubernetes' API server,
	// whether it is open to clients outside or not.
	Context string
	// Cluster is what they wait for. When it is destroyed they go with it, and Kafka, which may
	// be gone by then, is not told.
	Cluster *kafka.Cluster
	// Stopped says that no pod of it is to run: what there is to do waits until it runs again.
	Stopped bool
}

func (p Place) validate() error {
	if p.Context == "" || p.Cluster == nil {
		return errors.New("Place needs the Context and the Cluster")
	}
	return nil
}

// inputs are where it is.
func (p Place) inputs() pulumi.Map {
	plan := p.Cluster.Plan
	inputs := pulumi.Map{
		"context":          pulumi.String(p.Context),
		"namespace":        pulumi.String(plan.Namespace),
		"bootstrapServers": pulumi.String(plan.BootstrapServers()),
	}
	for _, pool := range plan.Pools {
		if pool.Has(topology.Broker) {
			inputs["statefulSet"] = pulumi.String(pool.Name)
			break
		}
	}
	if admin := plan.AdminSecret(); admin != "" {
		inputs["admin"] = pulumi.String(admin)
	}
	if p.Stopped {
		inputs["stopped"] = pulumi.Bool(true)
	}
	return inputs
}

func (p Place) register(ctx *pulumi.Context, kind, name string, inputs pulumi.Map, made pulumi.CustomResource, opts []pulumi.ResourceOption) error {
	var ready []pulumi.Resource
	for _, pool := range p.Cluster.Pools {
		ready = append(ready, pool.Ready)
	}
	if p.Cluster.Finalised != nil {
		ready = append(ready, p.Cluster.Finalised)
	}
	opts = append(opts[:len(opts):len(opts)], pulumi.DependsOn(ready), pulumi.DeletedWith(p.Cluster))
	if err := ctx.RegisterResource(kind, name, inputs, made, opts...); err != nil {
		return fmt.Errorf("%s %q: %w", kind, name, err)
	}
	return nil
}

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
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("topic %q: %w", name, err)
	}
	inputs := args.inputs()
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
	return made, args.register(ctx, TopicType, name, inputs, made, opts)
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
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("quota %q: %w", name, err)
	}
	inputs := args.inputs()
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
	return made, args.register(ctx, QuotaType, name, inputs, made, opts)
}
