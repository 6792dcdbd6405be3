package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// provider works in the configured context. Always by name: whatever happens to be
// the current context is not meant. The empty kubeconfig keeps the SDK from writing
// KUBECONFIG, a path of this machine, into the state; the plugin reads the variable
// itself.
func (s stack) provider(ctx *pulumi.Context, name string, upsert pulumi.BoolPtrInput) (pulumi.ResourceOption, error) {
	provider, err := kubernetes.NewProvider(ctx, name, &kubernetes.ProviderArgs{
		Context:               pulumi.String(s.Context),
		Kubeconfig:            pulumi.String(""),
		UpsertExistingObjects: upsert,
	})
	if err != nil {
		return nil, fmt.Errorf("kubernetes provider: %w", err)
	}
	return pulumi.Provider(provider), nil
}

// namespace makes the Kubernetes namespace, or names an existing one. Its label
// holds all pods to a Pod Security Standard: restricted, or baseline where one
// step must hand a hostPath directory over as root.
func (s stack) namespace(ctx *pulumi.Context, inKubernetes pulumi.ResourceOption) (pulumi.StringOutput, error) {
	if !s.CreateNamespace {
		return pulumi.String(s.KubeNamespace).ToStringOutput(), nil
	}
	options := []pulumi.ResourceOption{inKubernetes}
	standard := "baseline"
	if s.Storage.Mode == config.PerPod {
		standard = "restricted"
		// Kubernetes deletes the claims of a namespace with it, so it stays, and the
		// next up takes it over. It stays without RetainData, too, when its claims go
		// by themselves: another provider for it would replace it, claims and all, when
		// that key changes; and what was taken over may hold more than ours.
		adopting, err := s.provider(ctx, "kubernetes-namespace", pulumi.Bool(true))
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		options = []pulumi.ResourceOption{adopting, pulumi.RetainOnDelete(true)}
	}
	namespace, err := corev1.NewNamespace(ctx, "namespace", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:   pulumi.String(s.KubeNamespace),
			Labels: pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String(standard)},
		},
	}, options...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("namespace %s: %w", s.KubeNamespace, err)
	}
	return namespace.Metadata.Name().Elem(), nil
}
