package automation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kafka-kraft/kafka-kraft/internal/podstate"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Pod is one pod of the stack's Kafka.
type Pod struct {
	Name string `json:"name"`
	// Role is broker, controller, or "broker,controller"; "" for a pod beyond the plan.
	Role string `json:"role"`
	// Node is the Kubernetes node that it runs on; "" if none has it yet.
	Node string `json:"node"`
	// Ready reports whether Kubernetes sends clients to it, Why says why not.
	Ready bool   `json:"ready"`
	Why   string `json:"why,omitempty"`
	// Restarts counts those of its containers.
	Restarts int `json:"restarts"`
	// CertificateUntil is when the certificate ends that its Kafka runs with; zero: it has none, or
	// nobody has asked. Only Status asks.
	CertificateUntil time.Time `json:"certificateUntil,omitzero"`
}

// Pods are the pods of the stack's Kafka, sorted by role and name. It asks the Kubernetes
// cluster; ErrUnreachable if that does not answer.
func (s *Stack) Pods(ctx context.Context) ([]Pod, error) {
	const doing = "pods"
	client, _, err := s.kubernetes(doing)
	if err != nil {
		return nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	list, err := client.CoreV1().Pods(s.Config().KubeNamespace).List(bounded, s.ours())
	if err != nil {
		if canceled := s.canceled(ctx, doing); canceled != nil {
			return nil, canceled
		}
		return nil, s.fail(doing, ErrUnreachable, fmt.Errorf("pods in namespace %s: %w", s.Config().KubeNamespace, err), adviceUnreachable)
	}
	return podsOf(list.Items, s.Config().Plan()), nil
}

func podsOf(found []corev1.Pod, plan topology.Plan) []Pod {
	pods := []Pod{} // none is an answer, too
	for i := range found {
		pod := &found[i]
		p := Pod{Name: pod.Name, Node: pod.Spec.NodeName}
		for _, pool := range plan.Pools {
			if cut := strings.LastIndex(pod.Name, "-"); cut > 0 && pod.Name[:cut] == pool.Name {
				p.Role = pool.ProcessRoles()
			}
		}
		p.Ready, p.Why = podstate.Ready(pod)
		for _, container := range pod.Status.ContainerStatuses {
			p.Restarts += int(container.RestartCount)
		}
		pods = append(pods, p)
	}
	slices.SortFunc(pods, func(a, b Pod) int { return cmp.Or(-cmp.Compare(a.Role, b.Role), cmp.Compare(a.Name, b.Name)) })
	return pods
}
