package storage

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/retry"
)

// Free lets a volume be bound again whose claim is gone. Kubernetes remembers the uid of
// the claim that it was bound to, and a new claim of the same name has another one; the
// volume, and all records on it, would stay Released for ever. Whether the claim is gone is
// asked of the claim, since the volume's phase follows a moment later. A volume that is
// bound is not touched.
func Free(ctx context.Context, client kubernetes.Interface, volume string) error {
	return retry.RetryOnConflict(retry.DefaultRetry, func() error { return free(ctx, client, volume) })
}

func free(ctx context.Context, client kubernetes.Interface, volume string) error {
	found, err := client.CoreV1().PersistentVolumes().Get(ctx, volume, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at volume %s: %w", volume, err)
	}
	bound := found.Spec.ClaimRef
	if bound == nil || bound.UID == "" {
		return nil
	}
	claim, err := client.CoreV1().PersistentVolumeClaims(bound.Namespace).Get(ctx, bound.Name, metav1.GetOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("looking at claim %s of volume %s: %w", bound.Name, volume, err)
	}
	if err == nil && claim.UID == bound.UID {
		return nil
	}
	patch := fmt.Sprintf(`{"metadata":{"resourceVersion":%q},"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}`, found.ResourceVersion)
	if _, err := client.CoreV1().PersistentVolumes().Patch(ctx, volume, types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("freeing volume %s: %w", volume, err)
	}
	return nil
}

// freeing is the hook that frees the volume before its claim is made again, or is waited
// for once more: Pulumi updates a claim that an earlier up left without its volume.
func freeing(ctx *pulumi.Context, name string, args *SharedArgs) (pulumi.ResourceOption, error) {
	binding := &pulumi.ResourceHookBinding{}
	if args.Free == nil || ctx.RunningWithMocks() {
		return pulumi.ResourceHooks(binding), nil
	}
	hook, err := ctx.RegisterResourceHook("before the claim of "+name, func(*pulumi.ResourceHookArgs) error {
		return args.Free(ctx.Context(), args.Shared.Volume)
	}, nil)
	if err != nil {
		return nil, err
	}
	binding.BeforeCreate = []*pulumi.ResourceHook{hook}
	binding.BeforeUpdate = binding.BeforeCreate
	return pulumi.ResourceHooks(binding), nil
}
