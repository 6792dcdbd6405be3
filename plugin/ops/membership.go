package ops

import (
	"context"
	"errors"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/placement"
)

// Membership is the gate after a broker pool's StatefulSet and its rollout: it opens when the
// brokers of the pool that Kafka knows are those that there are to be (ops.Join), and replicas
// are where a rebalance puts them.
//
// Of several pools with a rebalance, one gate stands behind the other: each moves replicas of
// the whole cluster, and waits while somebody else does.
type Membership struct{ Cluster }

// MembershipArgs says who there is to be.
type MembershipArgs struct {
	Place
	Brokers   []int32 `pulumi:"brokers"`
	Rebalance string  `pulumi:"rebalance,optional"`
	// OneVolume is that of ops.Membership.
	OneVolume bool `pulumi:"oneVolume,optional"`
	Pace
	// Generation is how often Kubernetes has seen the StatefulSet change, so that whatever
	// changes it is a change here: brokers of a growth that failed and was taken back may
	// have registered.
	Generation *int `pulumi:"generation,optional"`
}

// MembershipState is what the gate remembers, so that a rebalance knows who is new.
type MembershipState struct {
	MembershipArgs
	Outcome
}

var (
	_ infer.CustomResource[MembershipArgs, MembershipState] = Membership{}
	_ infer.CustomUpdate[MembershipArgs, MembershipState]   = Membership{}
	_ infer.CustomRead[MembershipArgs, MembershipState]     = Membership{}
	_ infer.CustomDiff[MembershipArgs, MembershipState]     = Membership{}
)

// Annotate describes the resource in the provider's schema.
func (m *Membership) Annotate(a infer.Annotator) {
	a.Describe(&m, "Takes in the brokers of a node pool that came, unregisters those that went, and evens out what they hold.")
	a.SetToken("ops", "Membership")
}

// Annotate describes the inputs in the provider's schema.
func (m *MembershipArgs) Annotate(a infer.Annotator) {
	a.Describe(&m.Brokers, "Ids of the pool's brokers. All others of the pool are unregistered, once their pods are gone and they hold nothing.")
	a.Describe(&m.OneVolume, "All brokers have their records on one file system, whose room is counted once.")
	a.Describe(&m.Generation, "The StatefulSet's metadata.generation.")
	a.Describe(&m.Rebalance, "What moves when all of them serve: none (nothing, the default), new (what new brokers get), or full (until all have the same number of replicas).")
}

// wish is what ops is asked for. Brokers that the gate has not stood open for are the new ones;
// if nobody knows, those are that have little. When the StatefulSet changed and the brokers did
// not, nothing moves.
func (m MembershipArgs) wish(old MembershipState) ops.Membership {
	wish := ops.Membership{Range: m.ids(), Brokers: m.Brokers, Rebalance: placement.Rebalance(m.Rebalance), OneVolume: m.OneVolume, Pace: m.pace()}
	fill := without(m.Brokers, old.Opened)
	switch {
	case len(old.Opened) == 0:
	case len(fill) > 0:
		wish.Fill = fill
	case same(m.Brokers, old.Opened) && m.Rebalance == old.Rebalance && !old.Pending:
		wish.Rebalance = placement.None
	}
	return wish
}

// Create is Update for a gate that is new. Behind a StatefulSet that is new, too, nobody has
// come or gone, and Kafka is not asked.
func (m Membership) Create(ctx context.Context, req infer.CreateRequest[MembershipArgs]) (infer.CreateResponse[MembershipState], error) {
	made := infer.CreateResponse[MembershipState]{ID: req.Inputs.id(), Output: MembershipState{MembershipArgs: req.Inputs}}
	if req.DryRun {
		return made, m.preview(ctx, MembershipState{}, req.Inputs, true)
	}
	var err error
	made.Output, err = m.reach(ctx, MembershipState{}, req.Inputs, true)
	return made, err
}

