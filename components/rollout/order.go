package rollout

import (
	"context"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/internal/podstate"
)

// Order is a roll before it is made.
type Order struct {
	// Pods are the names of those that would restart, one after the other.
	Pods []string
	// Active is the pod among them that has the active controller now, which comes last; ""
	// if none has, or nobody knows.
	Active string
}

// Plan says in which order the pods of a StatefulSet would restart now: the highest ordinal first,
// as Kubernetes does it, and the active controller last, so that there is one election and not one
// for every pod. all: every pod has to, since the template is about to change; otherwise those that
// are not of the newest template. stay is how many pods there are to be; those beyond leave, and do
// not restart. An election meanwhile changes the order: Roll asks before each pod.
func Plan(ctx context.Context, client kubernetes.Interface, set *appsv1.StatefulSet, stay int, all bool) (Order, error) {
	pods, err := podsOf(ctx, client, set)
	if err != nil {
		return Order{}, err
	}
	leader := active(pods, podstate.Agents(ctx, client, pods))
	due := slices.DeleteFunc(slices.Clone(pods), func(pod corev1.Pod) bool {
		return !all && !isOld(&pod, set) || ordinal(&pod) >= stay
	})
	var order Order
	for _, pod := range inOrder(due, leader) {
		order.Pods = append(order.Pods, pod.Name)
	}
	if slices.Contains(order.Pods, leader) {
		order.Active = leader
	}
	return order, nil
}

// inOrder is pods, the highest ordinal first, with that of the active controller last.
func inOrder(pods []corev1.Pod, active string) []corev1.Pod {
	is := func(pod corev1.Pod) bool { return pod.Name == active }
	followers := slices.DeleteFunc(slices.Clone(pods), is)
	if at := slices.IndexFunc(pods, is); at >= 0 {
		followers = append(followers, pods[at])
	}
	return followers
}

// active is the pod of the active controller, "" if it is none of these or nobody knows. Who has
// heard of the newest epoch is right. Node ids go by ordinals, so that one answer is enough, from
// whichever pod.
func active(pods []corev1.Pod, states map[string]contract.State) string {
	epoch, at := -1, -1
	for i := range pods {
		state, answers := states[pods[i].Name]
		if answers && state.LeaderID >= 0 && state.LeaderEpoch > epoch {
			epoch, at = state.LeaderEpoch, ordinal(&pods[i])+state.LeaderID-state.NodeID
		}
	}
	for i := range pods {
		if ordinal(&pods[i]) == at {
			return pods[i].Name
		}
	}
	return ""
}
