package ops

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/insist"
	owners "github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

// emptied is the last replacement of a pod, as it is written at the StatefulSet before anything
// is deleted. Pulumi leaves alone there what it has not set.
type emptied struct {
	Token string `json:"token"`
	// Claims are the uids of those that are deleted, by name. One that there was not is left out.
	Claims map[string]types.UID `json:"claims,omitempty"`
	// Voter is the directory id of a controller's former volume; none if it did not vote.
	Voter []byte `json:"voter,omitempty"`
}

// annotation is where the last replacement of a node is written.
func annotation(id int32) string { return fmt.Sprintf("kafka-kraft.io/replaced-%d", id) }

// emptied is the last replacement of a node, nil if there was none.
func (p *pool) emptied(id int32) (*emptied, error) {
	text := p.set.Annotations[annotation(id)]
	if text == "" {
		return nil, nil
	}
	var last emptied
	if err := json.Unmarshal([]byte(text), &last); err != nil {
		return nil, fmt.Errorf("annotation %s of stateful set %s cannot be read, so nobody knows which volume was replaced: "+
			"see that the pod is well, and take the annotation away: %w", annotation(id), p.id(), err)
	}
	return &last, nil
}

// write is emptied's other half.
func (p *pool) write(ctx context.Context, id int32, now emptied) error {
	text, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("what is replaced: %w", err)
	}
	change, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]string{annotation(id): string(text)}}})
	if err != nil {
		return fmt.Errorf("what is replaced: %w", err)
	}
	return insist.On(ctx, patience, nil, func(ctx context.Context) error {
		_, err := p.client.AppsV1().StatefulSets(p.Namespace).Patch(ctx, p.StatefulSet, types.MergePatchType, change, metav1.PatchOptions{})
		if err != nil {
			return fmt.Errorf("annotating stateful set %s: %w", p.id(), err)
		}
		return nil
	})
}

// uids are those of a pod's claims that there are.
func (p *pool) uids(ctx context.Context, sizes map[string]resource.Quantity) (uids map[string]types.UID, err error) {
	err = insist.On(ctx, patience, nil, func(ctx context.Context) error {
		there, err := p.claims(ctx, maps.Keys(sizes))
		uids = map[string]types.UID{}
		for _, claim := range there {
			uids[claim.Name] = claim.UID
		}
		return err
	})
	return uids, err
}

// left are the claims to be deleted that are still there.
func (p *pool) left(ctx context.Context, was emptied) (there []corev1.PersistentVolumeClaim, err error) {
	err = insist.On(ctx, patience, nil, func(ctx context.Context) (err error) {
		there, err = p.claims(ctx, maps.Keys(was.Claims))
		return err
	})
	return slices.DeleteFunc(there, func(c corev1.PersistentVolumeClaim) bool { return c.UID != was.Claims[c.Name] }), err
}

// renewed returns when a pod is ready with an empty volume of the wanted size. It does what there
// is to do of that, from wherever an earlier run left it.
func (p *pool) renewed(ctx context.Context, pod string, was emptied, sizes map[string]resource.Quantity, say func(string)) error {
	for {
		var waits string
		if err := insist.On(ctx, patience, nil, func(ctx context.Context) (err error) {
			left, err := p.left(ctx, was)
			switch {
			case err != nil:
			case len(left) > 0:
				waits, err = p.clear(ctx, pod, left)
			default:
				if waits, err = p.dress(ctx, sizes); err == nil && waits == "" {
					waits, err = p.ready(ctx, pod)
				}
			}
			return err
		}); err != nil || waits == "" {
			return err
		}
		say(waits)
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", waits, context.Cause(ctx))
		case <-time.After(insist.Pause):
		}
	}
}

