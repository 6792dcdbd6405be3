package topics

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/limits"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/reach"
)

// Quota limits what clients of a Kafka cluster may ask of each broker.
type Quota struct{ Cluster }

// QuotaArgs says whom, and how. A limit of 0 is none.
type QuotaArgs struct {
	Place
	User     string `pulumi:"user,optional"`
	ClientID string `pulumi:"clientId,optional"`
	Limits
	Adopt bool `pulumi:"adopt,optional"`
}

// Limits are per broker.
type Limits = limits.Limits

// QuotaState is what there is: of the limits those that the program speaks of.
type QuotaState struct {
	QuotaArgs
	Pending bool `pulumi:"pending,optional"`
}

var (
	_ infer.CustomResource[QuotaArgs, QuotaState] = Quota{}
	_ infer.CustomCheck[QuotaArgs]                = Quota{}
	_ infer.CustomDiff[QuotaArgs, QuotaState]     = Quota{}
	_ infer.CustomUpdate[QuotaArgs, QuotaState]   = Quota{}
	_ infer.CustomRead[QuotaArgs, QuotaState]     = Quota{}
	_ infer.CustomDelete[QuotaState]              = Quota{}
)

// Annotate describes the resource in the provider's schema.
func (q *Quota) Annotate(a infer.Annotator) {
	a.Describe(&q, "Limits of what clients of a Kafka cluster may ask of each broker.")
	a.SetToken("kafka", "Quota")
}

// Annotate describes the inputs in the provider's schema.
func (q *QuotaArgs) Annotate(a infer.Annotator) {
	a.Describe(&q.User, "Whom it limits: the name of a user, or "+ops.DefaultEntity+" for all that have no quota of their own.")
	a.Describe(&q.ClientID, "Whom it limits: a client id, or "+ops.DefaultEntity+". With a user, it is that user's clients of this id.")
	a.Describe(&q.Adopt, "Take over limits that somebody else has set, and change them to be like this. It counts only while this program does not have the quota.")
}

// Annotate describes the outputs in the provider's schema.
func (q *QuotaState) Annotate(a infer.Annotator) {
	a.Describe(&q.Pending, "It is yet to be set, since the cluster was stopped.")
}

func (q QuotaArgs) entity() ops.Entity { return ops.Entity{User: q.User, ClientID: q.ClientID} }

// id says where and whom.
func (q QuotaArgs) id() string {
	return q.Context + "/" + q.BootstrapServers + "/" + url.Values{"user": {q.User}, "client-id": {q.ClientID}}.Encode()
}

// Check judges what needs no cluster.
func (q Quota) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[QuotaArgs], error) {
	args, failures, err := infer.DefaultCheck[QuotaArgs](ctx, req.NewInputs)
	fail := func(property, reason string) {
		failures = append(failures, p.CheckFailure{Property: property, Reason: reason})
	}
	unknown := func(property string) bool { return req.NewInputs.Get(property).IsComputed() }
	if args.User == "" && args.ClientID == "" && !unknown("user") && !unknown("clientId") {
		fail("user", "a quota limits a user, a clientId or both: say one of them, or "+ops.DefaultEntity+" for all that have none of their own")
	}
	computed := false
	for _, limit := range args.All() {
		computed = computed || unknown(limit.Ours)
		if *limit.Value < 0 {
			fail(limit.Ours, limits.Number(*limit.Value)+": must be more than 0, or left out for no limit")
		}
	}
	if len(args.Set()) == 0 && !computed {
		fail("producerByteRate", "a quota without a limit limits nothing: say one of producerByteRate, consumerByteRate, requestPercentage, controllerMutationRate")
	}
	return infer.CheckResponse[QuotaArgs]{Inputs: args, Failures: failures}, err
}

// Create sets the limits. In a preview Kafka is asked whether it would.
func (q Quota) Create(ctx context.Context, req infer.CreateRequest[QuotaArgs]) (infer.CreateResponse[QuotaState], error) {
	args := req.Inputs
	response := infer.CreateResponse[QuotaState]{ID: args.id(), Output: QuotaState{QuotaArgs: args}}
	if args.Stopped {
		p.GetLogger(ctx).Info("stopped; it is set when the cluster runs again")
		response.Output.Pending = true
		return response, nil
	}
	limit := func(ctx context.Context, admin ops.TopicAdmin) error {
		return q.begin(ctx, admin, args, req.DryRun)
	}
	if req.DryRun {
		if args.User == "" && args.ClientID == "" { // not known yet
			return response, nil
		}
		_, err := q.Glimpse(ctx, args.Place, limit)
		return response, err
	}
	if err := q.Do(ctx, args.Place, limit); err != nil {
		return infer.CreateResponse[QuotaState]{}, err
	}
	return response, nil
}

// begin sets limits that this program has not set before.
func (q Quota) begin(ctx context.Context, admin ops.TopicAdmin, args QuotaArgs, preview bool) error {
	are, err := admin.Quota(ctx, args.entity())
	if err != nil {
		return err
	}
	differs := args.Strange(are)
	if len(differs) > 0 && !args.Adopt {
		return reach.Refuse(fmt.Sprintf("the quota of %s is somebody else's", args.entity()), fmt.Sprintf(
			"it has %s; to take it over and change it to be like this, say adopt: true", strings.Join(differs, ", ")))
	}
	return q.alter(ctx, admin, args, are, Limits{}, preview)
}

