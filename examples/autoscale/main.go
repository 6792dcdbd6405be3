// Command autoscale is a team's own Pulumi program: an application that reads orders from a Kafka
// that is there, and that KEDA scales by how many of them are unread.
package main

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/kafka-kraft/kafka-kraft/components/autoscale"
)

// The topic that the application reads, and as which group.
const topic, partitions, group = "orders", 6, "orders"

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	stack := config.New(ctx, "")
	provider, err := kubernetes.NewProvider(ctx, "kubernetes", &kubernetes.ProviderArgs{Context: pulumi.String(stack.Require("context"))})
	if err != nil {
		return fmt.Errorf("kubernetes: %w", err)
	}
	namespace, err := corev1.NewNamespace(ctx, "orders", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(cmp.Or(stack.Get("namespace"), "orders"))},
	}, pulumi.Provider(provider))
	if err != nil {
		return fmt.Errorf("namespace: %w", err)
	}
	bootstrap := pulumi.String(stack.Require("bootstrapServers"))
	application, err := newApplication(ctx, namespace, bootstrap, stack.Require("image"), pulumi.Provider(provider), autoscale.ReplicasIgnored())
	if err != nil {
		return err
	}
	_, err = autoscale.NewAutoscale(ctx, "orders", &autoscale.Args{
		Target:            application,
		BootstrapServers:  bootstrap,
		Group:             group,
		Topic:             topic,
		Partitions:        partitions,
		OffsetResetPolicy: autoscale.Earliest, // --from-beginning
		LagThreshold:      100,
		ToZero:            true,
	}, pulumi.Provider(provider))
	return err
}
