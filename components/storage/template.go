package storage

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Template is a claim that every pod of a StatefulSet gets for itself. Kubernetes
// lets none of it be changed later.
type Template struct {
	// Name is the volume's name within the pod; claims are called Name-Pod.
	Name string
	// MountPath is where the pod sees it.
	MountPath string
	// Size is a Kubernetes quantity.
	Size string
	// Class is the StorageClass; empty for the default one.
	Class string
	// Labels of the claims.
	Labels map[string]string
}

// Claim writes the template for a StatefulSet.
func (t Template) Claim() corev1.PersistentVolumeClaimTypeArgs {
	spec := corev1.PersistentVolumeClaimSpecArgs{
		AccessModes: pulumi.ToStringArray([]string{"ReadWriteOnce"}),
		Resources: corev1.VolumeResourceRequirementsArgs{
			Requests: pulumi.StringMap{"storage": pulumi.String(t.Size)},
		},
	}
	if t.Class != "" {
		spec.StorageClassName = pulumi.String(t.Class)
	}
	return corev1.PersistentVolumeClaimTypeArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(t.Name), Labels: pulumi.ToStringMap(t.Labels)},
		Spec:     spec,
	}
}
