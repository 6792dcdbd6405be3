package kafka

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// NewNamespace makes the plan's namespace. Its label holds all pods to a Pod Security
// Standard: restricted, or baseline where one step must hand a hostPath directory over as
// root.
//
// A destroy leaves it: with it, Kubernetes would delete all that it holds, claims and what
// others made.
func NewNamespace(ctx *pulumi.Context, name string, plan topology.Plan, opts ...pulumi.ResourceOption) (*corev1.Namespace, error) {
	standard := "restricted"
	if plan.Shared != nil {
		standard = "baseline"
	}
	namespace, err := corev1.NewNamespace(ctx, name, &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:   pulumi.String(plan.Namespace),
			Labels: pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String(standard)},
		},
	}, append(opts[:len(opts):len(opts)], pulumi.RetainOnDelete(true))...)
	if err != nil {
		return nil, fmt.Errorf("namespace %s: %w", plan.Namespace, err)
	}
	return namespace, nil
}

// serviceAccount is who the pods are to Kubernetes.
func (m *making) serviceAccount() (pulumi.StringPtrInput, error) {
	account, err := corev1.NewServiceAccount(m.ctx, m.name, &corev1.ServiceAccountArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(m.Plan.Name),
			Namespace: m.namespace,
			Labels:    pulumi.ToStringMap(m.Plan.Labels()),
		},
		// Kafka asks Kubernetes for nothing, so its pods get no key to it.
		AutomountServiceAccountToken: pulumi.Bool(false),
	}, m.child)
	if err != nil {
		return nil, fmt.Errorf("service account of %s: %w", m.Plan.Name, err)
	}
	return account.Metadata.Name(), nil
}
