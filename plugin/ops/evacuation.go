package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/ops"
)

// Evacuation is the gate before a broker pool's StatefulSet: it opens when the brokers that the
// StatefulSet is about to take away hold nothing any more (ops.Evacuate).
//
// Only what could lose records keeps it shut. While no pod is to go, a Kafka that does not
// answer is a warning: what comes next may be what mends it. It is then gone through again.
type Evacuation struct{ Cluster }

// EvacuationArgs says who stays. There is no time limit by default, since replicas take the
// time that they take; Pulumi's own customTimeouts is one.
type EvacuationArgs struct {
	Place
	Keep []int32 `pulumi:"keep"`
	// OneVolume is that of ops.Evacuation.
	OneVolume bool `pulumi:"oneVolume,optional"`
	Pace
}

// EvacuationState is what the gate remembers. A pool that is stopped cannot be asked who was in it.
type EvacuationState struct {
	EvacuationArgs
	Outcome
}

var (
	_ infer.CustomResource[EvacuationArgs, EvacuationState] = Evacuation{}
	_ infer.CustomUpdate[EvacuationArgs, EvacuationState]   = Evacuation{}
	_ infer.CustomRead[EvacuationArgs, EvacuationState]     = Evacuation{}
	_ infer.CustomDiff[EvacuationArgs, EvacuationState]     = Evacuation{}
)

// Annotate describes the resource in the provider's schema.
func (e *Evacuation) Annotate(a infer.Annotator) {
	a.Describe(&e, "Empties the brokers of a node pool that do not stay, before their pods are taken away.")
	a.SetToken("ops", "Evacuation")
}

// Annotate describes the inputs in the provider's schema.
func (e *EvacuationArgs) Annotate(a infer.Annotator) {
	a.Describe(&e.Keep, "Ids of the brokers that stay. All others of the pool are emptied and cordoned.")
	a.Describe(&e.OneVolume, "All brokers have their records on one file system, whose room is counted once.")
}

func (e EvacuationArgs) wish() ops.Evacuation {
	return ops.Evacuation{Range: e.ids(), Keep: e.Keep, OneVolume: e.OneVolume, Pace: e.pace()}
}

// Create is Update for a gate that is new. Behind it may be a pool that is not.
func (e Evacuation) Create(ctx context.Context, req infer.CreateRequest[EvacuationArgs]) (infer.CreateResponse[EvacuationState], error) {
	made := infer.CreateResponse[EvacuationState]{ID: req.Inputs.id(), Output: EvacuationState{EvacuationArgs: req.Inputs}}
	if req.DryRun {
		return made, e.preview(ctx, made.Output, true)
	}
	var err error
	made.Output, err = e.reach(ctx, made.Output, true)
	return made, err
}

// Update empties who is to leave, and takes back what was done to those who stay.
func (e Evacuation) Update(ctx context.Context, req infer.UpdateRequest[EvacuationArgs, EvacuationState]) (infer.UpdateResponse[EvacuationState], error) {
	state := EvacuationState{EvacuationArgs: req.Inputs, Outcome: req.State.Outcome}
	if req.DryRun {
		return infer.UpdateResponse[EvacuationState]{Output: state}, e.preview(ctx, state, false)
	}
	state, err := e.reach(ctx, state, false)
	return infer.UpdateResponse[EvacuationState]{Output: state}, err
}

// Diff adds to the inputs what is pending.
func (e Evacuation) Diff(_ context.Context, req infer.DiffRequest[EvacuationArgs, EvacuationState]) (infer.DiffResponse, error) {
	return changes(req.State.EvacuationArgs, req.Inputs, req.State.Pending && !req.Inputs.Stopped), nil
}

func (e Evacuation) reach(ctx context.Context, state EvacuationState, fresh bool) (EvacuationState, error) {
	args := state.EvacuationArgs
	log := p.GetLogger(ctx)
	pool, err := e.pool(ctx, args.Place, patience)
	if errors.As(err, new(unusable)) {
		return state, err
	}
	if err != nil {
		state.Pending = true
		return state, unfinished(ctx, err)
	}
	if e.free(pool, args, fresh) {
		state.open(args.Keep)
		return state, nil
	}
	if pool.rests() {
		if err := e.stranded(ctx, pool, state); err != nil {
			return state, unfinished(ctx, err)
		}
		log.Info(args.StatefulSet + " does not run, so nobody is evacuated")
		if state.Opened != nil || !args.Stopped { // else nobody knows who is in it
			state.Opened = args.Keep
		}
		return state, nil // with what is pending
	}

	state.Pending = true
	harmless := len(without(pool.members(), args.Keep)) == 0
	limit := patience
	if harmless {
		limit = moment
	}
	var did ops.EvacuationReport
	admin, end, err := e.connect(ctx, args.Place, limit)
	if err == nil {
		defer end()
		did, err = ops.Evacuate(ctx, admin, args.wish(), progress(ctx))
	}
	if err != nil && harmless && ctx.Err() == nil && !errors.As(err, new(*ops.Refusal)) {
		log.Warning(fmt.Sprintf("no pod is to go, so nothing is waited for, and the next up looks again; "+
			"whether an earlier evacuation was taken back is not known: %v", err))
		return state, nil
	}
	if err != nil {
		return state, unfinished(ctx, err, did.Lines()...)
	}
	report(ctx, did.Lines(), did.Remarks)
	state.open(args.Keep)
	return state, nil
}

