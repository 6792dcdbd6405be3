package ops

import (
	"context"
	"errors"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/features"
	"github.com/kafka-kraft/kafka-kraft/ops"
)

// Features is the gate behind all others of a cluster: it opens when the metadata.version of a
// release is finalised and every broker knows it (ops.Finalise). It ends an upgrade, after which
// there may be no way back; the preview says so, and has asked Kafka whether it would.
type Features struct{ Cluster }

// FeaturesArgs says which release. The place is that of brokers, who are asked.
type FeaturesArgs struct {
	Place
	Release string `pulumi:"release"`
}

// FeaturesState is what the gate remembers.
type FeaturesState struct {
	FeaturesArgs
	Outcome
}

var (
	_ infer.CustomResource[FeaturesArgs, FeaturesState] = Features{}
	_ infer.CustomUpdate[FeaturesArgs, FeaturesState]   = Features{}
	_ infer.CustomRead[FeaturesArgs, FeaturesState]     = Features{}
	_ infer.CustomDiff[FeaturesArgs, FeaturesState]     = Features{}
)

// Annotate describes the resource in the provider's schema.
func (f *Features) Annotate(a infer.Annotator) {
	a.Describe(&f, "Finalises the metadata.version of a release of Kafka, and waits until every broker knows it. From most releases there is no way back.")
	a.SetToken("ops", "Features")
}

// Annotate describes the inputs in the provider's schema.
func (f *FeaturesArgs) Annotate(a infer.Annotator) {
	a.Describe(&f.Release, "Release of Kafka that every node runs: "+features.Names(features.Releases(), " or ")+".")
}

func (f FeaturesArgs) wish() (ops.Features, error) {
	release, known := features.Named(f.Release)
	if !known {
		return ops.Features{}, &ops.Refusal{What: "the features are left as they are", Reasons: []string{fmt.Sprintf(
			"release %q is none of %s", f.Release, features.Names(features.Releases(), " or "))}}
	}
	return ops.Features{Level: release.Level}, nil
}

// Create is Update for a gate that is new.
func (f Features) Create(ctx context.Context, req infer.CreateRequest[FeaturesArgs]) (infer.CreateResponse[FeaturesState], error) {
	made := infer.CreateResponse[FeaturesState]{ID: req.Inputs.id(), Output: FeaturesState{FeaturesArgs: req.Inputs}}
	if req.DryRun {
		return made, f.preview(ctx, req.Inputs, true)
	}
	var err error
	made.Output, err = f.reach(ctx, made.Output)
	return made, err
}

// Update finalises.
func (f Features) Update(ctx context.Context, req infer.UpdateRequest[FeaturesArgs, FeaturesState]) (infer.UpdateResponse[FeaturesState], error) {
	state := FeaturesState{req.Inputs, req.State.Outcome}
	if req.DryRun {
		if req.State.Stopped {
			return infer.UpdateResponse[FeaturesState]{Output: state}, nil // nobody to ask before the start
		}
		return infer.UpdateResponse[FeaturesState]{Output: state}, f.preview(ctx, req.Inputs, false)
	}
	state, err := f.reach(ctx, state)
	return infer.UpdateResponse[FeaturesState]{Output: state}, err
}

// Diff adds to the inputs what is pending.
func (f Features) Diff(_ context.Context, req infer.DiffRequest[FeaturesArgs, FeaturesState]) (infer.DiffResponse, error) {
	return changes(req.State.FeaturesArgs, req.Inputs, req.State.Pending && !req.Inputs.Stopped), nil
}

func (f Features) reach(ctx context.Context, state FeaturesState) (FeaturesState, error) {
	wish, err := state.wish()
	if err != nil {
		return state, err
	}
	if state.Pending = true; state.Stopped {
		p.GetLogger(ctx).Info("stopped; what is finalised is seen to when it runs again")
		return state, nil
	}
	admin, end, err := f.connect(ctx, state.Place, patience)
	if err != nil {
		return state, unfinished(ctx, err)
	}
	defer end()
	did, err := ops.Finalise(ctx, admin, wish, progress(ctx))
	if err != nil {
		return state, unfinished(ctx, err, did.Lines()...)
	}
	report(ctx, did.Lines(), nil)
	state.open(did.Brokers)
	return state, nil
}

// plan asks Kafka what is to do now, and whether it would.
func (f Features) plan(ctx context.Context, place Place, wish ops.Features) (ops.FeaturesPlan, error) {
	return ask(ctx, f.Cluster, place, func(ctx context.Context, admin ops.Admin) (ops.FeaturesPlan, error) {
		return ops.PlanFeatures(ctx, admin, wish)
	})
}

// preview says what an update would do. Brokers that do not know the release yet may be restarted
// before this gate comes, by the same up; then a refusal is a warning.
func (f Features) preview(ctx context.Context, args FeaturesArgs, fresh bool) error {
	wish, err := args.wish()
	if err != nil || args.Stopped {
		return err
	}
	if fresh {
		pool, err := f.pool(ctx, args.Place, glance)
		if err != nil {
			return foretell(ctx, nil, err) // who does not find the cluster need not look for Kafka in it
		}
		if pool.set == nil {
			return nil // a new cluster is formed with its Kafka's own
		}
	}
	plan, err := f.plan(ctx, args.Place, wish)
	var refusal *ops.Refusal
	if errors.As(err, &refusal) && len(plan.Older) > 0 {
		p.GetLogger(ctx).Warning(fmt.Sprintf("as it is now, %v", refusal))
		err = nil
	}
	return foretell(ctx, plan.Lines(), err)
}

// Read tells what a refresh finds; see Rollout.Read. Kafka never goes back by itself, and what
// somebody raised by hand is no reason for an update.
func (f Features) Read(ctx context.Context, req infer.ReadRequest[FeaturesArgs, FeaturesState]) (infer.ReadResponse[FeaturesArgs, FeaturesState], error) {
	found := infer.ReadResponse[FeaturesArgs, FeaturesState](req)
	args := req.Inputs
	if args.StatefulSet == "" {
		return found, errNoImport
	}
	wish, err := args.wish()
	if err != nil || args.Stopped {
		return found, err
	}
	plan, err := f.plan(ctx, args.Place, wish)
	if err != nil && !errors.As(err, new(*ops.Refusal)) {
		unseen(ctx, err)
		return found, nil
	}
	if lines := plan.Lines(); plan.From <= plan.To && len(lines) > 0 {
		return found, infer.ResourceInitFailedError{Reasons: []string{"the release is not finalised: " + strings.Join(lines, "; ")}}
	}
	return found, nil
}
