// Package kube holds what all components say to Kubernetes in the same words:
// labels, identities and the restricted security context.
package kube

import (
	"maps"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// UID is user and group of every process in our pods: the image's user.
const UID = contract.UID

// roleLabels say which Kafka roles a pod has; services and policies select by them, so
// that any number of pools may share a role.
var roleLabels = map[topology.Role]string{topology.Broker: "kafka-broker", topology.Controller: "kafka-controller"}

// RoleLabels are the labels of pods with these roles.
func RoleLabels(roles ...topology.Role) map[string]string {
	labels := map[string]string{}
	for _, role := range roles {
		labels[roleLabels[role]] = "true"
	}
	return labels
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
