package kafka

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/features"
	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// RolloutType is the type of the gate that a pool's change ends with. Its inputs are
// described in package plugin/ops, which this one does not import: whoever uses the
// components without gates needs nothing of a provider.
const RolloutType = "kafka-kraft:ops:Rollout"

// Gate is where a pool's gates find the pods, and how they let brokers and controllers come and
// go.
type Gate struct {
	// Context of the kubeconfig, which the provider reads as Pulumi's own Kubernetes
	// provider does: KUBECONFIG, or ~/.kube/config.
	Context string `pulumi:"context"`
	// Rebalance is what moves to brokers that come. Empty: nothing.
	Rebalance placement.Rebalance `pulumi:"rebalance,optional"`
	// Pace is how fast replicas move when brokers come and go.
	Pace gates.Pace `pulumi:"pace,optional"`
	// Replace gives pods empty volumes under their old ids, by name: each when it is named for
	// the first time, and whenever its text is another one. It needs claims per pod.
	Replace map[string]string `pulumi:"replace,optional"`
	// Features is the release of Kafka that is finalised when all pools run it, such as "4.4" (see
	// package features). Empty: the cluster stays at what it has.
	Features string `pulumi:"features,optional"`
}

// validate judges a gate of these pools.
func (g *Gate) validate(pools ...topology.Pool) error {
	if g == nil {
		return nil
	}
	var problems []error
	if g.Context == "" {
		problems = append(problems, errors.New("Gate.Context is empty: it must name a context of the kubeconfig"))
	}
	if _, known := features.Named(g.Features); g.Features != "" && !known {
		problems = append(problems, fmt.Errorf("Gate.Features is %q: it must be %s, or empty", g.Features, features.Names(features.Releases(), " or ")))
	}
	for _, pod := range slices.Sorted(maps.Keys(g.Replace)) {
		of := slices.IndexFunc(pools, func(pool topology.Pool) bool { return slices.Contains(pool.Pods(), pod) })
		switch {
		case of < 0:
			problems = append(problems, fmt.Errorf("Gate.Replace[%s] is of no pod", pod))
		case len(pools[of].Claims) == 0:
			problems = append(problems, fmt.Errorf("Gate.Replace[%s]: the pod has no volume of its own", pod))
		case g.Replace[pod] == "":
			problems = append(problems, fmt.Errorf("Gate.Replace[%s] is empty", pod))
		}
	}
	return errors.Join(problems...)
}

type gate struct{ pulumi.CustomResourceState }

// behind are options of what comes after these resources.
func behind(opts []pulumi.ResourceOption, these ...pulumi.Resource) []pulumi.ResourceOption {
	return append(opts[:len(opts):len(opts)], pulumi.DependsOn(these))
}

// newGate makes the gate behind a StatefulSet; without one, the StatefulSet is all there
// is to wait for.
func newGate(ctx *pulumi.Context, name string, pool *NodePoolArgs, set *appsv1.StatefulSet,
	spec appsv1.StatefulSetSpecArgs, opts ...pulumi.ResourceOption,
) (pulumi.CustomResource, error) {
	if pool.Gate == nil {
		return set, nil
	}
	inputs := pulumi.Map{
		"context":     pulumi.String(pool.Gate.Context),
		"namespace":   pulumi.String(pool.Plan.Namespace),
		"statefulSet": pulumi.String(pool.Pool.Name),
		"replicas":    pulumi.Int(pool.replicas()),
		"revision":    revision(spec),
		"generation":  set.Metadata.Generation(),
	}
	if pool.Settings.RollDegraded {
		inputs["rollDegraded"] = pulumi.Bool(true)
	}
	if pool.keepsDefaults() {
		defaults := gates.Address(pool.Plan)
		defaults["minInSyncReplicas"] = pulumi.Int(pool.Settings.MinInSync)
		defaults["replicationFactor"] = pulumi.Int(pool.Settings.Replication)
		inputs["defaults"] = defaults
	}
	limit, err := time.ParseDuration(pool.Settings.Timeout)
	if err != nil {
		return nil, fmt.Errorf("timeout: %w", err)
	}
	// Pods restart one after the other, and each may take the time.
	limit *= time.Duration(max(1, pool.Pool.Replicas))
	made := &gate{}
	opts = append(behind(opts, set), pulumi.Timeouts(&pulumi.CustomTimeouts{Create: limit.String(), Update: limit.String()}))
	return made, ctx.RegisterResource(RolloutType, name, inputs, made, opts...)
}

// hasMembers reports whether brokers of the pool can come and go.
func (a *NodePoolArgs) hasMembers() bool { return a.Gate != nil && a.Pool.Has(topology.Broker) }

// hasVoters reports whether controllers of the pool can come and go.
func (a *NodePoolArgs) hasVoters() bool { return a.Gate != nil && a.Pool.Has(topology.Controller) }

func (a *NodePoolArgs) place() gates.Place {
	return gates.Place{Context: a.Gate.Context, Plan: a.Plan, Pool: a.Pool, Stopped: a.Settings.Stopped}
}

