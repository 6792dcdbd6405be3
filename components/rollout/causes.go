package rollout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// Causes says why a StatefulSet does not have the pods that it should, a line for each
// reason: what its pods say of themselves, and what Kubernetes says of them, of their
// claims and of the pods that it could not even make. Kubernetes tells that in events
// and nowhere else. What cannot be read is left out, since a cause is only an addition.
func Causes(ctx context.Context, client kubernetes.Interface, namespace, name string) []string {
	set, err := client.AppsV1().StatefulSets(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil || set.Spec.Selector == nil {
		return nil
	}
	selected := metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(set.Spec.Selector)}
	pods, err := client.CoreV1().Pods(namespace).List(ctx, selected)
	if err != nil {
		return nil
	}
	var lines []string
	troubled := map[types.UID]string{}
	if len(pods.Items) < int(replicas(set)) {
		troubled[set.UID] = "stateful set " + name
	}
	for i := range pods.Items {
		pod := &pods.Items[i]
		reason := outOfService(ctx, client, pod)
		if reason == nil {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %v", pod.Name, reason))
		troubled[pod.UID] = pod.Name
	}
	for _, claim := range pending(ctx, client, set) {
		troubled[claim.UID] = "claim " + claim.Name
	}
	for _, said := range warnings(ctx, client, namespace, troubled) {
		if !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, said.Message) }) {
			lines = append(lines, troubled[said.InvolvedObject.UID]+": "+strings.TrimSpace(said.Message))
		}
	}
	for i, line := range lines {
		if advice := advise(line); advice != "" {
			lines[i] += " (" + advice + ")"
		}
	}
	return lines
}

// warnings are Kubernetes' complaints about these objects, the latest first, and only
// one of those that differ in nothing but the ordinal.
func warnings(ctx context.Context, client kubernetes.Interface, namespace string, about map[types.UID]string) []corev1.Event {
	events, err := client.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{})
	if err != nil || len(about) == 0 {
		return nil
	}
	found := slices.DeleteFunc(events.Items, func(event corev1.Event) bool {
		_, ours := about[event.InvolvedObject.UID]
		// A probe's answer is the agent's, which the pod's own line has.
		return !ours || event.Type != corev1.EventTypeWarning || event.Reason == "Unhealthy" || event.Reason == "BackOff"
	})
	slices.SortStableFunc(found, func(a, b corev1.Event) int { return last(b).Compare(last(a).Time) })
	said := map[string]bool{}
	return slices.DeleteFunc(found, func(event corev1.Event) bool {
		digits := func(r rune) rune {
			if r >= '0' && r <= '9' {
				return -1
			}
			return r
		}
		same := event.InvolvedObject.Kind + event.Reason + strings.Map(digits, event.Message)
		known := said[same]
		said[same] = true
		return known
	})
}

// last is when an event came last; the scheduler's have only an event time.
func last(event corev1.Event) metav1.Time {
	if !event.LastTimestamp.IsZero() {
		return event.LastTimestamp
	}
	return metav1.Time{Time: cmp.Or(event.EventTime.Time, event.CreationTimestamp.Time)}
}

// pending are the claims of a StatefulSet's pods that have no volume.
func pending(ctx context.Context, client kubernetes.Interface, set *appsv1.StatefulSet) []corev1.PersistentVolumeClaim {
	claims, err := client.CoreV1().PersistentVolumeClaims(set.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(claims.Items, func(claim corev1.PersistentVolumeClaim) bool {
		return !unbound(&claim) || !slices.ContainsFunc(set.Spec.VolumeClaimTemplates, func(template corev1.PersistentVolumeClaim) bool {
			return belongs(claim.Name, template.Name, set.Name)
		})
	})
}

// advices are the configuration keys that help, by Kubernetes' words.
var advices = []struct{ words, advice string }{
	{"must specify limits.cpu", "a quota asks for it: set broker.cpuLimit, with separated controllers controller.cpuLimit, too"},
	{"exceeded quota", "raise the namespace's quota, or ask for less: brokers, broker.cpuRequest, broker.memoryRequest, broker.memoryLimit"},
	{"cpu usage per", "a LimitRange of the namespace: see broker.cpuRequest and broker.cpuLimit"},
	{"memory usage per", "a LimitRange of the namespace: see broker.memoryRequest and broker.memoryLimit"},
	{"no PriorityClass with name", "scheduling.priorityClass must name one of `kubectl get priorityclass`"},
	{"violates PodSecurity", "the namespace's label pod-security.kubernetes.io/enforce: pods on the shared volume need privileged, with storage.mode perPod restricted will do"},
	{"storageclass.storage.k8s.io", "storage.className must name one of `kubectl get storageclass`"},
	{"no storage class is set", "set storage.className, or make one of `kubectl get storageclass` the default"},
	{"Insufficient cpu", "see broker.cpuRequest"},
	{"Insufficient memory", "see broker.memoryRequest"},
	{"anti-affinity rules", "more nodes, or scheduling.antiAffinity soft"},
	{"untolerated taint", "see scheduling.tolerations"},
	{"node affinity/selector", "see scheduling.nodeSelector and storage.node"},
	{"ImagePullBackOff", "see image, imageRegistry and imagePullPolicy"},
	{"ErrImageNeverPull", "see imagePullPolicy"},
}

func advise(line string) string {
	for _, a := range advices {
		if strings.Contains(line, a.words) {
			return a.advice
		}
	}
	return ""
}

// outOfService is why a pod does not serve, or soon will not; nil if it does.
func outOfService(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod) error {
	reason := unready(pod)
	if pod.DeletionTimestamp != nil {
		reason = errors.New("is stopping")
	}
	if reason != nil {
		if dead := lostNode(ctx, client, pod); dead != nil {
			return dead
		}
	}
	return reason
}

// lostNode says that a pod's node does not answer; nil if it does, or nobody knows. Only
// the node's own kubelet can say that containers have ended, so the pods of a node that
// died stay for good.
func lostNode(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod) error {
	if pod.Spec.NodeName == "" {
		return nil
	}
	node, err := client.CoreV1().Nodes().Get(ctx, pod.Spec.NodeName, metav1.GetOptions{})
	if err != nil || answers(node) {
		return nil //nolint:nilerr // a node that we may not look at is none that does not answer
	}
	return fmt.Errorf("its node %[1]s does not answer; bring it back, or, if it is gone for good: "+
		"kubectl taint nodes %[1]s node.kubernetes.io/out-of-service=nodeshutdown:NoExecute, or kubectl delete pod --force -n %[2]s %[3]s",
		node.Name, pod.Namespace, pod.Name)
}

func answers(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Status.Conditions, func(condition corev1.NodeCondition) bool {
		return condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue
	})
}
