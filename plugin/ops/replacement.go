package ops

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/insist"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Replacement is the gate before a StatefulSet some of whose pods are to get an empty volume under
// their old names and ids: it opens when each of them has one, and has got back what it had
// (ops.AwaitReplaced). It stands behind the claims and before the StatefulSet, whose Rollout would
// wait in vain for a pod whose disk is dead.
//
// One pod comes after the other. Its claims and the pod are deleted, and the StatefulSet's
// controller makes both anew. What is deleted is written down at the StatefulSet before, by its
// uid, and stays there: no run, however the one before it ended, deletes what took its place.
type Replacement struct{ Cluster }

// ReplacementArgs says which pods get an empty volume. There is no time limit by default, since
// replicas take the time that they take; Pulumi's own customTimeouts is one.
type ReplacementArgs struct {
	Place
	Roles []string            `pulumi:"roles"`
	Pods  map[string]Replaced `pulumi:"pods"`
}

// Replaced is one pod that gets an empty volume whenever its token is another one.
type Replaced struct {
	Token  string            `pulumi:"token"`
	ID     int32             `pulumi:"id"`
	Claims map[string]string `pulumi:"claims"`
}

// ReplacementState is what the gate remembers.
type ReplacementState struct {
	ReplacementArgs
	// Done are the tokens that pods have been replaced for, by pod.
	Done    map[string]string `pulumi:"done,optional"`
	Pending bool              `pulumi:"pending,optional"` // see Outcome
}

var (
	_ infer.CustomResource[ReplacementArgs, ReplacementState] = Replacement{}
	_ infer.CustomUpdate[ReplacementArgs, ReplacementState]   = Replacement{}
	_ infer.CustomDiff[ReplacementArgs, ReplacementState]     = Replacement{}
)

// Annotate describes the resource in the provider's schema.
func (r *Replacement) Annotate(a infer.Annotator) {
	a.Describe(&r, "Gives pods of a node pool empty volumes under their old ids, one after the other, and waits until Kafka has filled them again.")
	a.SetToken("ops", "Replacement")
}

// Annotate describes the inputs in the provider's schema.
func (r *ReplacementArgs) Annotate(a infer.Annotator) {
	a.Describe(&r.Roles, "Kafka's roles of the pool's nodes: broker, controller, or both.")
	a.Describe(&r.Pods, "The pods, by name.")
}

// Annotate describes the inputs in the provider's schema.
func (r *Replaced) Annotate(a infer.Annotator) {
	a.Describe(&r.Token, "Any text. When it is another one than the last, the pod gets an empty volume.")
	a.Describe(&r.ID, "The pod's node id.")
	a.Describe(&r.Claims, "What the pod's claims ask for, as Kubernetes' quantities (10Gi), by name.")
}

// Annotate describes the outputs in the provider's schema.
func (r *ReplacementState) Annotate(a infer.Annotator) {
	a.Describe(&r.Done, "The tokens that pods have been replaced for, by pod.")
	a.Describe(&r.Pending, "The gate did not do all that it is for, and the next up goes through it again.")
}

// Create is Update for a gate that is new.
func (r Replacement) Create(ctx context.Context, req infer.CreateRequest[ReplacementArgs]) (infer.CreateResponse[ReplacementState], error) {
	made := infer.CreateResponse[ReplacementState]{ID: req.Inputs.id(), Output: ReplacementState{ReplacementArgs: req.Inputs}}
	if req.DryRun {
		return made, r.preview(ctx, made.Output)
	}
	var err error
	made.Output, err = r.reach(ctx, made.Output)
	return made, err
}

// Update replaces the volumes of those whose token is another one.
func (r Replacement) Update(ctx context.Context, req infer.UpdateRequest[ReplacementArgs, ReplacementState]) (infer.UpdateResponse[ReplacementState], error) {
	state := ReplacementState{ReplacementArgs: req.Inputs, Done: req.State.Done, Pending: req.State.Pending}
	if req.DryRun {
		return infer.UpdateResponse[ReplacementState]{Output: state}, r.preview(ctx, state)
	}
	state, err := r.reach(ctx, state)
	return infer.UpdateResponse[ReplacementState]{Output: state}, err
}

// Diff adds to the inputs what is pending.
func (r Replacement) Diff(_ context.Context, req infer.DiffRequest[ReplacementArgs, ReplacementState]) (infer.DiffResponse, error) {
	return changes(req.State.ReplacementArgs, req.Inputs, req.State.Pending && !req.Inputs.Stopped), nil
}

// due is a pod whose volume is to be replaced.
type due struct {
	Replaced
	pod   string
	begun *emptied // what an earlier run wrote down for this token; nil: nothing
}

