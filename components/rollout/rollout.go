// Package rollout brings a change to the pods of a StatefulSet, and waits for them to run it.
//
// # Who restarts the pods
//
// A StatefulSet behind which a Rollout stands has the update strategy OnDelete, and Roll
// restarts its pods. Kubernetes' own RollingUpdate goes by ordinals, so that the active
// controller may be the first to stop, be elected anew in the next pod and stop again, and it
// takes the next pod when the one before is ready, though partitions may not be in sync.
//
// RollingUpdate with a partition is no way to another order: whatever pod below it is lost
// comes back with the old template (newVersionedStatefulSetPod in Kubernetes'
// pkg/controller/statefulset). To re-elect before each stop is none, either: Kafka's
// controllers hand over only when they stop.
//
// What OnDelete means when nobody is there:
//
//   - A program that dies in the middle, or Ctrl-C, stops the roll. Some pods run the old
//     template and some the new one, as in the middle of any roll, and each is ready. The
//     next up goes on. RollingUpdate would go on alone, where nobody watches it.
//   - A pod that is lost meanwhile comes back with the newest template, as with RollingUpdate.
//   - kubectl rollout restart and undo change the template and restart nobody; the next up that
//     looks at the cluster does. kubectl rollout status refuses such a StatefulSet.
//   - Pulumi's own wait would be over when as many pods as asked for are ready, whatever they run
//     (pkg/await/statefulset.go of its Kubernetes provider), so that a pod that was not ready before
//     would keep the gate from what mends it. The StatefulSet has an annotation (pulumi.com/waitFor)
//     with which there is none, and the gate waits for all.
//   - A StatefulSet from before is changed in place, and no pod restarts for that: the strategy is
//     no part of the template.
//
// Without a gate a StatefulSet keeps RollingUpdate, and Await only waits.
//
// Pulumi's Kubernetes provider before 4.26.0 may call an update done before the first
// new pod is up, because it reads a status that Kubernetes has not renewed yet. What
// `pulumi up` reports must be true with every release of the provider, so the program
// looks for itself.
package rollout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// pause between two looks. A pod takes seconds to start, so nothing is gained by less.
const pause = 500 * time.Millisecond

// Await returns when Kubernetes has seen the newest generation of the StatefulSet and
// all its pods are of that revision, ready and caught up. When ctx ends first, the error says
// which pods are not, and why. progress, if not nil, is told of every step forward.
func Await(ctx context.Context, client kubernetes.Interface, namespace, name string, progress func(string)) error {
	return await(ctx, client, namespace, name, nil, progress)
}

// await is Await with a step, if given, that is taken at each look while pods are not what they
// shall be. It says what it waits for; its error ends the wait.
func await(ctx context.Context, client kubernetes.Interface, namespace, name string,
	step func(context.Context, *appsv1.StatefulSet) (string, error), progress func(string),
) error {
	var said, trouble string
	remarked := map[string]bool{}
	for {
		set, err := client.AppsV1().StatefulSets(namespace).Get(ctx, name, metav1.GetOptions{})
		if err == nil {
			trouble = Describe(set)
			if Done(set) {
				waits, remarks := CatchUp(ctx, client, set)
				for _, remark := range remarks {
					if progress != nil && !remarked[remark] {
						progress(remark)
						remarked[remark] = true
					}
				}
				if waits == "" {
					return nil
				}
				trouble = waits
			} else if step != nil {
				doing, err := step(ctx, set)
				if err != nil {
					return fmt.Errorf("stateful set %s/%s: %s; %w", namespace, name, trouble, err)
				}
				if doing != "" {
					trouble += "; " + doing
				}
			}
		} else if ctx.Err() == nil {
			trouble = err.Error() // the API server may be away for a moment
		}
		if trouble != said && progress != nil {
			progress(trouble)
			said = trouble
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("stateful set %s/%s: %s: %w%s", namespace, name, trouble, context.Cause(ctx), causes(client, namespace, name))
		case <-time.After(pause):
		}
	}
}

// Done reports whether the last change of the StatefulSet has reached all its pods.
func Done(set *appsv1.StatefulSet) bool {
	want := replicas(set)
	status := set.Status
	return status.ObservedGeneration >= set.Generation &&
		status.Replicas == want && status.ReadyReplicas == want &&
		(want == 0 || status.UpdatedReplicas == want && (onDelete(set) || status.CurrentRevision == status.UpdateRevision))
}

// onDelete reports whether pods get a change only when they are deleted. Kubernetes never takes
// the current revision of such a StatefulSet further (completeRollingUpdate).
func onDelete(set *appsv1.StatefulSet) bool {
	return set.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType
}

// Describe says in words how far a rollout is.
func Describe(set *appsv1.StatefulSet) string {
	if set.Status.ObservedGeneration < set.Generation {
		return "Kubernetes has not begun with the change"
	}
	updated := set.Status.UpdatedReplicas
	if !onDelete(set) && set.Status.CurrentRevision == set.Status.UpdateRevision {
		updated = set.Status.Replicas
	}
	return fmt.Sprintf("%d of %d pods are up to date, %d are ready", updated, replicas(set), set.Status.ReadyReplicas)
}

func replicas(set *appsv1.StatefulSet) int32 {
	if set.Spec.Replicas == nil {
		return 1 // Kubernetes' default
	}
	return *set.Spec.Replicas
}

// causes is Causes as lines of an error. It has a little time of its own, since the time
// for the rollout is over.
func causes(client kubernetes.Interface, namespace, name string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var lines strings.Builder
	for _, cause := range Causes(ctx, client, namespace, name) {
		lines.WriteString("\n  " + cause)
	}
	return lines.String()
}

// unready is why a pod is not ready, nil if it is.
func unready(pod *corev1.Pod) error {
	for _, condition := range pod.Status.Conditions {
		switch {
		case condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue:
			return nil
		case condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse:
			return fmt.Errorf("not scheduled: %s", condition.Message)
		}
	}
	for _, container := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
		if last := container.LastTerminationState.Terminated; last != nil && last.Message != "" {
			return fmt.Errorf("%s ended with code %d: %s", container.Name, last.ExitCode, strings.TrimSpace(last.Message))
		}
		if waiting := container.State.Waiting; waiting != nil && waiting.Reason != "PodInitializing" {
			return fmt.Errorf("%s: %s: %s", container.Name, waiting.Reason, waiting.Message)
		}
	}
	return errors.New("running, but not ready yet (kubectl describe pod tells what its probe answers)")
}
