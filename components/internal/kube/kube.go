// Package kube holds what all components say to Kubernetes in the same words:
// labels, identities and the restricted security context.
package kube

import (
	"maps"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// UID is user and group of every process in our pods: the image's user.
const UID = contract.UID

// Labels that say which Kafka roles a pod has; services and policies select by
// them, so that any number of pools may share a role.
const (
	BrokerLabel     = "kafka-broker"
	ControllerLabel = "kafka-controller"
)

// Labels are those of everything that belongs to a cluster.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
func Labels(cluster string) map[string]string {
	return map[string]string{
		"app.kubernetes.io/name":     "kafka",
		"app.kubernetes.io/instance": cluster,
	}
}

// With returns the labels with more of them.
func With(labels map[string]string, more map[string]string) map[string]string {
	merged := make(map[string]string, len(labels)+len(more))
	maps.Copy(merged, labels)
	maps.Copy(merged, more)
	return merged
}

// Restricted is what the Pod Security Standard "restricted" asks of a container,
// and a read-only root file system.
// https://kubernetes.io/docs/concepts/security/pod-security-standards/
func Restricted() *corev1.SecurityContextArgs {
	return &corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		ReadOnlyRootFilesystem:   pulumi.Bool(true),
		RunAsNonRoot:             pulumi.Bool(true),
		RunAsUser:                pulumi.Int(UID),
		RunAsGroup:               pulumi.Int(UID),
		Capabilities:             corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
		SeccompProfile:           corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
	}
}
