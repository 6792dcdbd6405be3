package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// pause between two looks at claims. Kubernetes grows a volume within seconds.
const pause = 2 * time.Second

// ErrInfeasible says that a volume cannot become as large as was asked for, however long one
// waits.
var ErrInfeasible = errors.New("a volume cannot grow that far")

// Grown returns when every claim has the size that it shall have at least, or when it is
// known that one never will (ErrInfeasible). Claims are named, in one namespace. One that
// has no volume yet is waited for by whoever starts its pod, and not here. progress is told
// what is waited for, whenever that is something else; so does the error say it when ctx
// ends.
func Grown(ctx context.Context, client kubernetes.Interface, namespace string, sizes map[string]resource.Quantity, progress func(string)) error {
	said := ""
	for {
		waits, err := growing(ctx, client, namespace, sizes)
		if err != nil || len(waits) == 0 {
			return err
		}
		text := strings.Join(waits, "; ")
		if text != said {
			progress(text)
			said = text
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("volumes in namespace %s have not grown: %s: %w", namespace, text, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// growing is what there is to wait for, a text for each claim. What cannot be asked now is
// one of them.
func growing(ctx context.Context, client kubernetes.Interface, namespace string, sizes map[string]resource.Quantity) ([]string, error) {
	var waits []string
	var never []error
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		claim, err := client.CoreV1().PersistentVolumeClaims(namespace).Get(ctx, name, metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err):
			waits = append(waits, name+": is not there; its pod makes it when it starts")
		case err != nil:
			waits = append(waits, fmt.Sprintf("%s: %v", name, err))
		default:
			wait, err := Growing(claim, sizes[name])
			if err != nil {
				never = append(never, err)
			}
			if wait != "" {
				waits = append(waits, wait)
			}
		}
	}
	return waits, errors.Join(never...)
}

// Growing is how far a claim is on its way to a size, in words; "" when it has it, or has no
// volume yet. The error is ErrInfeasible.
func Growing(claim *corev1.PersistentVolumeClaim, size resource.Quantity) (string, error) {
	has, short := Short(claim, size)
	if !short {
		return "", nil
	}
	way := fmt.Sprintf("%s: %s of %s", claim.Name, has.String(), size.String())
	status := claim.Status.AllocatedResourceStatuses[corev1.ResourceStorage]
	if status == corev1.PersistentVolumeClaimControllerResizeInfeasible || status == corev1.PersistentVolumeClaimNodeResizeInfeasible {
		return "", fmt.Errorf("%w: %s%s; ask for less, which has to be more than %s", ErrInfeasible, way, reasons(claim), has.String())
	}
	if asked := claim.Spec.Resources.Requests[corev1.ResourceStorage]; asked.Cmp(size) < 0 {
		return fmt.Sprintf("%s, and only %s is asked for", way, asked.String()), nil
	}
	if NeedsRestart(claim) {
		return way + ", the file system grows when the pod is restarted, or at once if the driver can" + reasons(claim), nil
	}
	return way + reasons(claim), nil
}

// Short reports whether the volume of a claim is smaller than a size, and what it has. A claim
// without a volume is not: when it gets one, that is as large as it asks.
func Short(claim *corev1.PersistentVolumeClaim, size resource.Quantity) (has resource.Quantity, short bool) {
	has = claim.Status.Capacity[corev1.ResourceStorage]
	return has, claim.Status.Phase == corev1.ClaimBound && has.Cmp(size) < 0
}

// NeedsRestart reports whether the volume has grown and its file system has not. Many drivers
// do that while it is mounted; what others need is another start of the pod.
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#resizing-an-in-use-persistentvolumeclaim
func NeedsRestart(claim *corev1.PersistentVolumeClaim) bool {
	return slices.ContainsFunc(claim.Status.Conditions, func(c corev1.PersistentVolumeClaimCondition) bool {
		return c.Type == corev1.PersistentVolumeClaimFileSystemResizePending && c.Status == corev1.ConditionTrue
	})
}

// conditions in words.
var conditions = map[corev1.PersistentVolumeClaimConditionType]string{
	corev1.PersistentVolumeClaimResizing:                "the volume grows",
	corev1.PersistentVolumeClaimFileSystemResizePending: "", // said by Growing
	corev1.PersistentVolumeClaimControllerResizeError:   "the storage refused, and is asked again",
	corev1.PersistentVolumeClaimNodeResizeError:         "the node failed, and tries again",
}

// reasons are what Kubernetes says of a claim that grows.
func reasons(claim *corev1.PersistentVolumeClaim) string {
	var text strings.Builder
	for _, c := range claim.Status.Conditions {
		words, known := conditions[c.Type]
		if !known || c.Status != corev1.ConditionTrue {
			continue
		}
		if words != "" {
			text.WriteString(", " + words)
		}
		if c.Message != "" {
			text.WriteString(" (" + c.Message + ")")
		}
	}
	return text.String()
}
