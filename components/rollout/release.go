package rollout

import (
	"context"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Release lets a rollout pass the pods that the template before it broke, until ctx
// ends. Since Kubernetes 1.35 a StatefulSet replaces a pod only while enough others
// are available (MaxUnavailableStatefulSet); pods that cannot start count as missing,
// so the very change that would mend them never reaches them. They are deleted here,
// as kubectl would have to, and come back with the newest template. A pod that runs is
// never touched. See https://github.com/kubernetes/kubernetes/issues/67250
func Release(ctx context.Context, client kubernetes.Interface, namespace, name string, progress func(string)) {
	for {
		// An error is no end: the API server may be away for a moment, and what
		// could not be released is what the rollout's own report will name.
		if set, err := client.AppsV1().StatefulSets(namespace).Get(ctx, name, metav1.GetOptions{}); err == nil {
			release(ctx, client, set, progress)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func release(ctx context.Context, client kubernetes.Interface, set *appsv1.StatefulSet, progress func(string)) {
	if set.Status.ObservedGeneration < set.Generation || set.Spec.Selector == nil {
		return // Kubernetes has not begun, so a pod would come back as it was
	}
	pods := client.CoreV1().Pods(set.Namespace)
	list, err := pods.List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(set.Spec.Selector)})
	if err != nil {
		return
	}
	for i := range list.Items {
		pod := &list.Items[i]
		if !metav1.IsControlledBy(pod, set) || pod.DeletionTimestamp != nil ||
			pod.Labels[appsv1.StatefulSetRevisionLabel] == set.Status.UpdateRevision || !Broken(pod) {
			continue
		}
		uid := pod.UID
		err := pods.Delete(ctx, pod.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
		if err == nil && progress != nil {
			progress(fmt.Sprintf("%s cannot start with its old configuration and was deleted to get the new one", pod.Name))
		}
	}
}

// hopeless are the reasons for which a container waits that waiting does not mend.
var hopeless = []string{
	"CrashLoopBackOff", "CreateContainerConfigError", "CreateContainerError", "ErrImageNeverPull",
	"ErrImagePull", "ImageInspectError", "ImagePullBackOff", "InvalidImageName", "RunContainerError",
}

// Broken tells whether a pod cannot start as it is: one of its containers waits after
// a failure, or no node can take it.
func Broken(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse &&
			condition.Reason == corev1.PodReasonUnschedulable {
			return true
		}
	}
	return slices.ContainsFunc(slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses),
		func(container corev1.ContainerStatus) bool {
			return container.State.Waiting != nil && slices.Contains(hopeless, container.State.Waiting.Reason)
		})
}
