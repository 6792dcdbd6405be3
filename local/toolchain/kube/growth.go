package main

import (
	"context"
	"time"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// growthRetry is how soon what failed is tried again.
const growthRetry = 10 * time.Second

// watchGrowth lets volumes of ours become as large as their claims ask, until ctx ends.
func watchGrowth(ctx context.Context, client kubernetes.Interface, name string) {
	informer := informers.NewSharedInformerFactory(client, growthRetry).Core().V1().PersistentVolumeClaims().Informer()
	see := func(object any) {
		claim, ok := object.(*core.PersistentVolumeClaim)
		if !ok {
			return
		}
		// Somebody else may write to claim or volume meanwhile; then the next look sees it.
		if err := grow(ctx, client, name, claim); err != nil && !apierrors.IsConflict(err) {
			runtime.HandleErrorWithContext(ctx, err, "claim does not grow", "namespace", claim.Namespace, "claim", claim.Name)
		}
	}
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: see, UpdateFunc: func(_, now any) { see(now) }}); err != nil {
		runtime.HandleErrorWithContext(ctx, err, "claims do not grow")
		return
	}
	informer.Run(ctx.Done())
}

// grow writes down that a volume has become as large as its claim asks. A folder has no
// limit, so there is nothing else to do; a file system that had one would have to grow
// between the two writes.
func grow(ctx context.Context, client kubernetes.Interface, name string, claim *core.PersistentVolumeClaim) error {
	asked, has := claim.Spec.Resources.Requests[core.ResourceStorage], claim.Status.Capacity[core.ResourceStorage]
	if claim.Status.Phase != core.ClaimBound || asked.Cmp(has) <= 0 {
		return nil
	}
	volume, err := client.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, meta.GetOptions{})
	if err != nil {
		return err
	}
	if volume.Annotations["pv.kubernetes.io/provisioned-by"] != name {
		return nil // another's
	}
	if size := volume.Spec.Capacity[core.ResourceStorage]; size.Cmp(asked) < 0 {
		volume.Spec.Capacity[core.ResourceStorage] = asked
		if _, err := client.CoreV1().PersistentVolumes().Update(ctx, volume, meta.UpdateOptions{}); err != nil {
			return err
		}
	}
	claim = claim.DeepCopy() // the informer's stays as it is
	claim.Status.Capacity[core.ResourceStorage] = asked
	_, err = client.CoreV1().PersistentVolumeClaims(claim.Namespace).UpdateStatus(ctx, claim, meta.UpdateOptions{})
	return err
}
