package storage

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// ClaimArgs describes the claim of one pod.
type ClaimArgs struct {
	// Claim is that of the pod's pool, and Pod the pod's name.
	Claim topology.Claim
	Pod   string
	// Namespace of the claim.
	Namespace pulumi.StringInput
	// Labels are those that the StatefulSet's controller adds to the claim's own when it
	// makes one: its selector.
	Labels map[string]string
}

// Sizes are what the claims of all pods of a pool ask for, by their names, as Kubernetes
// writes it.
func Sizes(pool topology.Pool) map[string]string {
	sizes := map[string]string{}
	for _, pod := range pool.Pods() {
		for _, claim := range pool.Claims {
			sizes[claim.Of(pod)] = canonical(claim.SizeOf(pod))
		}
	}
	return sizes
}

// ClaimAnnotations are those that Pulumi's plugin reads of a pod's claim, and has in its state.
func ClaimAnnotations() map[string]string {
	return map[string]string{
		// Most classes make a volume for a pod, and the pod waits for the claim. And the
		// plugin waits for the phase Pending of what it took over, which has long been Bound.
		"pulumi.com/skipAwait": "true",
		// The size of what the controller made is the controller's, in Kubernetes' books.
		"pulumi.com/patchForce": "true",
	}
}

// NewClaim makes the claim of one pod before the StatefulSet's controller does, which looks
// for it by its name alone, takes it as it is and makes only what it does not find.
// https://github.com/kubernetes/kubernetes/blob/v1.35.1/pkg/controller/statefulset/stateful_pod_control.go
//
// One that is there is taken over: by plugins of Kubernetes before 4.29 with every provider,
// by later ones if the provider has upsertExistingObjects.
func NewClaim(ctx *pulumi.Context, name string, args ClaimArgs, opts ...pulumi.ResourceOption) (*corev1.PersistentVolumeClaim, error) {
	called := args.Claim.Of(args.Pod)
	claim, err := corev1.NewPersistentVolumeClaim(ctx, name, &corev1.PersistentVolumeClaimArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(called),
			Namespace:   args.Namespace,
			Labels:      pulumi.ToStringMap(kube.With(args.Claim.Labels, args.Labels)),
			Annotations: pulumi.ToStringMap(ClaimAnnotations()),
		},
		Spec: claimSpec(args.Claim, args.Claim.SizeOf(args.Pod)),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("claim %s: %w", called, err)
	}
	return claim, nil
}
