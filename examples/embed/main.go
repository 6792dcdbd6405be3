// Command embed is a team's own Pulumi program: a shop, which needs a Kafka. It uses
// this project's components one by one, with a provider and a parent of its own, and
// adds an application that writes and reads records.
package main

import (
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

func program(ctx *pulumi.Context) error {
	settings := config.New(ctx, "")
	name, image, registry := settings.Get("namespace"), settings.Get("image"), settings.Get("registry")
	if name == "" {
		name = "shop"
	}

	// The team's provider. Children of the shop inherit it.
	provider, err := kubernetes.NewProvider(ctx, "kubernetes", &kubernetes.ProviderArgs{
		Context: pulumi.String(settings.Require("context")),
	})
	if err != nil {
		return fmt.Errorf("kubernetes: %w", err)
	}
	shop := &Shop{}
	if err := ctx.RegisterComponentResource("shop:index:Shop", "shop", shop, pulumi.Providers(provider)); err != nil {
		return fmt.Errorf("shop: %w", err)
	}
	namespace, err := corev1.NewNamespace(ctx, "shop", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(name)},
	}, pulumi.Parent(shop))
	if err != nil {
		return fmt.Errorf("namespace: %w", err)
	}

	kafka, err := newKafka(ctx, namespace, name, image, registry, pulumi.Parent(shop))
	if err != nil {
		return err
	}
	if err := newApplication(ctx, namespace, kafka, pulumi.Parent(shop), pulumi.DependsOn([]pulumi.Resource{kafka.cluster})); err != nil {
		return err
	}
	ctx.Export("bootstrapServers", pulumi.String(kafka.bootstrap))
	ctx.Export("clusterId", kafka.id)
	return nil
}
