package ops

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Replacement is the gate before a StatefulSet of whose pods some are to get an empty volume
// under their old names and ids: it opens when each of them has one, and has got back what it
// had (ops.AwaitReplaced). It stands before everything that changes the pool, and what waits for
// its pods: a pod whose disk is dead would be waited for in vain.
//
// One pod comes after the other. Its claims and the pod are deleted, and the StatefulSet's
// controller makes both anew. What is deleted is written down in Kubernetes before, by its uid:
// a run that was killed at whatever moment, and all that come after it, never delete the volume
// that took its place. A replacement that has begun is gone on with, whatever the program wants
// by then.
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
	Claims map[string]string `pulumi:"claims"`
}

// ReplacementState is what the gate remembers.
type ReplacementState struct {
	ReplacementArgs
	// Done are the tokens of the last replacements, by pod.
	Done    map[string]string `pulumi:"done,optional"`
	Pending bool              `pulumi:"pending,optional"` // see Outcome
}

var (
	_ infer.CustomResource[ReplacementArgs, ReplacementState] = Replacement{}
	_ infer.CustomUpdate[ReplacementArgs, ReplacementState]   = Replacement{}
	_ infer.CustomRead[ReplacementArgs, ReplacementState]     = Replacement{}
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
	a.Describe(&r.Claims, "What the pod's claims ask for, as Kubernetes' quantities (10Gi), by name.")
}

// Annotate describes the outputs in the provider's schema.
func (r *ReplacementState) Annotate(a infer.Annotator) {
	a.Describe(&r.Done, "The tokens of the last replacements, by pod.")
	a.Describe(&r.Pending, "The gate did not do all that it is for, and the next up goes through it again.")
}

// node is what Kafka knows a pod as.
func (r ReplacementArgs) node(pod string) (ops.Node, error) {
	number, ours := strings.CutPrefix(pod, r.StatefulSet+"-")
	ordinal, err := strconv.ParseInt(number, 10, 32)
	if id := r.First + int32(ordinal); ours && err == nil && ordinal >= 0 && r.ids().Has(id) {
		return ops.Node{
			ID: id, Broker: slices.Contains(r.Roles, string(topology.Broker)), Controller: slices.Contains(r.Roles, string(topology.Controller)),
		}, nil
	}
	return ops.Node{}, fmt.Errorf("pods[%s]: is no pod of %s", pod, r.StatefulSet)
}

