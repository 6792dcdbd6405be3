package main

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/lifecycle"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// newKafka runs one broker, which is its own controller, on a claim of its own. All but the
// namespace, which is the shop's, could be left out: it is smaller than what one gets, and
// its records go with it.
func newKafka(ctx *pulumi.Context, namespace *corev1.Namespace, s settings, shop *Shop) (*kafka.Cluster, error) {
	stopGate := 10
	return kafka.New(ctx, "orders", &kafka.Args{
		Plan: topology.Plan{Name: "orders", Namespace: s.namespace}.Combined(topology.Pool{
			Replicas: 1,
			Size:     topology.Size{Heap: "256Mi", CPURequest: "50m", MemoryRequest: "448Mi", MemoryLimit: "768Mi"},
			Claims:   []topology.Claim{{Name: topology.RecordsClaim, Size: "1Gi"}},
		}),
		Namespace: namespace.Metadata.Name().Elem(),
		Image:     s.kafkaImage(),
		Settings: kafka.Settings{
			DiscardRecords: true,
			Probes:         kafka.Probes{Startup: 600},
			GraceSeconds:   60, StopGateSeconds: &stopGate, Timeout: "5m",
		},
		Lifecycle: lifecycle.In("", s.context),
	}, pulumi.Parent(shop), moved(shop))
}

// kafkaImage is a ready one, or one to build.
func (s settings) kafkaImage() image.Args {
	if s.image == "" {
		return image.Args{Registry: s.registry}
	}
	return image.Args{Reference: pulumi.String(s.image)}
}
