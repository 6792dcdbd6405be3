// Command embed is a team's own Pulumi program: a shop, which needs a Kafka. It uses
// this project's component, with a provider, a parent and a namespace of its own, and
// adds an application that writes and reads records.
package main

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() { pulumi.Run(program) }

// Shop is the team's component: all that it runs hangs below it.
type Shop struct{ pulumi.ResourceState }

// settings are the stack's.
type settings struct{ context, namespace, image, registry string }

func program(ctx *pulumi.Context) error {
	stack := config.New(ctx, "")
	s := settings{stack.Require("context"), cmp.Or(stack.Get("namespace"), "shop"), stack.Get("image"), stack.Get("registry")}

	// The team's provider. Children of the shop inherit it.
	provider, err := kubernetes.NewProvider(ctx, "kubernetes", &kubernetes.ProviderArgs{
		Context: pulumi.String(s.context),
	})
	if err != nil {
		return fmt.Errorf("kubernetes: %w", err)
	}
	shop := &Shop{}
	if err := ctx.RegisterComponentResource("shop:index:Shop", "shop", shop, pulumi.Providers(provider)); err != nil {
		return fmt.Errorf("shop: %w", err)
	}
	namespace, err := corev1.NewNamespace(ctx, "shop", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(s.namespace)},
	}, pulumi.Parent(shop))
	if err != nil {
		return fmt.Errorf("namespace: %w", err)
	}

	kafka, err := newKafka(ctx, namespace, s, shop)
	if err != nil {
		return err
	}
	if err := newApplication(ctx, namespace, kafka, pulumi.Parent(shop)); err != nil {
		return err
	}
	ctx.Export("bootstrapServers", kafka.BootstrapServers)
	ctx.Export("clusterId", kafka.ClusterID)
	return nil
}