// clear deletes these claims and then their pod, without which Kubernetes keeps them.
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection
func (p *pool) clear(ctx context.Context, name string, claims []corev1.PersistentVolumeClaim) (waits string, err error) {
	var names []string
	for _, claim := range claims {
		names = append(names, claim.Name)
		if claim.DeletionTimestamp != nil {
			continue
		}
		err := p.client.CoreV1().PersistentVolumeClaims(p.Namespace).Delete(ctx, claim.Name, only(claim.UID))
		if err != nil && !elsewhere(err) {
			return "", fmt.Errorf("deleting claim %s/%s: %w", p.Namespace, claim.Name, err)
		}
	}
	held := strings.Join(names, ", ")
	pod, err := p.client.CoreV1().Pods(p.Namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return "waits until Kubernetes has deleted " + held, nil
	case err != nil:
		return "", fmt.Errorf("pod %s/%s: %w", p.Namespace, name, err)
	case pod.DeletionTimestamp == nil:
		err := p.client.CoreV1().Pods(p.Namespace).Delete(ctx, name, only(pod.UID))
		if err != nil && !elsewhere(err) {
			return "", fmt.Errorf("deleting pod %s/%s: %w", p.Namespace, name, err)
		}
	case pod.DeletionTimestamp.Time.Before(time.Now()): // that is when it is to be gone
		return fmt.Sprintf("%s should have stopped by now; if its node (%s) is gone for good: kubectl delete pod -n %s %s --force",
			name, pod.Spec.NodeName, p.Namespace, name), nil
	}
	return name + " stops, and " + held + " with it", nil
}

// only deletes the object of this uid, and none that has taken its place.
func only(uid types.UID) metav1.DeleteOptions {
	return metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}}
}

// elsewhere reports whether a deletion failed since the object is gone, or another one by now.
func elsewhere(err error) bool { return apierrors.IsNotFound(err) || apierrors.IsConflict(err) }

// dress makes the claims that the StatefulSet's controller has made what Pulumi has of them. It
// makes them of its template, which has the first size for life.
func (p *pool) dress(ctx context.Context, sizes map[string]resource.Quantity) (waits string, err error) {
	there, err := p.claims(ctx, maps.Keys(sizes))
	if err != nil {
		return "", err
	}
	if len(there) < len(sizes) {
		return p.because(ctx, "waits for claims "+strings.Join(slices.Sorted(maps.Keys(sizes)), ", ")), nil
	}
	for i := range there {
		claim, size := &there[i], sizes[there[i].Name]
		if claim.Status.Phase != corev1.ClaimBound { // nothing else can grow
			return p.because(ctx, claim.Name+" waits for its volume"), nil
		}
		if err := p.dressed(ctx, claim, size); err != nil {
			return "", err
		}
		if waits, err := storage.Growing(claim, size); waits != "" || err != nil {
			return waits, err
		}
	}
	return "", nil
}

// dressed changes what is missing of one claim.
func (p *pool) dressed(ctx context.Context, claim *corev1.PersistentVolumeClaim, size resource.Quantity) error {
	change := map[string]any{}
	annotations := storage.ClaimAnnotations()
	if owner := p.set.Annotations[owners.OwnerAnnotation]; owner != "" {
		annotations[owners.OwnerAnnotation] = owner // by which the stack knows it for its own
	}
	for name, value := range annotations {
		if claim.Annotations[name] != value {
			change["metadata"] = map[string]any{"annotations": annotations}
		}
	}
	if asks := claim.Spec.Resources.Requests[corev1.ResourceStorage]; asks.Cmp(size) < 0 {
		change["spec"] = map[string]any{"resources": map[string]any{"requests": map[string]any{"storage": size.String()}}}
	}
	if len(change) == 0 {
		return nil
	}
	text, err := json.Marshal(change)
	if err != nil {
		return fmt.Errorf("claim %s: %w", claim.Name, err)
	}
	changed, err := p.client.CoreV1().PersistentVolumeClaims(p.Namespace).Patch(ctx, claim.Name, types.MergePatchType, text, metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("claim %s/%s: %w", p.Namespace, claim.Name, err)
	}
	*claim = *changed
	return nil
}

// ready says why a pod is not.
func (p *pool) ready(ctx context.Context, name string) (waits string, err error) {
	pod, err := p.client.CoreV1().Pods(p.Namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return "", fmt.Errorf("pod %s/%s: %w", p.Namespace, name, err)
	}
	if err == nil && pod.DeletionTimestamp == nil && slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	}) {
		return "", nil
	}
	return p.because(ctx, name+" starts with an empty volume"), nil
}

// because adds what Kubernetes says of pods that are not in service.
func (p *pool) because(ctx context.Context, waits string) string {
	return strings.Join(append([]string{waits}, rollout.Causes(ctx, p.client, p.Namespace, p.StatefulSet)...), "; ")
}
