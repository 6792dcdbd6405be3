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

// namespace makes the Kubernetes namespace, or names an existing one. Its label
// holds all pods to a Pod Security Standard: restricted, or baseline where one
// step must hand a hostPath directory over as root.
//
// A destroy leaves it: with it, Kubernetes would delete all that it holds, claims, the
// record of what the cluster is for life, and what others made. An empty one is taken
// away by package automation.
func (s stack) namespace(ctx *pulumi.Context, inKubernetes, lasting pulumi.ResourceOption) (pulumi.StringOutput, error) {
	if !s.CreateNamespace {
		return pulumi.String(s.KubeNamespace).ToStringOutput(), nil
	}
	provider, standard := inKubernetes, "baseline"
	if s.Storage.Mode == config.PerPod {
		// Another provider would replace the namespace, so each mode keeps the one that
		// it began with.
		provider, standard = lasting, "restricted"
	}
	namespace, err := corev1.NewNamespace(ctx, "namespace", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:   pulumi.String(s.KubeNamespace),
			Labels: pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String(standard)},
		},
	}, provider, pulumi.RetainOnDelete(true))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("namespace %s: %w", s.KubeNamespace, err)
	}
	return namespace.Metadata.Name().Elem(), nil
}
