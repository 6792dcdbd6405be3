// Package podstate says in a person's words how a pod is.
package podstate

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// ReadySince reports whether a pod is ready, and when that last changed; the zero time if
// Kubernetes has not said yet.
func ReadySince(pod *corev1.Pod) (bool, time.Time) {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue, condition.LastTransitionTime.Time
		}
	}
	return false, time.Time{}
}

// Ready reports whether a pod is ready, and if not, why: what a container waits for or
// ended with, or what else Kubernetes says of the pod.
func Ready(pod *corev1.Pod) (bool, string) {
	if ready, _ := ReadySince(pod); ready {
		return true, ""
	}
	if pod.DeletionTimestamp != nil {
		return false, "is being stopped"
	}
	for _, status := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		switch {
		case status.State.Waiting != nil && status.State.Waiting.Reason != "PodInitializing":
			return false, fmt.Sprintf("%s: %s %s", status.Name, status.State.Waiting.Reason, status.State.Waiting.Message)
		case status.State.Terminated != nil && status.State.Terminated.ExitCode != 0:
			return false, fmt.Sprintf("%s ended with code %d: %s", status.Name, status.State.Terminated.ExitCode, status.State.Terminated.Message)
		}
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Status != corev1.ConditionTrue && condition.Message != "" {
			return false, condition.Message
		}
	}
	return false, string(pod.Status.Phase)
}
