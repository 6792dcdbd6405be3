package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/ops"
)

// Quorum is the gate after a controller pool's StatefulSet and its rollout: it opens when those
// of the pool that are to vote do and have caught up, and no other does (ops.Settle).
//
// It asks brokers, who pass what it wants on to the controllers, and brokers may be what is
// changed after it: started, or mended. So it waits for a broker only when a voter is to go.
// Otherwise it takes the rollout's word, lets through what comes next, and is gone through again.
type Quorum struct{ Cluster }

// QuorumArgs says who is to vote.
type QuorumArgs struct {
	Place
	Voters []int32 `pulumi:"voters"`
	// Listeners are those at which the quorum has to know each of them.
	Listeners []string `pulumi:"listeners,optional"`
	// Generation is how often Kubernetes has seen the StatefulSet change, so that whatever
	// changes it is a change here: controllers of a growth that failed and was taken back may
	// have joined.
	Generation *int `pulumi:"generation,optional"`
}

// QuorumState is what the gate remembers.
type QuorumState struct {
	QuorumArgs
	Outcome
	// Retired are controllers that left and that Kafka could not forget yet.
	Retired []int32 `pulumi:"retired,optional"`
}

var (
	_ infer.CustomResource[QuorumArgs, QuorumState] = Quorum{}
	_ infer.CustomUpdate[QuorumArgs, QuorumState]   = Quorum{}
	_ infer.CustomRead[QuorumArgs, QuorumState]     = Quorum{}
	_ infer.CustomDiff[QuorumArgs, QuorumState]     = Quorum{}
)

// Annotate describes the resource in the provider's schema.
func (q *Quorum) Annotate(a infer.Annotator) {
	a.Describe(&q, "Waits until the controllers of a node pool vote, and removes the voters whose pods were taken away.")
	a.SetToken("ops", "Quorum")
}

// Annotate describes the inputs in the provider's schema.
func (q *QuorumArgs) Annotate(a infer.Annotator) {
	a.Describe(&q.Generation, "The StatefulSet's metadata.generation.")
	a.Describe(&q.Listeners, "Names of the listeners at which the quorum has to know each voter. None: it is not asked.")
	a.Describe(&q.Voters, "Ids of the pool's controllers that vote. All other voters of the pool are removed, the highest id first, once their pods are gone.")
}

// Annotate describes the outputs in the provider's schema.
func (q *QuorumState) Annotate(a infer.Annotator) {
	a.Describe(&q.Retired, "Ids of controllers that left and are still registered with Kafka, whose finalised metadata.version is too old to forget them.")
}

func (q QuorumArgs) wish() ops.Voters {
	return ops.Voters{Range: q.ids(), IDs: q.Voters, Listeners: q.Listeners}
}

// Create is Update for a gate that is new. Behind a StatefulSet that is new, too, the quorum was
// formed as it shall be, by controllers that are ready only when they have caught up.
func (q Quorum) Create(ctx context.Context, req infer.CreateRequest[QuorumArgs]) (infer.CreateResponse[QuorumState], error) {
	made := infer.CreateResponse[QuorumState]{ID: req.Inputs.id(), Output: QuorumState{QuorumArgs: req.Inputs}}
	if req.DryRun {
		return made, q.preview(ctx, made.Output, true)
	}
	var err error
	made.Output, err = q.reach(ctx, made.Output, true, false)
	return made, err
}

// Update settles who votes.
func (q Quorum) Update(ctx context.Context, req infer.UpdateRequest[QuorumArgs, QuorumState]) (infer.UpdateResponse[QuorumState], error) {
	state := QuorumState{QuorumArgs: req.Inputs, Outcome: req.State.Outcome, Retired: req.State.Retired}
	starts := req.State.Stopped && !req.Inputs.Stopped
	if req.DryRun {
		if starts {
			return infer.UpdateResponse[QuorumState]{Output: state}, nil // nobody to ask before the start
		}
		return infer.UpdateResponse[QuorumState]{Output: state}, q.preview(ctx, state, false)
	}
	state, err := q.reach(ctx, state, false, starts)
	return infer.UpdateResponse[QuorumState]{Output: state}, err
}

