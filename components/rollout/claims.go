package rollout

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/retry"
)

// DropUnbound deletes the claims of a StatefulSet's pods that ask for another class than
// class and never got a volume: they hold nothing, but the pods' names are taken up again
// and with them the claims, so that a corrected class would never be asked for. templates
// are the names of the claim templates. An empty class is Kubernetes' default, which it
// writes into the claim, so that no other can be told from it; then every unbound claim
// goes that names a class Kubernetes does not have. A claim with a volume is never touched.
func DropUnbound(ctx context.Context, client kubernetes.Interface, namespace, name, class string, templates []string, progress func(string)) error {
	claims, err := client.CoreV1().PersistentVolumeClaims(namespace).List(ctx, metav1.ListOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("claims in namespace %s: %w", namespace, err)
	}
	for i := range claims.Items {
		claim := &claims.Items[i]
		ours := false
		for _, template := range templates {
			ours = ours || belongs(claim.Name, template, name)
		}
		if !ours || !unbound(claim) || !wrong(ctx, client, claim, class) {
			continue
		}
		// The version makes sure that no volume has come meanwhile.
		uid, version := claim.UID, claim.ResourceVersion
		err := client.CoreV1().PersistentVolumeClaims(namespace).Delete(ctx, claim.Name,
			metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid, ResourceVersion: &version}})
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("claim %s never got a volume of class %q and pins it; kubectl delete pvc -n %s %[1]s: %[4]w",
				claim.Name, classOf(claim), namespace, err)
		}
		progress(fmt.Sprintf("claim %s never got a volume of class %q and was deleted", claim.Name, classOf(claim)))
	}
	return nil
}

// goneTime is how long a claim that nobody has mounted may take to go.
const goneTime = 30 * time.Second

// Vacate deletes a claim that never got a volume and waits until it is gone, so that another
// one of its name can be made: Kubernetes lets nothing of such a claim be changed. A claim
// with a volume is never touched, and none is none.
func Vacate(ctx context.Context, client kubernetes.Interface, namespace, name string, progress func(string)) error {
	claims := client.CoreV1().PersistentVolumeClaims(namespace)
	var old types.UID
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		claim, err := claims.Get(ctx, name, metav1.GetOptions{})
		if err != nil || !empty(claim) {
			old = ""
			return err
		}
		old = claim.UID
		if claim.DeletionTimestamp != nil {
			return nil // somebody else has deleted it
		}
		// The version makes sure that no volume has come meanwhile.
		return claims.Delete(ctx, name, metav1.DeleteOptions{
			Preconditions: &metav1.Preconditions{UID: &claim.UID, ResourceVersion: &claim.ResourceVersion},
		})
	})
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("claim %s in the way of one to be made: %w", name, err)
	case old == "":
		return nil
	}
	progress(fmt.Sprintf("claim %s never got a volume and is made anew", name))
	err = wait.PollUntilContextTimeout(ctx, pause, goneTime, true, func(ctx context.Context) (bool, error) {
		now, err := claims.Get(ctx, name, metav1.GetOptions{})
		return apierrors.IsNotFound(err) || err == nil && now.UID != old, nil
	})
	if err != nil {
		return fmt.Errorf("claim %s never got a volume, was deleted and does not go; see kubectl describe pvc -n %s %[1]s: %[3]w", name, namespace, err)
	}
	return nil
}

// unbound reports whether a claim has never had a volume. One that lost it, or is about to
// get it, names it.
func unbound(claim *corev1.PersistentVolumeClaim) bool {
	return empty(claim) && claim.DeletionTimestamp == nil
}

func empty(claim *corev1.PersistentVolumeClaim) bool {
	return claim.Status.Phase == corev1.ClaimPending && claim.Spec.VolumeName == ""
}

func wrong(ctx context.Context, client kubernetes.Interface, claim *corev1.PersistentVolumeClaim, class string) bool {
	if class != "" {
		return classOf(claim) != class
	}
	if classOf(claim) == "" {
		return false
	}
	_, err := client.StorageV1().StorageClasses().Get(ctx, classOf(claim), metav1.GetOptions{})
	return apierrors.IsNotFound(err)
}

func classOf(claim *corev1.PersistentVolumeClaim) string {
	if claim.Spec.StorageClassName == nil {
		return ""
	}
	return *claim.Spec.StorageClassName
}

// belongs reports whether a claim is one that a StatefulSet made from a template:
// {template}-{set}-{ordinal}.
func belongs(claim, template, set string) bool {
	ordinal, found := strings.CutPrefix(claim, template+"-"+set+"-")
	return found && ordinal != "" && strings.Trim(ordinal, "0123456789") == ""
}
