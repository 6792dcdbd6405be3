// Package gates puts gates of provider kafka-kraft into a Pulumi program: resources that stand
// between others until the running Kafka is what it shall be. What they do, and when, is
// described with each in package plugin/ops, which this one does not import: a program needs the
// provider only when it runs.
//
// Where they stand is the program's to say, with pulumi.DependsOn. For one pool of brokers:
//
//	Evacuation ─► StatefulSet ─► Rollout ─► Capacity ─► Membership
//
// and for one of controllers, which comes first:
//
//	StatefulSet ─► Rollout ─► Capacity ─► Quorum
//
// and for one of nodes that are both:
//
//	Evacuation ─► StatefulSet ─► Rollout ─► Capacity ─► Quorum ─► Membership
//
// Where pods of a pool are to get an empty volume, Replacement stands right before its StatefulSet.
// Where a release of Kafka is to be finalised, Features stands behind all pools.
//
// Adding or removing such an edge is no change, so that a first up, on which no gate has
// anything to do, can go without.
package gates

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// The gates' types.
const (
	CapacityType    = "kafka-kraft:ops:Capacity"
	EvacuationType  = "kafka-kraft:ops:Evacuation"
	FeaturesType    = "kafka-kraft:ops:Features"
	MembershipType  = "kafka-kraft:ops:Membership"
	QuorumType      = "kafka-kraft:ops:Quorum"
	ReplacementType = "kafka-kraft:ops:Replacement"
)

// Place is the node pool that a gate looks after.
type Place struct {
	// Context of the kubeconfig, which the provider reads as Pulumi's own Kubernetes provider
	// does: KUBECONFIG, or ~/.kube/config.
	Context string
	// Plan is the cluster that the pool belongs to, and Pool its part of it.
	Plan topology.Plan
	Pool topology.Pool
	// Stopped says that no pod of it is to run.
	Stopped bool
}

// IDs are the node ids of a pool, in order.
func IDs(pool topology.Pool) []int {
	ids := make([]int, pool.Replicas)
	for ordinal := range ids {
		ids[ordinal] = pool.NodeID(ordinal)
	}
	return ids
}

// Address is where gates reach a Kafka, and as whom.
func Address(plan topology.Plan) pulumi.Map {
	address := pulumi.Map{"bootstrapServers": pulumi.String(plan.BootstrapServers())}
	for key, value := range map[string]string{"externalBootstrapServers": plan.ExternalBootstrapServers(), "admin": plan.AdminSecret()} {
		if value != "" {
			address[key] = pulumi.String(value)
		}
	}
	return address
}

func (p Place) inputs() pulumi.Map {
	inputs := Address(p.Plan)
	inputs["context"] = pulumi.String(p.Context)
	inputs["namespace"] = pulumi.String(p.Plan.Namespace)
	inputs["statefulSet"] = pulumi.String(p.Pool.Name)
	inputs["first"] = pulumi.Int(p.Pool.FirstID)
	inputs["end"] = pulumi.Int(p.Pool.FirstID + topology.PoolIDs)
	if p.Stopped {
		inputs["stopped"] = pulumi.Bool(true)
	}
	return inputs
}

// Pace is how fast replicas move.
type Pace struct {
	// Throttle is how many bytes a second each broker may send, and take, for replicas that
	// move. 0: as fast as it goes.
	Throttle int `pulumi:"throttle,optional"`
	// Concurrency is how many partitions move at a time. 0: 10.
	Concurrency int `pulumi:"concurrency,optional"`
}

func (p Pace) into(inputs pulumi.Map) pulumi.Map {
	if p.Throttle != 0 {
		inputs["throttle"] = pulumi.Int(p.Throttle)
	}
	if p.Concurrency != 0 {
		inputs["concurrency"] = pulumi.Int(p.Concurrency)
	}
	return inputs
}

// moving are the inputs of gates that move replicas.
func (p Place) moving(pace Pace) pulumi.Map {
	inputs := pace.into(p.inputs())
	if p.Plan.Shared != nil {
		inputs["oneVolume"] = pulumi.Bool(true)
	}
	return inputs
}

// EvacuationArgs says which brokers of a pool stay.
type EvacuationArgs struct {
	Place
	Keep []int // ids of the pool; the others are emptied
	Pace
}

// Evacuation is the gate before a broker pool's StatefulSet.
type Evacuation struct{ pulumi.CustomResourceState }

// NewEvacuation makes the gate. It takes as long as the replicas do, so it is best without
// pulumi.Timeouts.
func NewEvacuation(ctx *pulumi.Context, name string, args *EvacuationArgs, opts ...pulumi.ResourceOption) (*Evacuation, error) {
	made := &Evacuation{}
	inputs := args.moving(args.Pace)
	inputs["keep"] = pulumi.ToIntArray(args.Keep)
	return made, register(ctx, EvacuationType, name, inputs, made, opts)
}

// CapacityArgs says how large the volumes of a pool's pods are to be.
type CapacityArgs struct {
	Place
	Sizes map[string]string // quantities, by the names of claims
	// Brokers are the node ids of brokers, by the names of the claims that hold their records.
	// Those are asked whether they see the size. None: Kubernetes' word is taken.
	Brokers map[string]int
}

// Capacity is the gate behind a pool's claims.
type Capacity struct{ pulumi.CustomResourceState }

