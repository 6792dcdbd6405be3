package kafka

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// ClusterType is the component's type token.
const ClusterType = "kafka-kraft:kafka:Cluster"

// ClusterArgs describes a cluster. What decides how many resources there are is
// plain Go; what only passes through is an input.
type ClusterArgs struct {
	// Plan is names, pools, listeners and the first voters.
	Plan topology.Plan
	// Namespace, if given, is the plan's, from the resource that makes it: everything in
	// it waits for it.
	Namespace pulumi.StringInput
	// Image is what the pods run.
	Image pulumi.StringInput
	// ClusterID and DirectoryIDs, one for each of the plan's first voters.
	ClusterID    pulumi.StringInput
	DirectoryIDs []pulumi.StringOutput
	// SharedClaim, if given, is the name of the plan's shared claim, from the resource that
	// makes it: pods wait for it.
	SharedClaim pulumi.StringPtrInput
	// Settings are those of all pools.
	Settings Settings
	// NetworkPolicy keeps Raft and the agent to the cluster's own pods.
	NetworkPolicy bool
	// PodMonitor asks the Prometheus operator to scrape the pods.
	PodMonitor bool

	// Rollout, if given, is what an update of a pool waits for, see NodePoolArgs.
	Rollout Rollout

	// Ordered lets a change reach all controllers before it begins with brokers, so that one
	// that is bad is stopped by half of the cluster. It is for a cluster that runs: while
	// it starts or stops, each role waits for the other.
	Ordered bool

	// NodePorts, if given, moves the ports of services that want each other's.
	NodePorts NodePorts
}

// namespace is the plan's, as soon as it is there.
func (a *ClusterArgs) namespace() pulumi.StringOutput {
	return kube.Namespace(a.Plan.Namespace, a.Namespace)
}

// Cluster is a Kafka cluster on Kubernetes.
type Cluster struct {
	pulumi.ResourceState

	// Pools are in the plan's order.
	Pools []*NodePool
}

// WhenReady is the text, known as soon as every pool has been ready.
func (c *Cluster) WhenReady(text string) pulumi.StringOutput {
	ready := make([]any, len(c.Pools))
	for i, pool := range c.Pools {
		ready[i] = pool.StatefulSet.ID()
	}
	return pulumi.All(ready...).ApplyT(func([]any) string { return text }).(pulumi.StringOutput)
}

// NewCluster runs the plan. Nothing in it waits for Kafka to answer but the pools
// themselves: a service that waited for ready pods would wait for pods that wait
// for their service's name.
//
// Clusters of one plan name, in namespaces of their own, have different names here, and
// none of them is called like the plan: that name is what earlier versions gave to pools,
// and Pulumi would take one cluster's for the other's. One that is called so gets another
// name with pulumi.Aliases of its old one, in an update of its own.
func NewCluster(ctx *pulumi.Context, name string, args *ClusterArgs, opts ...pulumi.ResourceOption) (*Cluster, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("kafka cluster %q: %w", name, err)
	}
	c := &Cluster{}
	if err := ctx.RegisterComponentResource(ClusterType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("kafka cluster %q: %w", name, err)
	}
	child := pulumi.Parent(c)

	initial := initialControllers(args.Plan, args.DirectoryIDs)
	account, err := corev1.NewServiceAccount(ctx, name, &corev1.ServiceAccountArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(args.Plan.Name),
			Namespace: args.namespace(),
			Labels:    pulumi.ToStringMap(args.Plan.Labels()),
		},
		// Kafka asks Kubernetes for nothing, so its pods get no key to it.
		AutomountServiceAccountToken: pulumi.Bool(false),
	}, child)
	if err != nil {
		return nil, fmt.Errorf("service account of %s: %w", args.Plan.Name, err)
	}

	before, err := newServices(ctx, name, args, child)
	if err != nil {
		return nil, err
	}
	if args.NetworkPolicy {
		if err := newNetworkPolicies(ctx, name, args, child); err != nil {
			return nil, err
		}
	}
	if args.PodMonitor {
		if err := newPodMonitor(ctx, name, args, child); err != nil {
			return nil, err
		}
	}

	for _, pool := range args.Plan.Pools {
		// A pod's name must resolve before the pod starts, and a NodePort that it
		// advertises must be open.
		made, err := NewNodePool(ctx, args.logical(name, pool.Name), &NodePoolArgs{
			Plan:               args.Plan,
			Pool:               pool,
			Namespace:          args.Namespace,
			ServiceAccount:     account.Metadata.Name().Elem(),
			SharedClaim:        args.SharedClaim,
			Image:              args.Image,
			ClusterID:          args.ClusterID,
			InitialControllers: initial,
			Settings:           args.Settings,
			Rollout:            args.Rollout,
		}, child, pulumi.DependsOn(before))
		if err != nil {
			return nil, err
		}
		c.Pools = append(c.Pools, made)
		if args.Ordered && pool.Has(topology.Controller) {
			before = append(before[:len(before):len(before)], made.StatefulSet)
		}
	}
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"bootstrapServers": pulumi.String(args.Plan.BootstrapServers()),
	}); err != nil {
		return nil, fmt.Errorf("kafka cluster %q: %w", name, err)
	}
	return c, nil
}

// initialControllers is known once the directory ids are.
func initialControllers(plan topology.Plan, ids []pulumi.StringOutput) pulumi.StringOutput {
	inputs := make([]any, len(ids))
	for i, id := range ids {
		inputs[i] = id
	}
	return pulumi.All(inputs...).ApplyT(func(resolved []any) (string, error) {
		texts := make([]string, 0, len(resolved))
		for _, id := range resolved {
			texts = append(texts, fmt.Sprint(id))
		}
		return plan.InitialControllers(texts)
	}).(pulumi.StringOutput)
}