// alter makes the limits what they shall be. had are those that this program has set before.
func (q Quota) alter(ctx context.Context, admin ops.TopicAdmin, args QuotaArgs, are map[string]float64, had Limits, preview bool) error {
	set, unset := args.Change(are, had)
	if len(set)+len(unset) == 0 {
		return nil
	}
	return admin.LimitClients(ctx, args.entity(), set, unset, preview)
}

// Diff compares with what there is. While the cluster is stopped nothing differs.
func (q Quota) Diff(ctx context.Context, req infer.DiffRequest[QuotaArgs, QuotaState]) (infer.DiffResponse, error) {
	state, now := req.State, req.Inputs
	diff := quotaDifferences(state, now)
	if now.Stopped {
		if len(diff) > 0 {
			p.GetLogger(ctx).Info("stopped; what differs waits until the cluster runs again")
		}
		return infer.DiffResponse{}, nil
	}
	return infer.DiffResponse{HasChanges: len(diff) > 0, DetailedDiff: diff}, nil
}

func quotaDifferences(state QuotaState, now QuotaArgs) map[string]p.PropertyDiff {
	diff := reach.Differences(state.Place, now.Place)
	was := state.All()
	for i, limit := range now.All() {
		if *limit.Value != *was[i].Value {
			diff[limit.Ours] = p.PropertyDiff{Kind: p.Update}
		}
	}
	if state.Pending {
		diff["pending"] = p.PropertyDiff{Kind: p.Update}
	}
	if state.User != now.User {
		diff["user"] = p.PropertyDiff{Kind: p.UpdateReplace}
	}
	if state.ClientID != now.ClientID {
		diff["clientId"] = p.PropertyDiff{Kind: p.UpdateReplace}
	}
	return diff
}

// Update changes the limits.
func (q Quota) Update(ctx context.Context, req infer.UpdateRequest[QuotaArgs, QuotaState]) (infer.UpdateResponse[QuotaState], error) {
	state, args := req.State, req.Inputs
	if args.Stopped { // the engine insists, though nothing differs
		return infer.UpdateResponse[QuotaState]{Output: state}, nil
	}
	changed := infer.UpdateResponse[QuotaState]{Output: QuotaState{QuotaArgs: args}}
	limit := func(ctx context.Context, admin ops.TopicAdmin) error {
		if state.Pending {
			return q.begin(ctx, admin, args, req.DryRun)
		}
		are, err := admin.Quota(ctx, args.entity())
		if err != nil {
			return err
		}
		return q.alter(ctx, admin, args, are, state.Limits, req.DryRun)
	}
	if req.DryRun {
		_, err := q.Glimpse(ctx, args.Place, limit)
		return changed, err
	}
	if err := q.Do(ctx, args.Place, limit); err != nil {
		return infer.UpdateResponse[QuotaState]{}, err
	}
	return changed, nil
}

// Read tells what a refresh finds. With none of its limits left, there is no quota.
func (q Quota) Read(ctx context.Context, req infer.ReadRequest[QuotaArgs, QuotaState]) (infer.ReadResponse[QuotaArgs, QuotaState], error) {
	found := infer.ReadResponse[QuotaArgs, QuotaState](req)
	args := req.Inputs
	if args.BootstrapServers == "" {
		return found, errors.New("a quota is not imported: say it in the program, with adopt: true where there are other limits, and run up")
	}
	if args.Stopped || req.State.Pending {
		return found, nil
	}
	var are map[string]float64
	known, err := q.Glimpse(ctx, args.Place, func(ctx context.Context, admin ops.TopicAdmin) (err error) {
		are, err = admin.Quota(ctx, req.State.entity())
		return err
	})
	if err != nil || !known {
		return found, err
	}
	left := limits.Only(are, req.State.Limits, args.Limits)
	if len(left.Set()) == 0 {
		p.GetLogger(ctx).Warning(fmt.Sprintf("the quota of %s is gone: somebody else has taken it away, and the next up sets it again", args.entity()))
		return infer.ReadResponse[QuotaArgs, QuotaState]{}, nil
	}
	found.State.Limits, found.Inputs.Limits = left, left
	return found, nil
}

// Delete takes the limits away that this program has set.
func (q Quota) Delete(ctx context.Context, req infer.DeleteRequest[QuotaState]) (infer.DeleteResponse, error) {
	state := req.State
	if state.Pending {
		return infer.DeleteResponse{}, nil
	}
	return infer.DeleteResponse{}, q.Remove(ctx, state.Place, "the quota of "+state.entity().String(), func(ctx context.Context, admin ops.TopicAdmin) error {
		are, err := admin.Quota(ctx, state.entity())
		if err != nil {
			return err
		}
		return q.alter(ctx, admin, QuotaArgs{Place: state.Place, User: state.User, ClientID: state.ClientID}, are, state.Limits, false)
	})
}
