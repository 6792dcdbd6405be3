package kafka

import (
	"context"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// NodePorts moves the NodePorts of services. Pulumi updates services one by one and at the
// same time, and Kubernetes gives a port to a service only when no other one has it: when
// ports are moved by one, each service waits for its neighbour's.
type NodePorts interface {
	// Move gives each service its port, in an order in which each is free.
	Move(ctx context.Context, namespace string, ports map[string]int) error
}

// nodePorts are the ports of all services with one, by service.
func nodePorts(plan topology.Plan) map[string]int {
	ports := map[string]int{}
	for _, s := range plan.NodePortServices() {
		ports[s.Name] = s.Port
	}
	return ports
}

// moving is the hook with which the first service that is made or updated moves the ports of
// all: that of a new broker may want one that another's service still has.
func (m *making) moving() (pulumi.ResourceOption, error) {
	binding := &pulumi.ResourceHookBinding{}
	if m.Lifecycle == nil || m.ctx.RunningWithMocks() {
		return pulumi.ResourceHooks(binding), nil
	}
	var once sync.Once
	var failed error
	hook, err := m.ctx.RegisterResourceHook("NodePorts of "+m.name, func(*pulumi.ResourceHookArgs) error {
		once.Do(func() { failed = m.Lifecycle.Move(m.ctx.Context(), m.Plan.Namespace, nodePorts(m.Plan)) })
		return failed
	}, nil)
	if err != nil {
		return nil, err
	}
	binding.BeforeCreate = []*pulumi.ResourceHook{hook}
	binding.BeforeUpdate = binding.BeforeCreate
	return pulumi.ResourceHooks(binding), nil
}
