package storage

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// Free lets a volume be bound again whose claim is gone. Kubernetes remembers the uid of
// the claim that it was bound to, and a new claim of the same name has another one; the
// volume, and all records on it, would stay Released for ever. A volume that is bound is
// not touched.
func Free(ctx context.Context, client kubernetes.Interface, volume string) error {
	found, err := client.CoreV1().PersistentVolumes().Get(ctx, volume, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at volume %s: %w", volume, err)
	}
	if found.Status.Phase != corev1.VolumeReleased || found.Spec.ClaimRef == nil {
		return nil
	}
	patch := fmt.Sprintf(`{"metadata":{"resourceVersion":%q},"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}`, found.ResourceVersion)
	if _, err := client.CoreV1().PersistentVolumes().Patch(ctx, volume, types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("freeing volume %s: %w", volume, err)
	}
	return nil
}

// freeing is the hook that frees the volume before its claim is made again.
func freeing(ctx *pulumi.Context, name string, args *SharedArgs) (pulumi.ResourceOption, error) {
	binding := &pulumi.ResourceHookBinding{}
	if args.Free == nil || ctx.RunningWithMocks() {
		return pulumi.ResourceHooks(binding), nil
	}
	hook, err := ctx.RegisterResourceHook("before the claim of "+name, func(*pulumi.ResourceHookArgs) error {
		return args.Free(ctx.Context(), args.VolumeName)
	}, nil)
	if err != nil {
		return nil, err
	}
	binding.BeforeCreate = []*pulumi.ResourceHook{hook}
	return pulumi.ResourceHooks(binding), nil
}
