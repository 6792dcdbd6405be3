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
func moving(ctx *pulumi.Context, name string, args *ClusterArgs) (pulumi.ResourceOption, error) {
	binding := &pulumi.ResourceHookBinding{}
	if args.NodePorts == nil || ctx.RunningWithMocks() {
		return pulumi.ResourceHooks(binding), nil
	}
	var once sync.Once
	var failed error
	hook, err := ctx.RegisterResourceHook("NodePorts of "+name, func(*pulumi.ResourceHookArgs) error {
		once.Do(func() { failed = args.NodePorts.Move(ctx.Context(), args.Plan.Namespace, nodePorts(args.Plan)) })
		return failed
	}, nil)
	if err != nil {
		return nil, err
	}
	binding.BeforeCreate = []*pulumi.ResourceHook{hook}
	binding.BeforeUpdate = binding.BeforeCreate
	return pulumi.ResourceHooks(binding), nil
}