// due are the pods to replace, those first that an earlier run has begun with: the others may
// have to wait for them. A pod that is yet to be made has an empty volume, or one that was kept
// for it, and its token is done with that; those of a pool that does not run are later.
func (r Replacement) due(pool *pool, state *ReplacementState) (all []due, later []string, err error) {
	done := map[string]string{}
	for _, pod := range slices.Sorted(maps.Keys(state.Pods)) {
		wish := state.Pods[pod]
		switch {
		case state.Done[pod] == wish.Token, pool.set == nil, !pool.rests() && !slices.Contains(pool.members(), wish.ID):
			done[pod] = wish.Token
			continue
		case pool.rests():
			later = append(later, pod)
			continue
		}
		begun, err := pool.emptied(wish.ID)
		if err != nil {
			return nil, nil, err
		}
		if begun != nil && begun.Token != wish.Token {
			begun = nil // of an earlier wish
		}
		all = append(all, due{wish, pod, begun})
	}
	state.Done = done
	slices.SortFunc(all, func(a, b due) int { return cmp.Or(fresh(a)-fresh(b), int(a.ID-b.ID)) })
	return all, later, nil
}

func fresh(d due) int {
	if d.begun == nil {
		return 1
	}
	return 0
}

func (r Replacement) reach(ctx context.Context, state ReplacementState) (ReplacementState, error) {
	pool, err := r.pool(ctx, state.Place, patience)
	if errors.As(err, new(unusable)) {
		return state, err
	}
	state.Pending = true
	if err != nil {
		return state, unfinished(ctx, err)
	}
	all, later, err := r.due(pool, &state)
	if err != nil {
		return state, unfinished(ctx, err)
	}
	var done []string
	for i, d := range all {
		if err := r.replace(ctx, pool, all[i:], state.ReplacementArgs); err != nil {
			return state, unfinished(ctx, err, done...)
		}
		state.Done[d.pod] = d.Token
		done = append(done, d.pod+" has a new volume, and all on it that it had")
		p.GetLogger(ctx).Info(done[i])
	}
	if len(later) > 0 {
		p.GetLogger(ctx).Warning(notRunning(later))
	}
	state.Pending = len(later) > 0
	return state, nil
}

func notRunning(pods []string) string {
	return strings.Join(pods, ", ") + ": only nodes that run can tell whether they have all that is on these volumes, so those are replaced by the first up after the start"
}

// replace gives the first of these pods an empty volume, or goes on with it. The others are to
// get one, too.
func (r Replacement) replace(ctx context.Context, pool *pool, all []due, args ReplacementArgs) error {
	d := all[0]
	sizes, err := CapacityArgs{Sizes: d.Claims}.wanted()
	if err != nil {
		return err
	}
	admin, end, err := r.connect(ctx, args.Place, patience)
	if err != nil {
		return err
	}
	defer end()
	now := d.begun
	if now == nil {
		now = &emptied{Token: d.Token}
		if now.Claims, err = pool.uids(ctx, sizes); err != nil {
			return err
		}
	}
	left, err := pool.left(ctx, *now)
	if err != nil {
		return err
	}
	if d.begun == nil || len(left) > 0 { // its records may be needed
		var plan ops.ReplacementPlan
		if err := insist.On(ctx, moment, nil, func(ctx context.Context) (err error) {
			plan, err = ops.PlanReplacement(ctx, admin, args.nodes(all))
			return err
		}); err != nil {
			return err
		}
		if voter, votes := plan.Voters[d.ID]; votes && d.begun == nil {
			now.Voter = voter[:]
		}
	}
	if d.begun == nil {
		if err := pool.write(ctx, d.ID, *now); err != nil {
			return err
		}
	}
	if err := pool.renewed(ctx, d.pod, *now, sizes, progress(ctx)); err != nil {
		return err
	}
	var was [16]byte
	copy(was[:], now.Voter)
	return ops.AwaitReplaced(ctx, admin, args.nodes(all)[0], was, progress(ctx))
}

// nodes are what Kafka knows pods as.
func (r ReplacementArgs) nodes(all []due) []ops.Node {
	var nodes []ops.Node
	for _, d := range all {
		nodes = append(nodes, ops.Node{
			ID: d.ID, Broker: slices.Contains(r.Roles, string(topology.Broker)), Controller: slices.Contains(r.Roles, string(topology.Controller)),
		})
	}
	return nodes
}

// preview says what an update would do. What would be refused is refused now.
func (r Replacement) preview(ctx context.Context, state ReplacementState) error {
	lines, err := r.foresee(ctx, state)
	return foretell(ctx, lines, err)
}

// foresee is what would be done, a line each. While an earlier replacement is under way, Kafka is
// not asked: that may be what the others have to wait for.
func (r Replacement) foresee(ctx context.Context, state ReplacementState) (lines []string, err error) {
	pool, err := r.pool(ctx, state.Place, glance)
	if err != nil {
		return nil, err
	}
	all, later, err := r.due(pool, &state)
	if err != nil {
		return nil, err
	}
	if len(later) > 0 {
		lines = append(lines, notRunning(later))
	}
	if len(all) == 0 {
		return lines, nil
	}
	if all[0].begun != nil {
		for _, d := range all {
			line := "goes on with the new volume of " + d.pod
			if d.begun == nil {
				line = "then replaces the volume of " + d.pod + ", when Kafka can do without it"
			}
			lines = append(lines, line)
		}
		return lines, nil
	}
	plan, err := ask(ctx, r.Cluster, state.Place, func(ctx context.Context, admin ops.Admin) (ops.ReplacementPlan, error) {
		return ops.PlanReplacement(ctx, admin, state.nodes(all))
	})
	for _, node := range plan.Nodes {
		lines = append(lines, node.String()+"; its volume is deleted")
	}
	return lines, err
}