// NewCapacity makes the gate. It stands behind the Rollout, too: some drivers let a file system
// grow only when a pod mounts it.
func NewCapacity(ctx *pulumi.Context, name string, args *CapacityArgs, opts ...pulumi.ResourceOption) (*Capacity, error) {
	made := &Capacity{}
	inputs := args.inputs()
	inputs["sizes"] = pulumi.ToStringMap(args.Sizes)
	if len(args.Brokers) > 0 {
		inputs["brokers"] = pulumi.ToIntMap(args.Brokers)
	}
	return made, register(ctx, CapacityType, name, inputs, made, opts)
}

// MembershipArgs says which brokers of a pool there are.
type MembershipArgs struct {
	Place
	Brokers []int // ids of the pool; the others are unregistered when their pods are gone
	// Rebalance is what moves when all of them serve. Empty: nothing.
	Rebalance placement.Rebalance
	Pace
	// Generation is the StatefulSet's metadata.generation, so that whatever changes it is a
	// change here. None: only what is said here is.
	Generation pulumi.IntPtrInput
}

// Membership is the gate after a broker pool's StatefulSet and its Rollout. With several pools
// and a rebalance, each stands behind the one before it.
type Membership struct{ pulumi.CustomResourceState }

// NewMembership makes the gate.
func NewMembership(ctx *pulumi.Context, name string, args *MembershipArgs, opts ...pulumi.ResourceOption) (*Membership, error) {
	made := &Membership{}
	inputs := args.moving(args.Pace)
	inputs["brokers"] = pulumi.ToIntArray(args.Brokers)
	if args.Rebalance != "" {
		inputs["rebalance"] = pulumi.String(args.Rebalance)
	}
	if args.Generation != nil {
		inputs["generation"] = args.Generation
	}
	return made, register(ctx, MembershipType, name, inputs, made, opts)
}

// QuorumArgs says which controllers of a pool vote.
type QuorumArgs struct {
	Place
	Voters []int // ids of the pool; the others are removed when their pods are gone
	// Generation is the StatefulSet's metadata.generation, so that whatever changes it is a
	// change here. None: only what is said here is.
	Generation pulumi.IntPtrInput
}

// Quorum is the gate after a controller pool's StatefulSet and its Rollout. A step that is too
// large for the quorum is refused in the preview; at the gate it is too late, since the pods have
// stopped by then. Where previews are skipped, ops.PlanQuorum is the veto before that, as
// lifecycle.Context.Leave has it.
type Quorum struct{ pulumi.CustomResourceState }

// NewQuorum makes the gate.
func NewQuorum(ctx *pulumi.Context, name string, args *QuorumArgs, opts ...pulumi.ResourceOption) (*Quorum, error) {
	made := &Quorum{}
	inputs := args.inputs()
	inputs["voters"] = pulumi.ToIntArray(args.Voters)
	if args.Plan.TLS() { // a living cluster comes to it by a second listener, of which the quorum has to hear
		inputs["listeners"] = pulumi.ToStringArray(args.Plan.ListenerNames(topology.Controller))
	}
	if args.Generation != nil {
		inputs["generation"] = args.Generation
	}
	return made, register(ctx, QuorumType, name, inputs, made, opts)
}

// ReplacementArgs says which pods of a pool get an empty volume.
type ReplacementArgs struct {
	Place
	// Tokens are any texts, by pod. A pod gets an empty volume when it is named for the first
	// time, and whenever its token is another one.
	Tokens map[string]string
}

// Replacement is the gate before a StatefulSet and behind its pods' claims. It must not be there
// without claims per pod.
type Replacement struct{ pulumi.CustomResourceState }

// NewReplacement makes the gate. It takes as long as the replicas do, so it is best without
// pulumi.Timeouts.
func NewReplacement(ctx *pulumi.Context, name string, args *ReplacementArgs, opts ...pulumi.ResourceOption) (*Replacement, error) {
	made := &Replacement{}
	inputs := args.inputs()
	roles := pulumi.StringArray{}
	for _, role := range args.Pool.Roles {
		roles = append(roles, pulumi.String(role))
	}
	inputs["roles"] = roles
	pods := pulumi.Map{}
	for ordinal := range args.Pool.Replicas {
		pod := args.Pool.Pod(ordinal)
		if token := args.Tokens[pod]; token != "" {
			claims := pulumi.StringMap{}
			for _, claim := range args.Pool.Claims {
				claims[claim.Of(pod)] = pulumi.String(claim.SizeOf(pod))
			}
			pods[pod] = pulumi.Map{"token": pulumi.String(token), "id": pulumi.Int(args.Pool.NodeID(ordinal)), "claims": claims}
		}
	}
	inputs["pods"] = pods
	return made, register(ctx, ReplacementType, name, inputs, made, opts)
}

// FeaturesArgs says which release of Kafka is finalised.
type FeaturesArgs struct {
	Place          // of brokers, who are asked
	Release string // such as "4.4", see package features
}

// Features is the gate behind all others of a cluster. What it does there may be no way back from;
// its preview says so, and fails where Kafka would refuse it.
type Features struct{ pulumi.CustomResourceState }

// NewFeatures makes the gate.
func NewFeatures(ctx *pulumi.Context, name string, args *FeaturesArgs, opts ...pulumi.ResourceOption) (*Features, error) {
	made := &Features{}
	inputs := args.inputs()
	inputs["release"] = pulumi.String(args.Release)
	return made, register(ctx, FeaturesType, name, inputs, made, opts)
}

func register(ctx *pulumi.Context, kind, name string, inputs pulumi.Map, made pulumi.CustomResource, opts []pulumi.ResourceOption) error {
	if err := ctx.RegisterResource(kind, name, inputs, made, opts...); err != nil {
		return fmt.Errorf("%s %q: %w", kind, name, err)
	}
	return nil
}