// Update takes in and takes out.
func (m Membership) Update(ctx context.Context, req infer.UpdateRequest[MembershipArgs, MembershipState]) (infer.UpdateResponse[MembershipState], error) {
	if req.DryRun {
		planned := infer.UpdateResponse[MembershipState]{Output: MembershipState{req.Inputs, req.State.Outcome}}
		if req.State.Stopped {
			return planned, nil // nobody to ask before the start
		}
		return planned, m.preview(ctx, req.State, req.Inputs, false)
	}
	state, err := m.reach(ctx, req.State, req.Inputs, false)
	return infer.UpdateResponse[MembershipState]{Output: state}, err
}

// Diff adds to the inputs what is pending.
func (m Membership) Diff(_ context.Context, req infer.DiffRequest[MembershipArgs, MembershipState]) (infer.DiffResponse, error) {
	return changes(req.State.MembershipArgs, req.Inputs, req.State.Pending && !req.Inputs.Stopped), nil
}

func (m Membership) reach(ctx context.Context, old MembershipState, args MembershipArgs, fresh bool) (MembershipState, error) {
	state := MembershipState{args, old.Outcome}
	if state.Stopped {
		p.GetLogger(ctx).Info("stopped; who belongs to it is seen to when it runs again")
		return state, nil
	}
	pool, err := m.pool(ctx, state.Place, patience)
	if errors.As(err, new(unusable)) {
		return state, err
	}
	state.Pending = true
	if err != nil {
		return state, unfinished(ctx, err)
	}
	if fresh && pool.formed(state.Brokers) {
		state.open(state.Brokers)
		return state, nil
	}
	admin, end, err := m.connect(ctx, state.Place, patience)
	if err != nil {
		return state, unfinished(ctx, err)
	}
	defer end()
	wish := args.wish(old)
	wish.Gone = pool.gone
	did, err := ops.Join(ctx, admin, wish, progress(ctx))
	if err != nil {
		return state, unfinished(ctx, err, did.Lines()...)
	}
	report(ctx, did.Lines(), did.Remarks)
	state.open(state.Brokers)
	return state, nil
}

// plan asks Kafka what is to do now.
func (m Membership) plan(ctx context.Context, place Place, wish ops.Membership) (ops.MembershipPlan, error) {
	return ask(ctx, m.Cluster, place, func(ctx context.Context, admin ops.Admin) (ops.MembershipPlan, error) {
		return ops.PlanMembership(ctx, admin, wish)
	})
}

// preview says what an update would do. Whether a rebalance finds room is certain only when
// nobody comes or goes before it; else a refusal is a warning.
func (m Membership) preview(ctx context.Context, old MembershipState, args MembershipArgs, fresh bool) error {
	wish := args.wish(old)
	if err := wish.Check(); err != nil || args.Stopped {
		return err
	}
	if fresh {
		pool, err := m.pool(ctx, args.Place, glance)
		if err != nil {
			return foretell(ctx, nil, err) // who does not find the cluster need not look for Kafka in it
		}
		if pool.set == nil || pool.formed(args.Brokers) {
			return nil
		}
	}
	plan, err := m.plan(ctx, args.Place, wish)
	var refusal *ops.Refusal
	if errors.As(err, &refusal) && len(plan.Await)+len(plan.Unregister) > 0 {
		p.GetLogger(ctx).Warning(fmt.Sprintf("as it is now, %v", refusal))
		err = nil
	}
	return foretell(ctx, plan.Lines(), err)
}

// Read tells what a refresh finds; see Rollout.Read. Whether replicas are even is not looked at:
// topics come and go, and only a change of brokers moves them.
func (m Membership) Read(ctx context.Context, req infer.ReadRequest[MembershipArgs, MembershipState]) (infer.ReadResponse[MembershipArgs, MembershipState], error) {
	found := infer.ReadResponse[MembershipArgs, MembershipState](req)
	args := req.Inputs
	if args.StatefulSet == "" {
		return found, errNoImport
	}
	if args.Stopped {
		return found, nil
	}
	wish := args.wish(MembershipState{})
	wish.Rebalance, wish.Throttle = placement.None, 0
	plan, err := m.plan(ctx, args.Place, wish)
	if err != nil {
		unseen(ctx, err)
		return found, nil
	}
	if lines := plan.Lines(); len(lines) > 0 {
		return found, infer.ResourceInitFailedError{Reasons: []string{"its brokers are not those that there are to be: " + strings.Join(lines, "; ")}}
	}
	return found, nil
}
