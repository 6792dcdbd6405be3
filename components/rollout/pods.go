package rollout

import (
	"context"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// podsOf are the pods that a StatefulSet has made, the highest ordinal first, which is how
// Kubernetes itself goes through them. Others that its selector finds are none of its.
func podsOf(ctx context.Context, client kubernetes.Interface, set *appsv1.StatefulSet) ([]corev1.Pod, error) {
	if set.Spec.Selector == nil {
		return nil, nil
	}
	list, err := client.CoreV1().Pods(set.Namespace).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(set.Spec.Selector)})
	if err != nil {
		return nil, err
	}
	pods := slices.DeleteFunc(list.Items, func(pod corev1.Pod) bool { return !metav1.IsControlledBy(&pod, set) })
	slices.SortFunc(pods, func(a, b corev1.Pod) int { return ordinal(&b) - ordinal(&a) })
	return pods, nil
}

// ordinal is the number at the end of a pod's name.
func ordinal(pod *corev1.Pod) int {
	number, err := strconv.Atoi(pod.Name[strings.LastIndex(pod.Name, "-")+1:])
	if err != nil {
		return -1
	}
	return number
}

func revisionOf(pod *corev1.Pod) string { return pod.Labels[appsv1.StatefulSetRevisionLabel] }

// isOld reports whether a pod is not of its StatefulSet's newest template.
func isOld(pod *corev1.Pod, set *appsv1.StatefulSet) bool {
	return revisionOf(pod) != set.Status.UpdateRevision
}

// this deletes the pod, and none that has taken its place.
func this(pod *corev1.Pod) metav1.DeleteOptions {
	uid := pod.UID
	return metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}}
}

func namesOf(pods []corev1.Pod) string {
	names := make([]string, len(pods))
	for i := range pods {
		names[i] = pods[i].Name
	}
	return strings.Join(names, ", ")
}
