package podstate

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// patience is how long an agent may take to answer, which it does from memory.
const patience = 3 * time.Second

// Agent asks a pod's agent for its node's state, through the API server: pods are not to be
// reached from where `pulumi up` runs.
func Agent(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod) (contract.State, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	response := client.CoreV1().Pods(pod.Namespace).ProxyGet("http", pod.Name, strconv.Itoa(contract.Port), contract.PathState, nil)
	body, err := response.DoRaw(ctx)
	if err != nil {
		return contract.State{}, fmt.Errorf("agent of %s: %w", pod.Name, err)
	}
	var state contract.State
	if err := json.Unmarshal(body, &state); err != nil {
		return contract.State{}, fmt.Errorf("agent of %s: %w", pod.Name, err)
	}
	return state, nil
}

// Agents asks the agents of all pods at the same time, and returns what those that
// answer know, by the pod's name.
func Agents(ctx context.Context, client kubernetes.Interface, pods []corev1.Pod) map[string]contract.State {
	var (
		mu  sync.Mutex
		all sync.WaitGroup
	)
	states := map[string]contract.State{}
	for i := range pods {
		pod := &pods[i]
		all.Go(func() {
			if state, err := Agent(ctx, client, pod); err == nil {
				mu.Lock()
				defer mu.Unlock()
				states[pod.Name] = state
			}
		})
	}
	all.Wait()
	return states
}