// Diff adds to the inputs what is pending.
func (q Quorum) Diff(_ context.Context, req infer.DiffRequest[QuorumArgs, QuorumState]) (infer.DiffResponse, error) {
	return changes(req.State.QuorumArgs, req.Inputs, req.State.Pending && !req.Inputs.Stopped), nil
}

// reach settles it. starts says that the pool has been stopped until now.
func (q Quorum) reach(ctx context.Context, state QuorumState, fresh, starts bool) (QuorumState, error) {
	log := p.GetLogger(ctx)
	if state.Stopped {
		log.Info("stopped; who votes is seen to when it runs again")
		return state, nil
	}
	if starts && same(state.Opened, state.Voters) {
		return state, nil // with what is pending
	}
	pool, err := q.pool(ctx, state.Place, patience)
	if errors.As(err, new(unusable)) {
		return state, err
	}
	state.Pending = true
	if err != nil {
		return state, unfinished(ctx, err)
	}
	if fresh && pool.formed(state.Voters) {
		state.open(state.Voters)
		return state, nil
	}
	harmless := starts || len(without(state.Opened, state.Voters)) == 0
	limit := patience
	if harmless {
		limit = moment
	}
	admin, end, err := q.connect(ctx, state.Place, limit)
	if err != nil && harmless && ctx.Err() == nil {
		log.Warning(fmt.Sprintf("no broker can be asked who votes, so that is left to the next up: %v", err))
		return state, nil
	}
	if err != nil {
		return state, unfinished(ctx, err)
	}
	defer end()
	wish := state.wish()
	wish.Gone = pool.gone
	wish.Left = without(slices.Compact(slices.Sorted(slices.Values(slices.Concat(state.Opened, state.Retired)))), state.Voters)
	did, err := ops.Settle(ctx, admin, wish, progress(ctx))
	if err != nil {
		return state, unfinished(ctx, err, did.Lines()...)
	}
	report(ctx, did.Lines(), did.Remarks())
	state.Retired = did.Registered
	state.open(state.Voters)
	return state, nil
}

// plan asks the quorum what is to do now.
func (q Quorum) plan(ctx context.Context, args QuorumArgs) (ops.QuorumPlan, error) {
	return ask(ctx, q.Cluster, args.Place, func(ctx context.Context, admin ops.Admin) (ops.QuorumPlan, error) {
		return ops.PlanQuorum(ctx, admin, args.wish())
	})
}

// preview says what an update would do. What would be refused is refused now: the gate itself
// comes after the pods have been stopped, and what it says then is too late for them.
func (q Quorum) preview(ctx context.Context, state QuorumState, fresh bool) error {
	if err := state.wish().Check(); err != nil || state.Stopped {
		return err
	}
	if fresh {
		pool, err := q.pool(ctx, state.Place, glance)
		if err != nil {
			return foretell(ctx, nil, err) // who does not find the cluster need not look for Kafka in it
		}
		if pool.set == nil || pool.formed(state.Voters) {
			return nil
		}
	}
	plan, err := q.plan(ctx, state.QuorumArgs)
	return foretell(ctx, plan.Lines(), err)
}

// Read tells what a refresh finds; see Rollout.Read. Whether voters have caught up is not asked:
// that comes and goes, and is no reason for an update.
func (q Quorum) Read(ctx context.Context, req infer.ReadRequest[QuorumArgs, QuorumState]) (infer.ReadResponse[QuorumArgs, QuorumState], error) {
	found := infer.ReadResponse[QuorumArgs, QuorumState](req)
	args := req.Inputs
	if args.StatefulSet == "" {
		return found, errNoImport
	}
	if args.Stopped {
		return found, nil
	}
	plan, err := q.plan(ctx, args)
	if err != nil && !errors.As(err, new(*ops.Refusal)) {
		unseen(ctx, err)
		return found, nil
	}
	plan.Behind = nil
	if lines := plan.Lines(); len(lines) > 0 {
		return found, infer.ResourceInitFailedError{Reasons: []string{"its voters are not those that there are to be: " + strings.Join(lines, "; ")}}
	}
	return found, nil
}
