// Package storage provides where records live: one volume shared by all pods of a
// one-node Kubernetes, or the claim templates of a volume per pod.
package storage

import (
	"context"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// SharedType is the component's type token.
const SharedType = "kafka-kraft:storage:Shared"

// manualClass names no StorageClass that exists. It keeps the default class from
// provisioning a volume where ours is meant.
const manualClass = "manual"

// SharedArgs describes the shared volume.
type SharedArgs struct {
	// Namespace of the claim.
	Namespace pulumi.StringInput
	// NamespaceName is Namespace as text, for the volume's reference to the claim.
	NamespaceName string
	// VolumeName and ClaimName; a volume's name is unique in all of Kubernetes.
	VolumeName, ClaimName string
	// HostPath is the node's directory, made when it is not there.
	HostPath string
	// Size is what the volume is said to hold; a hostPath enforces no limit.
	Size string
	// Labels of volume and claim.
	Labels map[string]string
	// Free, if given, is called before the claim is made, with the volume's name: it lets
	// the volume be bound again when a former claim is gone. See Free.
	Free func(ctx context.Context, volume string) error
	// Protect makes Pulumi refuse to delete volume and claim.
	Protect bool
}

// Shared is one hostPath volume with its claim.
type Shared struct {
	pulumi.ResourceState

	// ClaimName is what pods mount; using it makes them wait for the claim.
	ClaimName pulumi.StringOutput
}

// NewShared makes volume and claim and ties them to each other by name, so that
// no other volume or claim ever comes between. Deleting them deletes no record:
// a hostPath's directory outlives its volume.
func NewShared(ctx *pulumi.Context, name string, args *SharedArgs, opts ...pulumi.ResourceOption) (*Shared, error) {
	if args == nil || args.Namespace == nil || args.NamespaceName == "" || args.VolumeName == "" ||
		args.ClaimName == "" || args.HostPath == "" || args.Size == "" {
		return nil, fmt.Errorf("shared volume %q: all arguments but Labels, Free and Protect are required", name)
	}
	s := &Shared{}
	if err := ctx.RegisterComponentResource(SharedType, name, s, opts...); err != nil {
		return nil, fmt.Errorf("shared volume %q: %w", name, err)
	}
	child := []pulumi.ResourceOption{pulumi.Parent(s), pulumi.Protect(args.Protect)}
	// Many pods of one node may use a volume that one node at a time may use.
	modes := pulumi.ToStringArray([]string{"ReadWriteOnce"})

	volume, err := corev1.NewPersistentVolume(ctx, name+"-volume", &corev1.PersistentVolumeArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:   pulumi.String(args.VolumeName),
			Labels: pulumi.ToStringMap(args.Labels),
		},
		Spec: corev1.PersistentVolumeSpecArgs{
			StorageClassName:              pulumi.String(manualClass),
			AccessModes:                   modes,
			Capacity:                      pulumi.StringMap{"storage": pulumi.String(args.Size)},
			PersistentVolumeReclaimPolicy: pulumi.String("Retain"),
			HostPath: corev1.HostPathVolumeSourceArgs{
				Path: pulumi.String(args.HostPath),
				Type: pulumi.String("DirectoryOrCreate"),
			},
			ClaimRef: corev1.ObjectReferenceArgs{
				Namespace: pulumi.String(args.NamespaceName),
				Name:      pulumi.String(args.ClaimName),
			},
		},
	}, child...)
	if err != nil {
		return nil, fmt.Errorf("volume %s: %w", args.VolumeName, err)
	}

	free, err := freeing(ctx, name, args)
	if err != nil {
		return nil, fmt.Errorf("claim %s: %w", args.ClaimName, err)
	}
	claim, err := corev1.NewPersistentVolumeClaim(ctx, name+"-claim", &corev1.PersistentVolumeClaimArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(args.ClaimName),
			Namespace: args.Namespace,
			Labels:    pulumi.ToStringMap(args.Labels),
		},
		Spec: corev1.PersistentVolumeClaimSpecArgs{
			StorageClassName: pulumi.String(manualClass),
			AccessModes:      modes,
			VolumeName:       volume.Metadata.Name().Elem(),
			Resources: corev1.VolumeResourceRequirementsArgs{
				Requests: pulumi.StringMap{"storage": pulumi.String(args.Size)},
			},
		},
	}, append(child[:len(child):len(child)], free)...)
	if err != nil {
		return nil, fmt.Errorf("claim %s: %w", args.ClaimName, err)
	}
	s.ClaimName = claim.Metadata.Name().Elem()
	if err := ctx.RegisterResourceOutputs(s, pulumi.Map{"claimName": s.ClaimName}); err != nil {
		return nil, fmt.Errorf("shared volume %q: %w", name, err)
	}
	return s, nil
}
