package plugin

import (
	"context"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/twmb/franz-go/pkg/kgo"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/components/defaults"
	"github.com/kafka-kraft/kafka-kraft/internal/kubecontext"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	kafkaops "github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/silence"
	"github.com/kafka-kraft/kafka-kraft/plugin/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/topics"
	"github.com/kafka-kraft/kafka-kraft/plugin/users"
)

// Name is the provider's, and the beginning of its resources' types.
const Name = "kafka-kraft"

// version is what the provider calls itself. Nobody asks for one: program and provider
// are built together.
const version = "0.1.0"

// provider makes the provider. kubeconfig is the file in which contexts are looked up;
// empty: KUBECONFIG, or ~/.kube/config.
func provider(kubeconfig string) (p.Provider, error) {
	clients := shared[kafkaclient.Cluster, *kgo.Client]{
		connect: func(ctx context.Context, at kafkaclient.Cluster) (*kgo.Client, error) {
			return kafkaclient.Connect(ctx, at)
		},
		alive: func(ctx context.Context, client *kgo.Client) error { return client.Ping(ctx) },
		end:   func(client *kgo.Client) { client.Close() },
	}
	kube := func(context string) (kubernetes.Interface, error) {
		client, _, err := kubecontext.Client(kubeconfig, context)
		return client, err
	}
	brokers := func(context string, at ops.Address) kafkaclient.Cluster {
		return kafkaclient.Cluster{
			Inside: at.BootstrapServers, Outside: at.ExternalBootstrapServers, Admin: at.Admin, Kubeconfig: kubeconfig, Context: context,
		}
	}
	inside := func(ctx context.Context, at topics.Place) (*kgo.Client, func(), error) {
		return clients.get(ctx, brokers(at.Context, ops.Address{BootstrapServers: at.BootstrapServers, Admin: at.Admin}))
	}
	within := topics.New(kube, func(ctx context.Context, at topics.Place) (kafkaops.TopicAdmin, func(), error) {
		client, release, err := inside(ctx, at)
		if err != nil {
			return nil, nil, err
		}
		return kafkaops.NewTopicAdmin(client), release, nil
	})
	among := users.New(kube, func(ctx context.Context, at users.Place) (kafkaops.UserAdmin, func(), error) {
		client, release, err := inside(ctx, at)
		if err != nil {
			return nil, nil, err
		}
		return kafkaops.NewUserAdmin(client), release, nil
	})
	cluster := ops.Cluster{
		Kubernetes: kube,
		Kafka: func(ctx context.Context, context string, at ops.Address) (kafkaops.Admin, func(), error) {
			return admin(ctx, brokers(context, at))
		},
		Silent: &silence.Silence[ops.Silent]{},
	}
	return infer.NewProviderBuilder().
		WithDisplayName("Kafka in KRaft mode").
		WithDescription("Topics, quotas and users of Apache Kafka on Kubernetes, and gates: what depends on them waits until the running cluster is what it shall be.").
		WithNamespace(Name).
		WithResources(infer.Resource(ops.Rollout{
			Kubernetes: cluster.Kubernetes,
			Keep: func(ctx context.Context, context string, want ops.Defaults, say, warn func(string)) error {
				return keep(ctx, brokers(context, want.Address),
					defaults.Wanted{MinInSync: want.MinInSync, Replication: want.Replication}, say, warn)
			},
		}), infer.Resource(ops.Evacuation{Cluster: cluster}), infer.Resource(ops.Capacity{Cluster: cluster}),
			infer.Resource(ops.Membership{Cluster: cluster}), infer.Resource(ops.Quorum{Cluster: cluster}),
			infer.Resource(ops.Replacement{Cluster: cluster}), infer.Resource(ops.Features{Cluster: cluster}),
			infer.Resource(topics.Topic{Cluster: within}), infer.Resource(topics.Quota{Cluster: within}),
			infer.Resource(users.User{Cluster: among})).
		Build()
}

// admin connects to the Kafka that a gate looks after.
func admin(ctx context.Context, cluster kafkaclient.Cluster) (kafkaops.Admin, func(), error) {
	client, err := kafkaclient.Connect(ctx, cluster)
	if err != nil {
		return nil, nil, err
	}
	return kafkaops.New(client), client.Close, nil
}

func keep(ctx context.Context, cluster kafkaclient.Cluster, want defaults.Wanted, say, warn func(string)) error {
	client, err := kafkaclient.Connect(ctx, cluster)
	if err == nil {
		defer client.Close()
		err = defaults.Keep(ctx, client, want, say, warn)
	}
	if err != nil {
		return fmt.Errorf("the pods run, but Kafka's own defaults are not what is configured; mend it and run up again, or type %s in a pod: %w",
			want.ByHand(), err)
	}
	return nil
}