// emptied makes the gates before brokers that can go. They stand before all pools, so that
// nothing has been changed when one of them refuses; and they take as long as replicas do,
// which no timeout knows.
func (m *making) emptied(args NodePoolArgs) ([]pulumi.Resource, error) {
	var made []pulumi.Resource
	for _, pool := range m.Plan.Pools {
		args.Pool = pool
		if !args.hasMembers() {
			continue
		}
		gate, err := gates.NewEvacuation(m.ctx, m.logical(pool.Name), &gates.EvacuationArgs{
			Place: args.place(), Keep: gates.IDs(pool), Pace: args.Gate.Pace,
		}, m.child)
		if err != nil {
			return nil, fmt.Errorf("evacuation of %s: %w", pool.Name, err)
		}
		made = append(made, gate)
	}
	return made, nil
}

// replaced makes the gate behind the claims of pods some of which are to get an empty volume, and
// returns what the StatefulSet waits for. No timeout knows how long replicas take.
func replaced(ctx *pulumi.Context, name string, pool *NodePoolArgs, claims []pulumi.Resource, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	if pool.Gate == nil || !slices.ContainsFunc(pool.Pool.Pods(), func(pod string) bool { return pool.Gate.Replace[pod] != "" }) {
		return claims, nil
	}
	opts = behind(opts, claims...)
	gate, err := gates.NewReplacement(ctx, name, &gates.ReplacementArgs{Place: pool.place(), Tokens: pool.Gate.Replace}, opts...)
	return append(claims, gate), err
}

// grown makes the gate behind that of the pods, after which their volumes are as large as their
// claims ask; without claims, there is nothing more to wait for.
func grown(ctx *pulumi.Context, name string, pool *NodePoolArgs, pods pulumi.CustomResource, opts ...pulumi.ResourceOption) (pulumi.CustomResource, error) {
	if pool.Gate == nil || len(pool.Pool.Claims) == 0 {
		return pods, nil
	}
	args := &gates.CapacityArgs{Place: pool.place(), Sizes: storage.Sizes(pool.Pool)}
	if pool.Pool.Has(topology.Broker) {
		args.Brokers = pool.records()
	}
	opts = behind(opts, pods)
	return gates.NewCapacity(ctx, name, args, opts...)
}

// records are the node ids of the pool, by the claims that hold their records.
func (a *NodePoolArgs) records() map[string]int {
	ids := map[string]int{}
	for ordinal := range a.Pool.Replicas {
		for _, claim := range a.Pool.Claims {
			if claim.Name == topology.RecordsClaim {
				ids[claim.Of(a.Pool.Pod(ordinal))] = a.Pool.NodeID(ordinal)
			}
		}
	}
	return ids
}

// joined makes the gate behind those of the pods, after which the pool's brokers are those that
// Kafka knows; without one, the pods are all there is to wait for. Replicas move when all else is
// as it shall be, and only for what they take there is no timeout.
func joined(ctx *pulumi.Context, name string, pool *NodePoolArgs, set *appsv1.StatefulSet,
	pods pulumi.CustomResource, opts ...pulumi.ResourceOption,
) (pulumi.CustomResource, error) {
	if !pool.hasMembers() {
		return pods, nil
	}
	opts = behind(opts, pods)
	return gates.NewMembership(ctx, name, &gates.MembershipArgs{
		Place: pool.place(), Brokers: gates.IDs(pool.Pool), Rebalance: pool.Gate.Rebalance, Pace: pool.Gate.Pace,
		Generation: set.Metadata.Generation(),
	}, opts...)
}

// settled makes the gate behind those of the pods, after which the pool's controllers are those
// that vote; without one, the pods are all there is to wait for.
func settled(ctx *pulumi.Context, name string, pool *NodePoolArgs, set *appsv1.StatefulSet,
	pods pulumi.CustomResource, opts ...pulumi.ResourceOption,
) (pulumi.CustomResource, error) {
	if !pool.hasVoters() {
		return pods, nil
	}
	opts = behind(opts, pods)
	return gates.NewQuorum(ctx, name, &gates.QuorumArgs{
		Place: pool.place(), Voters: gates.IDs(pool.Pool), Generation: set.Metadata.Generation(),
	}, opts...)
}

// finalised makes the gate behind all pools, if a release is to be finalised.
func (m *making) finalised(c *Cluster) error {
	if m.Gate == nil || m.Gate.Features == "" {
		return nil
	}
	asked := slices.IndexFunc(m.Plan.Pools, func(pool topology.Pool) bool { return pool.Has(topology.Broker) })
	args := NodePoolArgs{Plan: m.Plan, Pool: m.Plan.Pools[asked], Settings: m.Settings, Gate: m.Gate}
	gate, err := gates.NewFeatures(m.ctx, m.name, &gates.FeaturesArgs{Place: args.place(), Release: m.Gate.Features},
		behind([]pulumi.ResourceOption{m.child, timeouts(m.Settings)}, c.ready()...)...)
	if err != nil {
		return fmt.Errorf("features: %w", err)
	}
	c.Finalised = gate
	return nil
}

// timeouts are those of what waits for pods.
func timeouts(s Settings) pulumi.ResourceOption {
	limit := s.Timeout
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Create: limit, Update: limit, Delete: limit})
}

// keepsDefaults reports whether Kafka's own defaults can be asked for behind the pool:
// brokers have them, and only those that run.
func (a *NodePoolArgs) keepsDefaults() bool {
	return a.Pool.Has(topology.Broker) && !a.Settings.Stopped
}
