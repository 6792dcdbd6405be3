package ops

import (
	"context"
	"errors"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
)

// Read tells what a refresh finds. A gate that does not stand open now is one that failed
// to initialize, so that the next up goes through it again. That must be said each time:
// the engine forgets what an earlier run said of it when a refresh finds nothing wrong.
// What cannot be looked at stays as it is.
func (r Rollout) Read(ctx context.Context, req infer.ReadRequest[RolloutArgs, RolloutState]) (infer.ReadResponse[RolloutArgs, RolloutState], error) {
	args := req.Inputs
	found := infer.ReadResponse[RolloutArgs, RolloutState]{ID: req.ID, Inputs: args, State: req.State}
	if args.StatefulSet == "" {
		return found, errors.New("a rollout is waited for, not imported: up makes it")
	}
	if why := r.closed(ctx, args, req.State); why != "" {
		return found, infer.ResourceInitFailedError{Reasons: []string{why}}
	}
	return found, nil
}

// closed is why a gate does not stand open, "" if it does or nobody knows. Whether brokers
// have caught up is not asked: that comes and goes, and is no reason for an update.
func (r Rollout) closed(ctx context.Context, args RolloutArgs, state RolloutState) string {
	set, err := r.look(ctx, args)
	switch {
	case apierrors.IsNotFound(err):
		return "stateful set " + args.Namespace + "/" + args.StatefulSet + " is gone"
	case err != nil:
		p.GetLogger(ctx).Warning(fmt.Sprintf("where the pods of %s are is not known: %v", args.StatefulSet, err))
	case !rollout.Done(set):
		return fmt.Sprintf("stateful set %s/%s: %s", args.Namespace, args.StatefulSet, rollout.Describe(set))
	}
	if state.Reached != args.Revision {
		return "the last rollout of " + args.StatefulSet + " was cut off; the next up goes on with it"
	}
	return ""
}
