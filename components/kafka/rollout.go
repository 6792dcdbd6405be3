package kafka

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Rollout brings a change of a StatefulSet to all its pods. progress is told of every
// step forward.
type Rollout interface {
	// Release deletes pods that cannot start with their old template and so keep
	// the new one away, until ctx ends.
	Release(ctx context.Context, namespace, statefulSet string, progress func(string)) error
	// Await returns when all pods run the newest template and are ready.
	Await(ctx context.Context, namespace, statefulSet string, progress func(string)) error
}

// rolledOut makes an update of the StatefulSet end only when it has reached every
// pod, as a step of `pulumi up`, and lets it pass pods that are broken. Creating one
// needs no such step: Pulumi's own wait is right there.
func rolledOut(ctx *pulumi.Context, name string, cluster *ClusterArgs) (pulumi.ResourceOption, error) {
	binding := &pulumi.ResourceHookBinding{}
	// Pulumi's mocks, in the unit tests of whoever uses the component, know no hooks.
	if cluster.Rollout == nil || ctx.RunningWithMocks() {
		return pulumi.ResourceHooks(binding), nil
	}
	limit, err := time.ParseDuration(cluster.Pod.Timeout)
	if err != nil {
		return nil, fmt.Errorf("timeout: %w", err)
	}
	namespace := cluster.Plan.Namespace
	progress := func(state string) {
		// Only for the eye; a lost line is no reason to fail.
		_ = ctx.Log.Info(name+": "+state, &pulumi.LogArgs{})
	}

	// The releasing goes on beside the provider's own wait, which would wait for
	// the broken pods; it ends with the update, or when the time is over.
	releasing, released := context.WithCancel(ctx.Context())
	before, err := ctx.RegisterResourceHook("before the rollout of "+name, func(*pulumi.ResourceHookArgs) error {
		go func() {
			bounded, cancel := context.WithTimeout(releasing, limit)
			defer cancel()
			if err := cluster.Rollout.Release(bounded, namespace, name, progress); err != nil {
				progress(err.Error()) // the update itself will tell what it could not do
			}
		}()
		return nil
	}, nil)
	if err != nil {
		released()
		return nil, err
	}
	after, err := ctx.RegisterResourceHook("rollout of "+name, func(*pulumi.ResourceHookArgs) error {
		wait, cancel := context.WithTimeout(ctx.Context(), limit)
		defer cancel()
		defer released()
		return cluster.Rollout.Await(wait, namespace, name, progress)
	}, nil)
	if err != nil {
		released()
		return nil, err
	}
	binding.BeforeUpdate = []*pulumi.ResourceHook{before}
	binding.AfterUpdate = []*pulumi.ResourceHook{after}
	return pulumi.ResourceHooks(binding), nil
}