// check returns what is wrong with the wishes themselves.
func (r ReplacementArgs) check() error {
	var wrong []error
	for _, pod := range slices.Sorted(maps.Keys(r.Pods)) {
		if _, err := r.node(pod); err != nil {
			wrong = append(wrong, err)
		}
		if r.Pods[pod].Token == "" {
			wrong = append(wrong, fmt.Errorf("pods[%s].token is empty", pod))
		}
		if _, err := quantities("pods["+pod+"].claims", r.Pods[pod].Claims); err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
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

// due is what is to be done of a pool as it is now.
type due struct {
	underWay *underWay // nil: nothing
	begun    bool      // some of what it deletes is gone, or about to be
	pods     []string  // that get an empty volume, in the order of their numbers
	later    []string  // that would, if they ran
}

// due looks at Kubernetes. A pod that has no claim yet gets an empty volume anyway, and one
// whose claims have the token has got it, even if Pulumi has forgotten.
func (r Replacement) due(ctx context.Context, pool *pool, state *ReplacementState) (due, error) {
	var found due
	var err error
	if found.underWay, err = pool.underWay(); err != nil {
		return found, err
	}
	if found.underWay != nil {
		if found.begun, err = pool.begun(ctx, found.underWay); err != nil {
			return found, err
		}
	}
	state.Done = maps.Clone(state.Done)
	maps.DeleteFunc(state.Done, func(pod, _ string) bool { _, wanted := state.Pods[pod]; return !wanted })
	members := pool.members()
	for _, pod := range slices.SortedFunc(maps.Keys(state.Pods), byNumber) {
		wish := state.Pods[pod]
		if state.Done[pod] == wish.Token || found.begun && found.underWay.Pod == pod && found.underWay.Token == wish.Token {
			continue
		}
		tokens, err := pool.tokens(ctx, wish)
		if err != nil {
			return found, err
		}
		node, err := state.node(pod)
		runs := err == nil && !pool.Stopped && slices.Contains(members, node.ID)
		switch {
		case !slices.ContainsFunc(tokens, func(token string) bool { return token != wish.Token }):
			state.done(pod, wish.Token)
		case runs:
			found.pods = append(found.pods, pod)
		default:
			found.later = append(found.later, pod)
		}
	}
	return found, nil
}

func (r *ReplacementState) done(pod, token string) {
	if r.Done == nil {
		r.Done = map[string]string{}
	}
	r.Done[pod] = token
}

// byNumber puts pod 10 behind pod 9.
func byNumber(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) }

func (r Replacement) reach(ctx context.Context, state ReplacementState) (ReplacementState, error) {
	if err := state.check(); err != nil {
		return state, err
	}
	pool, err := r.pool(ctx, state.Place, patience)
	if errors.As(err, new(unusable)) {
		return state, err
	}
	state.Pending = true
	if err != nil {
		return state, unfinished(ctx, err)
	}
	var now due
	if err := insist(ctx, patience, func(ctx context.Context) (err error) {
		now, err = r.due(ctx, pool, &state)
		return err
	}); err != nil {
		return state, unfinished(ctx, err)
	}
	if err := r.goOn(ctx, pool, now, &state); err != nil {
		return state, unfinished(ctx, err)
	}
	if pool.rests() && now.begun {
		return state, nil // which has told why
	}
	for i, pod := range now.pods {
		if err := r.replace(ctx, pool, now.pods[i:], &state); err != nil {
			return state, unfinished(ctx, err, replacedSoFar(now.pods[:i])...)
		}
		p.GetLogger(ctx).Info(pod + " has a new volume, and all on it that it had")
	}
	if len(now.later) > 0 {
		p.GetLogger(ctx).Warning(notRunning(now.later))
		return state, nil // with what is pending
	}
	state.Pending = false
	return state, nil
}

func replacedSoFar(pods []string) []string {
	if len(pods) == 0 {
		return nil
	}
	return []string{"new volumes for " + strings.Join(pods, ", ")}
}

func notRunning(pods []string) string {
	return strings.Join(pods, ", ") + ": what does not run is not replaced, since only others that run tell whether they have all that it has; " +
		"the first up after its start does it"
}

// goOn finishes what an earlier run has begun. Of one that has deleted nothing yet there is
// nothing to finish, and all that has to be true before is looked at anew.
func (r Replacement) goOn(ctx context.Context, pool *pool, now due, state *ReplacementState) error {
	switch {
	case now.underWay == nil:
		return nil
	case !now.begun:
		return pool.note(ctx, nil)
	case pool.rests():
		p.GetLogger(ctx).Warning(fmt.Sprintf("the volume of %s is being replaced, which goes on in the first up after its start", now.underWay.Pod))
		return nil
	}
	if holds, err := pool.holds(ctx, *now.underWay); err != nil {
		return err
	} else if holds { // its records may be needed by now
		wishes := map[string]Replaced{now.underWay.Pod: now.underWay.wish()}
		if _, err := r.allowed(ctx, pool, []string{now.underWay.Pod}, state.ReplacementArgs, wishes); err != nil {
			return err
		}
	}
	return r.finish(ctx, pool, *now.underWay, state)
}

// replace gives the first of these pods an empty volume. The others are to get one, too.
func (r Replacement) replace(ctx context.Context, pool *pool, pods []string, state *ReplacementState) error {
	pod := pods[0]
	plan, err := r.allowed(ctx, pool, pods, state.ReplacementArgs, state.Pods)
	if err != nil {
		return err
	}
	begins := underWay{Pod: pod, Token: state.Pods[pod].Token}
	if voter, votes := plan.Voters[plan.Nodes[0].ID]; votes {
		begins.Voter = base64.RawURLEncoding.EncodeToString(voter[:])
	}
	if begins.Claims, err = pool.former(ctx, state.Pods[pod]); err != nil {
		return err
	}
	if err := pool.note(ctx, &begins); err != nil {
		return err
	}
	return r.finish(ctx, pool, begins, state)
}

// allowed waits a moment for what may be about to be well.
func (r Replacement) allowed(ctx context.Context, pool *pool, pods []string, args ReplacementArgs, wishes map[string]Replaced) (plan ops.ReplacementPlan, err error) {
	admin, end, err := r.connect(ctx, args.Place, patience)
	if err != nil {
		return plan, err
	}
	defer end()
	begun := time.Now()
	for {
		plan, err = r.judge(ctx, pool, admin, pods, args, wishes)
		var refusal *ops.Refusal
		if !errors.As(err, &refusal) || time.Since(begun) > moment {
			return plan, err
		}
		progress(ctx)("waits a moment: " + strings.Join(refusal.Reasons, "; "))
		select {
		case <-ctx.Done():
			return plan, err
		case <-time.After(retry):
		}
	}
}

// judge is the plan for these pods, or all reasons against it.
func (r Replacement) judge(ctx context.Context, pool *pool, admin ops.Admin, pods []string, args ReplacementArgs, wishes map[string]Replaced) (ops.ReplacementPlan, error) {
	var nodes []ops.Node
	for _, pod := range pods {
		node, err := args.node(pod)
		if err != nil {
			return ops.ReplacementPlan{}, err
		}
		nodes = append(nodes, node)
	}
	plan, err := ops.PlanReplacement(ctx, admin, nodes)
	var refusal *ops.Refusal
	if err != nil && !errors.As(err, &refusal) {
		return plan, err
	}
	reasons, kubeErr := pool.cannotGrow(ctx, pods, wishes)
	if kubeErr != nil {
		return plan, kubeErr
	}
	if len(reasons) > 0 {
		all := &ops.Refusal{What: "no volume is replaced", Reasons: reasons}
		if refusal != nil {
			all.Reasons = slices.Concat(refusal.Reasons, reasons)
		}
		return plan, all
	}
	return plan, err
}

// finish brings a replacement to its end, from wherever it is.
func (r Replacement) finish(ctx context.Context, pool *pool, u underWay, state *ReplacementState) error {
	node, err := state.node(u.Pod)
	if err != nil {
		return err
	}
	say := progress(ctx)
	for _, step := range []func(context.Context, underWay) (string, error){pool.clear, pool.dress, pool.serves} {
		if err := until(ctx, say, func(ctx context.Context) (string, error) { return step(ctx, u) }); err != nil {
			return err
		}
	}
	admin, end, err := r.connect(ctx, state.Place, patience)
	if err != nil {
		return err
	}
	defer end()
	if err := ops.AwaitReplaced(ctx, admin, node, u.voter(), say); err != nil {
		return err
	}
	if err := pool.mark(ctx, u); err != nil {
		return err
	}
	if err := pool.note(ctx, nil); err != nil {
		return err
	}
	if _, wanted := state.Pods[u.Pod]; wanted {
		state.done(u.Pod, u.Token)
	}
	return nil
}

// preview says what an update would do. What would be refused is refused now.
func (r Replacement) preview(ctx context.Context, state ReplacementState) error {
	if err := state.check(); err != nil {
		return err
	}
	lines, err := r.foresee(ctx, state)
	return foretell(ctx, lines, err)
}

// foresee is what would be done, a line each.
func (r Replacement) foresee(ctx context.Context, state ReplacementState) ([]string, error) {
	pool, err := r.pool(ctx, state.Place, glance)
	if err != nil {
		return nil, err
	}
	looking, over := context.WithTimeout(ctx, glance)
	defer over()
	now, err := r.due(looking, pool, &state)
	if err != nil {
		return nil, err
	}
	var lines []string
	if now.begun {
		lines = append(lines, fmt.Sprintf("goes on with the new volume of %s", now.underWay.Pod))
	}
	if len(now.later) > 0 {
		lines = append(lines, notRunning(now.later))
	}
	if len(now.pods) == 0 {
		return lines, nil
	}
	plan, err := ask(ctx, r.Cluster, state.Place, func(ctx context.Context, admin ops.Admin) (ops.ReplacementPlan, error) {
		return r.judge(ctx, pool, admin, now.pods, state.ReplacementArgs, state.Pods)
	})
	for i, node := range plan.Nodes {
		lines = append(lines, node.String()+"; "+pool.fate(looking, state.Pods[now.pods[i]]))
	}
	if now.begun && errors.As(err, new(*ops.Refusal)) {
		p.GetLogger(ctx).Warning(fmt.Sprintf("as it is now, %v", err)) // one that is on its way may be the reason
		err = nil
	}
	return lines, err
}

// Read tells what a refresh finds; see Rollout.Read.
func (r Replacement) Read(ctx context.Context, req infer.ReadRequest[ReplacementArgs, ReplacementState]) (infer.ReadResponse[ReplacementArgs, ReplacementState], error) {
	found := infer.ReadResponse[ReplacementArgs, ReplacementState](req)
	if req.Inputs.StatefulSet == "" {
		return found, errNoImport
	}
	pool, err := r.pool(ctx, req.Inputs.Place, glance)
	if err != nil {
		unseen(ctx, err)
		return found, nil
	}
	u, err := pool.underWay()
	if err != nil {
		return found, err
	}
	if u != nil {
		return found, infer.ResourceInitFailedError{Reasons: []string{"the replacement of the volume of " + u.Pod + " was cut off; the next up goes on with it"}}
	}
	return found, nil
}
