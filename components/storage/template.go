package storage

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Template is the claim that a StatefulSet makes for every pod of its own that has none.
// It never changes: Kubernetes would not have it, and Pulumi would replace the StatefulSet.
func Template(c topology.Claim) corev1.PersistentVolumeClaimTypeArgs {
	return corev1.PersistentVolumeClaimTypeArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(c.Name), Labels: pulumi.ToStringMap(c.Labels)},
		Spec:     claimSpec(c, c.Template()),
	}
}

func claimSpec(c topology.Claim, size string) corev1.PersistentVolumeClaimSpecArgs {
	spec := corev1.PersistentVolumeClaimSpecArgs{
		AccessModes: pulumi.ToStringArray([]string{"ReadWriteOnce"}),
		Resources: corev1.VolumeResourceRequirementsArgs{
			Requests: pulumi.StringMap{"storage": pulumi.String(canonical(size))},
		},
	}
	if c.Class != "" {
		spec.StorageClassName = pulumi.String(c.Class)
	}
	return spec
}

// canonical writes a quantity as Kubernetes answers it, so that 10240Mi is no change of
// 10Gi. What is none is for Kubernetes to refuse.
func canonical(size string) string {
	quantity, err := resource.ParseQuantity(size)
	if err != nil {
		return size
	}
	return quantity.String()
}
