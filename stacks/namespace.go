package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
)

// provider works in the configured context. Always by name: whatever happens to be
// the current context is not meant. The empty kubeconfig keeps the SDK from writing
// KUBECONFIG, a path of this machine, into the state; the plugin reads the variable
// itself.
//
// An object that exists is taken over, with every plugin alike: whether it may be was
// judged before (survey.Found.Foreign), and what an interrupted run made before it could
// write it down would else be in the way of the next one.
func (s stack) provider(ctx *pulumi.Context, name string, mutable pulumi.BoolPtrInput) (pulumi.ResourceOption, error) {
	provider, err := kubernetes.NewProvider(ctx, name, &kubernetes.ProviderArgs{
		Context:                pulumi.String(s.Context),
		Kubeconfig:             pulumi.String(""),
		UpsertExistingObjects:  pulumi.Bool(true),
		EnableConfigMapMutable: mutable,
	})
	if err != nil {
		return nil, fmt.Errorf("kubernetes provider: %w", err)
	}
	return pulumi.Provider(provider), nil
}

// namespace makes the Kubernetes namespace, or names an existing one. A destroy leaves it,
// and with it the record of what the cluster is for life; an empty one is taken away by
// package automation.
func (s stack) namespace(ctx *pulumi.Context, inKubernetes, lasting pulumi.ResourceOption) (pulumi.StringOutput, error) {
	if !s.CreateNamespace {
		return pulumi.String(s.KubeNamespace).ToStringOutput(), nil
	}
	provider := inKubernetes
	if s.plan.Shared == nil {
		// Another provider would replace the namespace, so each mode keeps the one that
		// it began with.
		provider = lasting
	}
	namespace, err := kafka.NewNamespace(ctx, "namespace", s.plan, provider)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return namespace.Metadata.Name().Elem(), nil
}
