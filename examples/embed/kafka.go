package main

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// broker is what the rest of the program needs to know of the Kafka.
type broker struct {
	cluster   *kafka.Cluster
	bootstrap string
	id        pulumi.StringOutput
	image     pulumi.StringOutput
}

// newKafka runs one broker, which is its own controller, on a claim of its own.
func newKafka(ctx *pulumi.Context, namespace *corev1.Namespace, name, ready, registry string, opts ...pulumi.ResourceOption) (*broker, error) {
	// All names and ids, before anything exists.
	plan := topology.Plan{Name: "orders", Namespace: name}.Combined(topology.Pool{
		Replicas: 1,
		Size:     topology.Size{Heap: "256Mi", CPURequest: "50m", MemoryRequest: "448Mi", MemoryLimit: "768Mi"},
		Claims:   []topology.Claim{{Name: topology.RecordsClaim, Size: "1Gi"}},
	})
	ids, err := clusterid.New(ctx, "orders", &clusterid.Args{Controllers: plan.InitialPods()},
		// It was called "kafka" once; without the alias it would be made anew, and
		// the records on the volume would belong to another cluster.
		append(opts, pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("kafka")}}))...)
	if err != nil {
		return nil, err
	}
	args := &image.Args{Reference: ready, KafkaVersion: image.KafkaVersion, Registry: registry}
	if ready == "" {
		if args.Context, args.Digest, err = image.Source(""); err != nil {
			return nil, err
		}
	}
	built, err := image.New(ctx, "kafka", args, opts...)
	if err != nil {
		return nil, err
	}
	cluster, err := kafka.NewCluster(ctx, "orders", &kafka.ClusterArgs{
		Plan:         plan,
		Namespace:    namespace.Metadata.Name().Elem(),
		Image:        built.Ref,
		ClusterID:    ids.ID,
		DirectoryIDs: ids.DirectoryIDs,
		Settings: kafka.Settings{
			Replication: 1, MinInSync: 1, PullPolicy: "IfNotPresent",
			Probes:       kafka.Probes{Startup: 600, Period: 5, Liveness: 60, Timeout: 3},
			GraceSeconds: 60, StopGateSeconds: 10, Timeout: "5m", DiscardRecords: true,
		},
		NetworkPolicy: true,
	}, opts...)
	if err != nil {
		return nil, err
	}
	return &broker{cluster: cluster, bootstrap: plan.BootstrapServers(), id: ids.ID, image: built.Ref}, nil
}
