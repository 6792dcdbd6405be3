package smoke

import (
	"context"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/internal/podstate"
)

// measureStart tells in one sentence how long Kafka took from the applied resources
// to ready pods, by Kubernetes' own clock, which counts whole seconds.
func measureStart(ctx context.Context, kube kubernetes.Interface, namespace string, pods []corev1.Pod) (string, error) {
	var applied time.Time
	for _, name := range owners(pods) {
		set, err := kube.AppsV1().StatefulSets(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return "", fmt.Errorf("StatefulSet %s/%s: %w", namespace, name, err)
		}
		if at := lastApplied(set); at.After(applied) {
			applied = at
		}
	}
	return startTime(applied, pods), nil
}

// owners names the StatefulSets that the pods belong to.
func owners(pods []corev1.Pod) []string {
	var names []string
	for _, pod := range pods {
		if owner := metav1.GetControllerOf(&pod); owner != nil && owner.Kind == "StatefulSet" {
			names = append(names, owner.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// lastApplied is when somebody last changed what the StatefulSet asks for: its
// creation, or a later change of its spec (a start after a stop, a new image).
func lastApplied(set *appsv1.StatefulSet) time.Time {
	applied := set.CreationTimestamp.Time
	for _, entry := range set.ManagedFields {
		if entry.Subresource == "" && entry.Time != nil && entry.Time.After(applied) {
			applied = entry.Time.Time
		}
	}
	return applied
}

// later is the longest pause within one rollout, between a pod being ready and the
// next one being made. What comes after a longer one (a node that was away, a pod
// that was deleted by hand) is a story of its own.
const later = time.Minute

// startTime measures one rollout. It says so where there is none to measure.
func startTime(applied time.Time, pods []corev1.Pod) string {
	byCreation := slices.Clone(pods)
	slices.SortFunc(byCreation, func(a, b corev1.Pod) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	end := applied
	for _, pod := range byCreation {
		ready, at := podstate.ReadySince(&pod)
		if !ready {
			return fmt.Sprintf("Pod %s is not ready (yet), so the time from applied resources to ready brokers is not known.", pod.Name)
		}
		untouched := at.Before(applied)
		replaced := pod.CreationTimestamp.Sub(end) > later
		if untouched || replaced {
			return fmt.Sprintf("The last change of the StatefulSet (%s) is not what started these brokers, so there is no start to measure.",
				applied.Local().Format(time.DateTime))
		}
		if at.After(end) {
			end = at
		}
	}
	return fmt.Sprintf("From applied resources to %d ready brokers: %s", len(pods), end.Sub(applied))
}