// free reports whether nobody can have to be evacuated, so that Kafka need not be asked: there
// are no pods yet, which is every first up, or the gate is new and nobody has come or gone since.
func (e Evacuation) free(pool *pool, args EvacuationArgs, fresh bool) bool {
	return pool.set == nil || fresh && !args.Stopped && pool.set.Generation == 1 && len(without(pool.members(), args.Keep)) == 0
}

// stranded refuses to take brokers away from a pool that does not run: nobody could empty them.
func (e Evacuation) stranded(ctx context.Context, pool *pool, state EvacuationState) error {
	leaving := without(state.Opened, state.Keep)
	if len(pool.members()) > 0 {
		holders, err := e.holders(ctx, state.EvacuationArgs)
		if err != nil { // then every pod counts
			holders = without(pool.members(), state.Keep)
		}
		leaving = holders
	}
	if len(leaving) == 0 {
		return nil
	}
	refusal := &ops.Refusal{What: state.StatefulSet + " loses no broker while it is stopped"}
	for _, id := range slices.Sorted(slices.Values(leaving)) {
		refusal.Reasons = append(refusal.Reasons, fmt.Sprintf("what is on broker %d can be moved only while the pool runs: let it stay until then", id))
	}
	return refusal
}

// holders are the brokers outside of keep that hold something, if Kafka answers.
func (e Evacuation) holders(ctx context.Context, args EvacuationArgs) ([]int32, error) {
	plan, err := e.plan(ctx, args)
	if err != nil && !errors.As(err, new(*ops.Refusal)) {
		return nil, err
	}
	var ids []int32
	for _, b := range plan.Leaving {
		if b.Replicas > 0 {
			ids = append(ids, b.ID)
		}
	}
	return ids, nil
}

// plan asks Kafka what an evacuation would do now.
func (e Evacuation) plan(ctx context.Context, args EvacuationArgs) (ops.EvacuationPlan, error) {
	return ask(ctx, e.Cluster, args.Place, func(ctx context.Context, admin ops.Admin) (ops.EvacuationPlan, error) {
		return ops.PlanEvacuation(ctx, admin, args.wish())
	})
}

// preview says what an update would do. What would be refused is refused now: nothing that the
// update does before it comes here would change that.
func (e Evacuation) preview(ctx context.Context, state EvacuationState, fresh bool) error {
	args := state.EvacuationArgs
	if err := args.wish().Check(); err != nil {
		return err
	}
	lines, err := e.foresee(ctx, state, fresh)
	return foretell(ctx, lines, err)
}

// foresee is what would be done, a line each.
func (e Evacuation) foresee(ctx context.Context, state EvacuationState, fresh bool) ([]string, error) {
	pool, err := e.pool(ctx, state.Place, glance)
	switch {
	case err != nil:
		return nil, err
	case e.free(pool, state.EvacuationArgs, fresh):
		return nil, nil
	case pool.rests():
		return nil, e.stranded(ctx, pool, state)
	}
	plan, err := e.plan(ctx, state.EvacuationArgs)
	return plan.Lines(), err
}

// Read tells what a refresh finds; see Rollout.Read.
func (e Evacuation) Read(ctx context.Context, req infer.ReadRequest[EvacuationArgs, EvacuationState]) (infer.ReadResponse[EvacuationArgs, EvacuationState], error) {
	found := infer.ReadResponse[EvacuationArgs, EvacuationState](req)
	args := req.Inputs
	if args.StatefulSet == "" {
		return found, errNoImport
	}
	pool, err := e.pool(ctx, args.Place, glance)
	if err != nil {
		unseen(ctx, err)
		return found, nil
	}
	if pool.set == nil || pool.rests() {
		return found, nil
	}
	plan, err := e.plan(ctx, args)
	if err != nil && !errors.As(err, new(*ops.Refusal)) {
		unseen(ctx, err)
		return found, nil
	}
	if !plan.Done() {
		return found, infer.ResourceInitFailedError{Reasons: plan.Lines()}
	}
	return found, nil
}
