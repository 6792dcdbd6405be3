package ops

import (
	"context"
	"fmt"
	"iter"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// pool is a node pool as Kubernetes has it.
type pool struct {
	Place
	client kubernetes.Interface
	set    *appsv1.StatefulSet // nil: there is none
}

// look asks Kubernetes once. A namespace that there is not has no StatefulSet.
func (p *pool) look(ctx context.Context) error {
	set, err := p.client.AppsV1().StatefulSets(p.Namespace).Get(ctx, p.StatefulSet, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		p.set = nil
		return nil
	}
	if err != nil {
		return fmt.Errorf("stateful set %s: %w", p.id(), err)
	}
	p.set = set
	return nil
}

// members are the ids of the pods that Kubernetes is to run.
func (p *pool) members() []int32 {
	if p.set == nil {
		return nil
	}
	first, replicas := p.First, int32(1) // Kubernetes' default
	if p.set.Spec.Replicas != nil {
		replicas = *p.set.Spec.Replicas
	}
	if p.set.Spec.Ordinals != nil {
		first += p.set.Spec.Ordinals.Start
	}
	ids := make([]int32, replicas)
	for i := range ids {
		ids[i] = first + int32(i)
	}
	return ids
}

// rests reports whether no pod runs, or none is about to.
func (p *pool) rests() bool { return p.Stopped || len(p.members()) == 0 }

// formed reports whether the StatefulSet was made with these members and never changed: nobody
// can have come or gone.
func (p *pool) formed(ids []int32) bool {
	return p.set != nil && p.set.Generation == 1 && same(p.members(), ids) // Kubernetes counts the changes of spec
}

// gone reports whether there is no pod of this id, and none will come. A pod that is only being
// replaced is away for a moment, too, so the StatefulSet is asked as well.
func (p *pool) gone(ctx context.Context, id int32) (bool, error) {
	now := *p
	if err := now.look(ctx); err != nil {
		return false, err
	}
	if slices.Contains(now.members(), id) {
		return false, nil
	}
	name := fmt.Sprintf("%s-%d", p.StatefulSet, id-p.First)
	_, err := p.client.CoreV1().Pods(p.Namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("pod %s/%s: %w", p.Namespace, name, err)
	}
	return false, nil
}

// claims are those of these names that there are, by name.
func (p *pool) claims(ctx context.Context, names iter.Seq[string]) ([]corev1.PersistentVolumeClaim, error) {
	var there []corev1.PersistentVolumeClaim
	for _, name := range slices.Sorted(names) {
		claim, err := p.client.CoreV1().PersistentVolumeClaims(p.Namespace).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("claim %s/%s: %w", p.Namespace, name, err)
		}
		there = append(there, *claim)
	}
	return there, nil
}

// without is a list less the ids of another, in its order.
func without(ids, less []int32) []int32 {
	return slices.DeleteFunc(slices.Clone(ids), func(id int32) bool { return slices.Contains(less, id) })
}

// same reports whether two lists have the same ids.
func same(a, b []int32) bool {
	return len(without(a, b)) == 0 && len(without(b, a)) == 0
}
