package automation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
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
	// its agent does not answer.
	CertificateUntil time.Time `json:"certificateUntil,omitzero"`
	// JVMRestarts counts how often the agent started Kafka's JVM again since its container
	// began, after a signal had killed it, which Kubernetes sees nothing of; LastJVMRestart is
	// the last time. 0 also for a pod whose agent does not answer.
	JVMRestarts    int       `json:"jvmRestarts"`
	LastJVMRestart time.Time `json:"lastJvmRestart,omitzero"`
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
	return podsOf(list.Items, podstate.Agents(bounded, client, list.Items), s.Config().Plan()), nil
}

func podsOf(found []corev1.Pod, agents map[string]contract.State, plan topology.Plan) []Pod {
	pods := []Pod{} // none is an answer, too
	for i := range found {
		pod := &found[i]
		agent := agents[pod.Name]
		p := Pod{
			Name: pod.Name, Node: pod.Spec.NodeName, CertificateUntil: agent.CertificateUntil,
			JVMRestarts: agent.Restarts.Count, LastJVMRestart: agent.Restarts.Last,
		}
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
