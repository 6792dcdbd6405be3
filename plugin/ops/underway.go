package ops

import (
	"context"
	"encoding/base64"
	"encoding/json"
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
	"k8s.io/apimachinery/pkg/types"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
)

// underWay is a replacement that may have begun, as it is written at the StatefulSet before
// anything is deleted. Every step of it looks at Kubernetes and does what is missing.
type underWay struct {
	Pod   string `json:"pod"`
	Token string `json:"token"`
	// Voter is the directory id of the controller's former volume, as Kafka writes it; "" if it
	// did not vote.
	Voter  string            `json:"voter,omitempty"`
	Claims map[string]former `json:"claims"`
}

// former is a claim that is deleted, and what the next one is to have of it.
type former struct {
	UID         types.UID         `json:"uid,omitempty"` // none: there was no claim
	Size        resource.Quantity `json:"size"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// kubernetesOwn are the beginnings of annotations by which Kubernetes remembers what became of
// one very claim. https://kubernetes.io/docs/reference/labels-annotations-taints/
var kubernetesOwn = []string{"pv.kubernetes.io/", "volume.kubernetes.io/", "volume.beta.kubernetes.io/"}

// underWay is what is written at the StatefulSet, nil for nothing.
func (p *pool) underWay() (*underWay, error) {
	if p.set == nil || p.set.Annotations[storage.ReplacingAnnotation] == "" {
		return nil, nil
	}
	var u underWay
	if err := json.Unmarshal([]byte(p.set.Annotations[storage.ReplacingAnnotation]), &u); err != nil {
		return nil, fmt.Errorf("annotation %s of stateful set %s cannot be read, so nobody knows what was being replaced: "+
			"see that all its pods are well, and take the annotation away: %w", storage.ReplacingAnnotation, p.id(), err)
	}
	return &u, nil
}

// note writes at the StatefulSet what is about to begin, or, with nil, that it is over.
func (p *pool) note(ctx context.Context, u *underWay) error {
	var value any
	if u != nil {
		text, err := json.Marshal(u)
		if err != nil {
			return fmt.Errorf("what is replaced: %w", err)
		}
		value = string(text)
	}
	_, err := p.client.AppsV1().StatefulSets(p.Namespace).Patch(ctx, p.StatefulSet, types.MergePatchType,
		annotated(storage.ReplacingAnnotation, value), metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("annotating stateful set %s: %w", p.id(), err)
	}
	return nil
}

// annotated is a merge patch of one annotation; nil takes it away.
func annotated(name string, value any) []byte {
	return patch(map[string]any{"metadata": map[string]any{"annotations": map[string]any{name: value}}})
}

func patch(change map[string]any) []byte {
	text, _ := json.Marshal(change) // of maps and texts there is always one
	return text
}

// claim is nil if there is none.
func (p *pool) claim(ctx context.Context, name string) (*corev1.PersistentVolumeClaim, error) {
	claim, err := p.client.CoreV1().PersistentVolumeClaims(p.Namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("claim %s/%s: %w", p.Namespace, name, err)
	}
	return claim, nil
}

// tokens are those of the replacements that a pod's claims came of, "" for one that came of
// none. Claims that are not there have none.
func (p *pool) tokens(ctx context.Context, wish Replaced) ([]string, error) {
	var tokens []string
	for _, name := range slices.Sorted(maps.Keys(wish.Claims)) {
		claim, err := p.claim(ctx, name)
		if err != nil {
			return nil, err
		}
		if claim != nil {
			tokens = append(tokens, claim.Annotations[storage.ReplacedAnnotation])
		}
	}
	return tokens, nil
}

// former are a pod's claims before they are deleted.
func (p *pool) former(ctx context.Context, wish Replaced) (map[string]former, error) {
	sizes, err := quantities("claims", wish.Claims)
	if err != nil {
		return nil, err
	}
	all := map[string]former{}
	for name, size := range sizes {
		f := former{Size: size}
		claim, err := p.claim(ctx, name)
		if err != nil {
			return nil, err
		}
		if claim != nil {
			f.UID, f.Labels, f.Annotations = claim.UID, claim.Labels, maps.Clone(claim.Annotations)
			maps.DeleteFunc(f.Annotations, func(key, _ string) bool {
				return key == storage.ReplacedAnnotation || slices.ContainsFunc(kubernetesOwn, func(own string) bool { return strings.HasPrefix(key, own) })
			})
		}
		all[name] = f
	}
	return all, nil
}

// begun reports whether any claim is not what it was any more.
func (p *pool) begun(ctx context.Context, u *underWay) (bool, error) {
	for name, f := range u.Claims {
		claim, err := p.claim(ctx, name)
		if err != nil {
			return false, err
		}
		switch {
		case claim == nil && f.UID == "":
		case claim == nil, claim.UID != f.UID, claim.DeletionTimestamp != nil:
			return true, nil
		}
	}
	return false, nil
}

// holds reports whether the pod still runs with a volume that is to be deleted.
func (p *pool) holds(ctx context.Context, u underWay) (bool, error) {
	for name, f := range u.Claims {
		claim, err := p.claim(ctx, name)
		if err != nil {
			return false, err
		}
		if claim == nil || claim.UID != f.UID {
			continue
		}
		pod, err := p.client.CoreV1().Pods(p.Namespace).Get(ctx, u.Pod, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("pod %s/%s: %w", p.Namespace, u.Pod, err)
		}
		return pod.DeletionTimestamp == nil, nil
	}
	return false, nil
}

// wish is what the new claims are to be, as a program would say it.
func (u underWay) wish() Replaced {
	w := Replaced{Token: u.Token, Claims: map[string]string{}}
	for name, f := range u.Claims {
		w.Claims[name] = f.Size.String()
	}
	return w
}

// voter is the directory id in Kafka's own form; zero for none.
func (u underWay) voter() (id [16]byte) {
	bytes, err := base64.RawURLEncoding.DecodeString(u.Voter)
	if err == nil {
		copy(id[:], bytes)
	}
	return id
}

// clear deletes the claims and then their pod, without which Kubernetes keeps them, and waits
// until they are gone. What is not what it was is not touched.
func (p *pool) clear(ctx context.Context, u underWay) (string, error) {
	var held []string
	for _, name := range slices.Sorted(maps.Keys(u.Claims)) {
		uid := u.Claims[name].UID
		claim, err := p.claim(ctx, name)
		if err != nil {
			return "", err
		}
		if claim == nil || claim.UID != uid {
			continue
		}
		held = append(held, name)
		if claim.DeletionTimestamp != nil {
			continue
		}
		err = p.client.CoreV1().PersistentVolumeClaims(p.Namespace).Delete(ctx, name, only(uid))
		if err := elsewhere(err); err != nil {
			return "", fmt.Errorf("deleting claim %s/%s: %w", p.Namespace, name, err)
		}
	}
	if len(held) == 0 {
		return "", nil
	}
	pod, err := p.client.CoreV1().Pods(p.Namespace).Get(ctx, u.Pod, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return "waits until Kubernetes has deleted " + strings.Join(held, ", "), nil
	case err != nil:
		return "", fmt.Errorf("pod %s/%s: %w", p.Namespace, u.Pod, err)
	case pod.DeletionTimestamp == nil:
		err := p.client.CoreV1().Pods(p.Namespace).Delete(ctx, u.Pod, only(pod.UID))
		if err := elsewhere(err); err != nil {
			return "", fmt.Errorf("deleting pod %s/%s: %w", p.Namespace, u.Pod, err)
		}
	case pod.DeletionTimestamp.Time.Before(time.Now()):
		return fmt.Sprintf("%s should have stopped by now; if its node (%s) is gone for good: kubectl delete pod -n %s %s --force",
			u.Pod, pod.Spec.NodeName, p.Namespace, u.Pod), nil
	}
	return u.Pod + " stops, and " + strings.Join(held, ", ") + " with it", nil
}

// only deletes the object of this uid, and none that has taken its place.
func only(uid types.UID) metav1.DeleteOptions {
	return metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}}
}

// elsewhere is the error of a deletion, nil if the object is gone or is another one by now.
func elsewhere(err error) error {
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return nil
	}
	return err
}

// dress makes the claims that the StatefulSet's controller has made what their predecessors
// were. It makes them of its template, which has the first size for life, and without what
// Pulumi has said of the former ones: a refresh would miss that.
func (p *pool) dress(ctx context.Context, u underWay) (string, error) {
	var waits []string
	for _, name := range slices.Sorted(maps.Keys(u.Claims)) {
		wait, err := p.dressOne(ctx, name, u.Claims[name])
		if err != nil {
			return "", err
		}
		if wait != "" {
			waits = append(waits, wait)
		}
	}
	if len(waits) > 0 {
		waits = append(waits, p.causes(ctx, u.Pod)...)
	}
	return strings.Join(waits, "; "), nil
}

func (p *pool) dressOne(ctx context.Context, name string, f former) (string, error) {
	claim, err := p.claim(ctx, name)
	if err != nil {
		return "", err
	}
	if claim == nil {
		return name + " is made anew", nil
	}
	change, said := map[string]any{}, map[string]any{}
	if !includes(claim.Labels, f.Labels) {
		said["labels"] = f.Labels
	}
	if !includes(claim.Annotations, f.Annotations) {
		said["annotations"] = f.Annotations
	}
	if len(said) > 0 {
		change["metadata"] = said
	}
	bound := claim.Status.Phase == corev1.ClaimBound
	if asked := claim.Spec.Resources.Requests[corev1.ResourceStorage]; bound && asked.Cmp(f.Size) < 0 { // Kubernetes lets no other one grow
		change["spec"] = map[string]any{"resources": map[string]any{"requests": map[string]any{"storage": f.Size.String()}}}
	}
	if len(change) > 0 {
		claim, err = p.client.CoreV1().PersistentVolumeClaims(p.Namespace).Patch(ctx, name, types.MergePatchType, patch(change), metav1.PatchOptions{})
		if err != nil {
			return "", fmt.Errorf("claim %s/%s: %w", p.Namespace, name, err)
		}
	}
	if !bound {
		return name + " waits for its volume", nil
	}
	return storage.Growing(claim, f.Size)
}

// includes reports whether all of some is in the other.
func includes(all, some map[string]string) bool {
	for key, value := range some {
		if has, there := all[key]; !there || has != value {
			return false
		}
	}
	return true
}

// serves waits until the pod is ready.
func (p *pool) serves(ctx context.Context, u underWay) (string, error) {
	pod, err := p.client.CoreV1().Pods(p.Namespace).Get(ctx, u.Pod, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return u.Pod + " is made anew", nil
	}
	if err != nil {
		return "", fmt.Errorf("pod %s/%s: %w", p.Namespace, u.Pod, err)
	}
	ready := slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
	if ready && pod.DeletionTimestamp == nil {
		return "", nil
	}
	return strings.Join(append([]string{u.Pod + " starts with an empty volume"}, p.causes(ctx, u.Pod)...), "; "), nil
}

// causes are what Kubernetes says of a pod that is not in service.
func (p *pool) causes(ctx context.Context, pod string) []string {
	return slices.DeleteFunc(rollout.Causes(ctx, p.client, p.Namespace, p.StatefulSet), func(line string) bool { return !strings.Contains(line, pod) })
}

// mark writes at the new claims what they came of.
func (p *pool) mark(ctx context.Context, u underWay) error {
	for name := range u.Claims {
		_, err := p.client.CoreV1().PersistentVolumeClaims(p.Namespace).Patch(ctx, name, types.MergePatchType,
			annotated(storage.ReplacedAnnotation, u.Token), metav1.PatchOptions{})
		if err != nil {
			return fmt.Errorf("annotating claim %s/%s: %w", p.Namespace, name, err)
		}
	}
	return nil
}

// fate is what becomes of a pod's volumes, in words.
func (p *pool) fate(ctx context.Context, wish Replaced) string {
	var kept []string
	for _, name := range slices.Sorted(maps.Keys(wish.Claims)) {
		claim, err := p.claim(ctx, name)
		if err != nil || claim == nil || claim.Spec.VolumeName == "" {
			continue
		}
		volume, err := p.client.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, metav1.GetOptions{})
		if err != nil {
			return "its volume is given back, and what becomes of it is for its class: " + err.Error()
		}
		if volume.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimRetain {
			kept = append(kept, volume.Name)
		}
	}
	if len(kept) == 0 {
		return "its volume is deleted"
	}
	return fmt.Sprintf("its volume (%[1]s) is kept, as its reclaimPolicy is Retain: kubectl delete pv %[1]s, when nobody needs it", strings.Join(kept, " "))
}

// cannotGrow are why new claims of these pods would stay smaller than they are to be.
func (p *pool) cannotGrow(ctx context.Context, pods []string, wishes map[string]Replaced) ([]string, error) {
	var reasons []string
	for _, template := range p.set.Spec.VolumeClaimTemplates {
		first := template.Spec.Resources.Requests[corev1.ResourceStorage]
		for _, pod := range pods {
			name := template.Name + "-" + pod
			size, err := resource.ParseQuantity(wishes[pod].Claims[name])
			if err != nil || first.Cmp(size) >= 0 {
				continue
			}
			class, known, err := p.class(ctx, name)
			if err != nil {
				return nil, err
			}
			if known {
				reasons = append(reasons, fmt.Sprintf("claim %s would be made with %s, which is the StatefulSet's for life, and StorageClass %q lets no volume grow to %s (allowVolumeExpansion)",
					name, first.String(), class, size.String()))
			}
		}
	}
	return reasons, nil
}

// class is that of a claim, if it is known that its volumes cannot grow.
func (p *pool) class(ctx context.Context, name string) (class string, stuck bool, err error) {
	claim, err := p.claim(ctx, name)
	if err != nil || claim == nil {
		return "", false, err
	}
	if claim.Spec.StorageClassName != nil {
		class = *claim.Spec.StorageClassName
	}
	found, err := p.client.StorageV1().StorageClasses().Get(ctx, class, metav1.GetOptions{})
	switch {
	case apierrors.IsForbidden(err):
		return class, false, nil // who may not look finds out
	case apierrors.IsNotFound(err):
		return class, true, nil
	case err != nil:
		return class, false, fmt.Errorf("storage class %s: %w", class, err)
	}
	return class, found.AllowVolumeExpansion == nil || !*found.AllowVolumeExpansion, nil
}

// until looks again and again until there is nothing to wait for. look says what it waits for,
// "" for nothing. What cannot be asked now is waited for like that, for as long as the patience
// lasts, and what can never be not at all.
func until(ctx context.Context, say func(string), look func(context.Context) (string, error)) error {
	var failing time.Time
	for {
		waits, err := look(ctx)
		switch {
		case err == nil && waits == "":
			return nil
		case err == nil:
			failing = time.Time{}
		case errors.Is(err, storage.ErrInfeasible), apierrors.IsForbidden(err):
			return err
		case failing.IsZero():
			failing = time.Now()
		case time.Since(failing) > patience:
			return fmt.Errorf("for %s: %w", patience, err)
		}
		if err != nil {
			waits = "tries again: " + err.Error()
		}
		say(waits)
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", waits, context.Cause(ctx))
		case <-time.After(retry):
		}
	}
}
