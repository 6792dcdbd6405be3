package storage

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Template is the claim that a StatefulSet makes for every pod of its own.
func Template(c topology.Claim) corev1.PersistentVolumeClaimTypeArgs {
	spec := corev1.PersistentVolumeClaimSpecArgs{
		AccessModes: pulumi.ToStringArray([]string{"ReadWriteOnce"}),
		Resources: corev1.VolumeResourceRequirementsArgs{
			Requests: pulumi.StringMap{"storage": pulumi.String(c.Size)},
		},
	}
	if c.Class != "" {
		spec.StorageClassName = pulumi.String(c.Class)
	}
	return corev1.PersistentVolumeClaimTypeArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(c.Name), Labels: pulumi.ToStringMap(c.Labels)},
		Spec:     spec,
	}
}
