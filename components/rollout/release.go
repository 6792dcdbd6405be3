package rollout

import (
	"context"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/internal/podstate"
)

// Release lets a rollout pass the pods that the template before it broke, until ctx
// ends. Kubernetes 1.35.0 to 1.35.3 replace a pod of a StatefulSet only while enough
// others are available (MaxUnavailableStatefulSet; 1.35.4 has it off again), and with
// any release the first good controller is not ready before a majority of them is: the
// very change that would mend the others never reaches them. They are deleted here, as
// kubectl would have to, and come back with the newest template. A pod that has been in
// service is only touched if it cannot start again or, with OnDelete, where no other controller
// would restart it, is out of service for longer than a cluster takes to come to rest. See
// https://github.com/kubernetes/kubernetes/issues/67250 and
// https://github.com/kubernetes/kubernetes/issues/137409
func Release(ctx context.Context, client kubernetes.Interface, namespace, name string, progress func(string)) {
	missing := outages{}
	for {
		// An error is no end: the API server may be away for a moment, and what
		// could not be released is what the rollout's own report will name.
		if set, err := client.AppsV1().StatefulSets(namespace).Get(ctx, name, metav1.GetOptions{}); err == nil {
			release(ctx, client, set, missing, progress)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func release(ctx context.Context, client kubernetes.Interface, set *appsv1.StatefulSet, missing outages, progress func(string)) {
	if set.Status.ObservedGeneration < set.Generation {
		return // Kubernetes has not begun, so a pod would come back as it was
	}
	pods, err := podsOf(ctx, client, set)
	if err != nil {
		return
	}
	proven := provenRevisions(pods)
	// While a pod of the newest template is not in service, a template with which others serve is
	// the better one, even of a pod that is broken.
	unsure := slices.ContainsFunc(pods, func(pod corev1.Pod) bool {
		return !isOld(&pod, set) && (pod.DeletionTimestamp != nil || unready(&pod) != nil)
	})
	for i := range pods {
		pod := &pods[i]
		trusted := proven[revisionOf(pod)]
		stuck := Broken(pod) && (!unsure || !trusted) || NeverInService(pod) && !trusted
		if stuck && pod.DeletionTimestamp == nil && isOld(pod, set) {
			drop(ctx, client, pod, progress)
		}
	}
	if pod := missing.longest(ctx, client, set, pods, proven); pod != nil {
		drop(ctx, client, pod, progress)
	}
}

func drop(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, progress func(string)) {
	err := client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, this(pod))
	if err == nil && progress != nil {
		progress(fmt.Sprintf("%s does not get into service with its old configuration and was deleted to get the new one", pod.Name))
	}
}

// outages are since when pods are out of service.
type outages map[types.UID]time.Time

// since is how long a pod is out of service, as far as was seen.
func (o outages) since(pod *corev1.Pod) time.Duration {
	if _, known := o[pod.UID]; !known {
		o[pod.UID] = time.Now()
	}
	return time.Since(o[pod.UID])
}

// longest is the pod of an old template, if there is one, that is out of service for as long as a
// cluster may take to settle, so that a change may be what it waits for. One that still starts, with
// a template with which others have, may recover its log, and would begin anew. One that is on its
// way out, or comes back with the newest template, keeps the others where they are; and one whose
// node does not answer could only be stuck.
func (o outages) longest(ctx context.Context, client kubernetes.Interface, set *appsv1.StatefulSet, pods []corev1.Pod, proven map[string]bool) *corev1.Pod {
	for i := range pods {
		if unready(&pods[i]) == nil {
			delete(o, pods[i].UID)
		}
	}
	if !onDelete(set) || len(pods) != int(replicas(set)) {
		return nil
	}
	var found *corev1.Pod
	for i := range pods {
		pod := &pods[i]
		switch {
		case pod.DeletionTimestamp != nil:
			return nil
		case unready(pod) == nil:
			continue
		case !isOld(pod, set):
			return nil
		}
		mayEnd := wasInService(pod) || !proven[revisionOf(pod)]
		if missing := o.since(pod); mayEnd && missing >= settle && (found == nil || ordinal(pod) > ordinal(found)) &&
			lostNode(ctx, client, pod) == nil && !startsAgain(ctx, client, pod) {
			found = pod
		}
	}
	return found
}

// startsAgain reports whether a pod's agent has started its JVM again and that one is not in service
// yet. For Kubernetes the container has started all the while.
func startsAgain(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod) bool {
	state, err := podstate.Agent(ctx, client, pod)
	return err == nil && !state.Ready && state.Restarts.Count > 0
}

// provenRevisions are those with which a pod has been in service. A pod of such a one
// that still starts has a long way, such as a log recovery, rather than a template that
// is wrong; it would begin anew if it were deleted.
func provenRevisions(pods []corev1.Pod) map[string]bool {
	proven := map[string]bool{}
	for i := range pods {
		if wasInService(&pods[i]) {
			proven[revisionOf(&pods[i])] = true
		}
	}
	return proven
}

func wasInService(pod *corev1.Pod) bool {
	return len(pod.Status.ContainerStatuses) > 0 &&
		!slices.ContainsFunc(pod.Status.ContainerStatuses, func(container corev1.ContainerStatus) bool {
			return container.Started == nil || !*container.Started
		})
}

// NeverInService reports whether none of a pod's containers ever passed its startup probe.
// Only with a pod's first container is that certain: the sign is taken back with each
// restart, after which a broker may recover the log of what it served.
func NeverInService(pod *corev1.Pod) bool {
	return len(pod.Status.ContainerStatuses) > 0 &&
		!slices.ContainsFunc(pod.Status.ContainerStatuses, func(container corev1.ContainerStatus) bool {
			return container.RestartCount > 0 || container.Started != nil && *container.Started
		})
}

// hopeless are the reasons for which a container waits that waiting does not mend.
var hopeless = []string{
	"CrashLoopBackOff", "CreateContainerConfigError", "CreateContainerError", "ErrImageNeverPull",
	"ErrImagePull", "ImageInspectError", "ImagePullBackOff", "InvalidImageName", "RunContainerError",
}

// Broken reports whether a pod cannot start as it is: one of its containers waits after
// a failure, or no node can take it.
func Broken(pod *corev1.Pod) bool {
	return unschedulable(pod) || crashed(pod)
}

func unschedulable(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(condition corev1.PodCondition) bool {
		return condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse &&
			condition.Reason == corev1.PodReasonUnschedulable
	})
}

func crashed(pod *corev1.Pod) bool {
	return slices.ContainsFunc(slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses),
		func(container corev1.ContainerStatus) bool {
			return container.State.Waiting != nil && slices.Contains(hopeless, container.State.Waiting.Reason)
		})
}
