// Package storage provides where records live: one volume shared by all pods of a
// one-node Kubernetes, or the claim templates of a volume per pod.
package storage

import (
	"context"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// SharedType is the component's type token.
const SharedType = "kafka-kraft:storage:Shared"

// manualClass names no StorageClass that exists. It keeps the default class from
// provisioning a volume where ours is meant.
const manualClass = "manual"

// SharedArgs describes the shared volume.
type SharedArgs struct {
	// Shared is the volume of the plan. All of its fields are required.
	Shared topology.Shared `pulumi:"shared"`
	// Namespace of the claim, by name.
	Namespace string `pulumi:"namespace"`
	// After, if given, is the same name from the resource that makes the namespace: the
	// claim waits for it.
	After pulumi.StringInput `pulumi:"after,optional"`
	// Labels of volume and claim.
	Labels map[string]string `pulumi:"labels,optional"`
	// Free, if given, is called before the claim is made, with the volume's name: it lets
	// the volume be bound again when a former claim is gone. See Free.
	Free func(ctx context.Context, volume string) error `pulumi:"-"`
	// Protect makes Pulumi refuse to delete volume and claim.
	Protect bool `pulumi:"protect,optional"`
}

// Shared is one hostPath volume with its claim.
type Shared struct {
	pulumi.ResourceState

	// ClaimName is what pods mount; using it makes them wait for the claim.
	ClaimName pulumi.StringOutput `pulumi:"claimName"`
}

// NewShared makes volume and claim and ties them to each other by name, so that
// no other volume or claim ever comes between. Deleting them deletes no record:
// a hostPath's directory outlives its volume.
func NewShared(ctx *pulumi.Context, name string, args *SharedArgs, opts ...pulumi.ResourceOption) (*Shared, error) {
	if args == nil || args.Namespace == "" || args.Shared.Volume == "" ||
		args.Shared.Claim == "" || args.Shared.HostPath == "" || args.Shared.Size == "" {
		return nil, fmt.Errorf("shared volume %q: Namespace and all of Shared are required", name)
	}
	shared := args.Shared
	s := &Shared{}
	if err := ctx.RegisterComponentResource(SharedType, name, s, opts...); err != nil {
		return nil, fmt.Errorf("shared volume %q: %w", name, err)
	}
	child := []pulumi.ResourceOption{pulumi.Parent(s), pulumi.Protect(args.Protect)}
	// Many pods of one node may use a volume that one node at a time may use.
	modes := pulumi.ToStringArray([]string{"ReadWriteOnce"})

	volume, err := corev1.NewPersistentVolume(ctx, name+"-volume", &corev1.PersistentVolumeArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:   pulumi.String(shared.Volume),
			Labels: pulumi.ToStringMap(args.Labels),
		},
		Spec: corev1.PersistentVolumeSpecArgs{
			StorageClassName:              pulumi.String(manualClass),
			AccessModes:                   modes,
			Capacity:                      pulumi.StringMap{"storage": pulumi.String(shared.Size)},
			PersistentVolumeReclaimPolicy: pulumi.String("Retain"),
			HostPath: corev1.HostPathVolumeSourceArgs{
				Path: pulumi.String(shared.HostPath),
				Type: pulumi.String("DirectoryOrCreate"),
			},
			ClaimRef: corev1.ObjectReferenceArgs{
				Namespace: pulumi.String(args.Namespace),
				Name:      pulumi.String(shared.Claim),
			},
		},
	}, child...)
	if err != nil {
		return nil, fmt.Errorf("volume %s: %w", shared.Volume, err)
	}

	free, err := freeing(ctx, name, args)
	if err != nil {
		return nil, fmt.Errorf("claim %s: %w", shared.Claim, err)
	}
	claim, err := corev1.NewPersistentVolumeClaim(ctx, name+"-claim", &corev1.PersistentVolumeClaimArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(shared.Claim),
			Namespace: kube.Namespace(args.Namespace, args.After),
			Labels:    pulumi.ToStringMap(args.Labels),
		},
		Spec: corev1.PersistentVolumeClaimSpecArgs{
			StorageClassName: pulumi.String(manualClass),
			AccessModes:      modes,
			VolumeName:       volume.Metadata.Name().Elem(),
			Resources: corev1.VolumeResourceRequirementsArgs{
				Requests: pulumi.StringMap{"storage": pulumi.String(shared.Size)},
			},
		},
	}, append(child[:len(child):len(child)], free)...)
	if err != nil {
		return nil, fmt.Errorf("claim %s: %w", shared.Claim, err)
	}
	s.ClaimName = claim.Metadata.Name().Elem()
	if err := ctx.RegisterResourceOutputs(s, pulumi.Map{"claimName": s.ClaimName}); err != nil {
		return nil, fmt.Errorf("shared volume %q: %w", name, err)
	}
	return s, nil
}
