package ops

import (
	"context"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
)

// Rollout is the gate behind a StatefulSet: it restarts the pods that are not of the newest
// revision (rollout.Roll), and opens when every pod is, is ready and caught up, and Kafka's own
// defaults are what is configured.
type Rollout struct {
	// Kubernetes connects to the context of this name.
	Kubernetes func(context string) (kubernetes.Interface, error)
	// Keep makes the running Kafka's own defaults what is wanted.
	Keep func(ctx context.Context, kubeContext string, want Defaults, say, warn func(string)) error
}

// RolloutArgs says what is waited for. How long is Pulumi's own option customTimeouts, so
// that another limit is no change: the time for all pods, one after the other, of which each has
// an equal share. The kubeconfig is the process's, as it is for Pulumi's
// Kubernetes provider: where it lies differs from machine to machine.
type RolloutArgs struct {
	Context     string `pulumi:"context"`
	Namespace   string `pulumi:"namespace"`
	StatefulSet string `pulumi:"statefulSet"`
	// Replicas and Revision are what the StatefulSet was given, so that a preview knows what
	// will be waited for.
	Replicas int    `pulumi:"replicas"`
	Revision string `pulumi:"revision"`
	// Generation is how often Kubernetes has seen the StatefulSet change, so that whatever
	// changes it is a change here: one that failed before the gate heard of it and is taken
	// back, too, or one by hand that is put back.
	Generation *int `pulumi:"generation,optional"`
	// RollDegraded lets pods restart although others are out of service or behind.
	RollDegraded bool `pulumi:"rollDegraded,optional"`
	// Defaults are kept when a change has reached the pods; none for pools that serve no
	// clients, and while no pod runs.
	Defaults *Defaults `pulumi:"defaults,optional"`
}

// Defaults are what a running Kafka keeps for itself, whatever its server.properties say.
type Defaults struct {
	Address
	MinInSync   int `pulumi:"minInSyncReplicas"`
	Replication int `pulumi:"replicationFactor"`
}

// RolloutState is what a gate remembers.
type RolloutState struct {
	RolloutArgs
	// Reached is the revision that all pods have reached; empty while they have not.
	Reached string `pulumi:"reached"`
}

var (
	_ infer.CustomResource[RolloutArgs, RolloutState] = Rollout{}
	_ infer.CustomUpdate[RolloutArgs, RolloutState]   = Rollout{}
	_ infer.CustomRead[RolloutArgs, RolloutState]     = Rollout{}
)

// Annotate describes the resource in the provider's schema.
func (r *Rollout) Annotate(a infer.Annotator) {
	a.Describe(&r, "Restarts the pods of a StatefulSet with the update strategy OnDelete one after the other, the active controller last, and waits until every pod runs its newest revision, is ready and has caught up.")
	a.SetToken("ops", "Rollout")
}

// Annotate describes the inputs in the provider's schema.
func (r *RolloutArgs) Annotate(a infer.Annotator) {
	a.Describe(&r.Context, "Context of the kubeconfig.")
	a.Describe(&r.Namespace, "Namespace of the StatefulSet.")
	a.Describe(&r.StatefulSet, "Name of the StatefulSet.")
	a.Describe(&r.Replicas, "How many pods it has.")
	a.Describe(&r.Revision, "Any text that differs whenever the StatefulSet's pods do.")
	a.Describe(&r.Generation, "Its metadata.generation.")
	a.Describe(&r.RollDegraded, "Pods restart although others are out of service, or replicas are behind.")
	a.Describe(&r.Defaults, "What Kafka itself shall have as defaults when a change has reached its pods.")
}

// Create rolls and waits; in a preview it says what for.
func (r Rollout) Create(ctx context.Context, req infer.CreateRequest[RolloutArgs]) (infer.CreateResponse[RolloutState], error) {
	response := infer.CreateResponse[RolloutState]{
		ID:     req.Inputs.Namespace + "/" + req.Inputs.StatefulSet,
		Output: RolloutState{RolloutArgs: req.Inputs},
	}
	if req.DryRun {
		p.GetLogger(ctx).Info(planned(nil, req.Inputs, rollout.Order{}))
		return response, nil
	}
	var err error
	response.Output, err = r.reach(ctx, req.Inputs, r.fresh)
	return response, err
}

// Update is Create again, for a change of the StatefulSet or to go on where it was cut off.
func (r Rollout) Update(ctx context.Context, req infer.UpdateRequest[RolloutArgs, RolloutState]) (infer.UpdateResponse[RolloutState], error) {
	if req.DryRun {
		r.preview(ctx, req.State.RolloutArgs, req.Inputs)
		return infer.UpdateResponse[RolloutState]{Output: RolloutState{RolloutArgs: req.Inputs}}, nil
	}
	state, err := r.reach(ctx, req.Inputs, func(context.Context, RolloutArgs) bool { return false })
	return infer.UpdateResponse[RolloutState]{Output: state}, err
}

// fresh tells whether a StatefulSet has never been changed. Its Kafka was formed with the
// defaults that it shall have, and a first up need not be able to reach it as a client.
// Behind one that was, the gate is only new because an older program had none.
func (r Rollout) fresh(ctx context.Context, args RolloutArgs) bool {
	set, err := r.look(ctx, args)
	return err == nil && set.Generation == 1 // Kubernetes counts the changes of spec
}

// reach rolls and waits. When the time is over or the run is cut off, the gate counts as made but
// not initialized, and the next up comes here again.
func (r Rollout) reach(ctx context.Context, args RolloutArgs, fresh func(context.Context, RolloutArgs) bool) (RolloutState, error) {
	state := RolloutState{RolloutArgs: args}
	client, err := r.Kubernetes(args.Context)
	if err != nil {
		return state, err
	}
	log := p.GetLogger(ctx)
	terms := rollout.Terms{Degraded: args.RollDegraded, Each: each(ctx, args.Replicas)}
	err = rollout.Converge(ctx, client, args.Namespace, args.StatefulSet, terms, log.Info, log.Warning)
	if err == nil && args.Defaults != nil && !fresh(ctx, args) {
		err = r.Keep(ctx, args.Context, *args.Defaults, log.Info, log.Warning)
	}
	if err != nil {
		return state, unfinished(ctx, err)
	}
	state.Reached = args.Revision
	return state, nil
}

// each is a pod's share of the time that is left for all of them; 0 without a limit.
func each(ctx context.Context, replicas int) time.Duration {
	deadline, limited := ctx.Deadline()
	if !limited {
		return 0
	}
	return time.Until(deadline) / time.Duration(max(1, replicas))
}
