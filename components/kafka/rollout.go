package kafka

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Rollout waits until all pods of a StatefulSet run its newest template and are
// ready. It tells progress of every step forward.
type Rollout func(ctx context.Context, namespace, statefulSet string, progress func(string)) error

// afterUpdate makes an update of the StatefulSet end only when it has reached every
// pod, as a step of `pulumi up`. Creating one needs no such step: Pulumi's own wait is
// right there.
func afterUpdate(ctx *pulumi.Context, name string, cluster *ClusterArgs) (pulumi.ResourceOption, error) {
	binding := &pulumi.ResourceHookBinding{}
	// Pulumi's mocks, in the unit tests of whoever uses the component, know no hooks.
	if cluster.Rollout == nil || ctx.RunningWithMocks() {
		return pulumi.ResourceHooks(binding), nil
	}
	limit, err := time.ParseDuration(cluster.Pod.Timeout)
	if err != nil {
		return nil, err
	}
	hook, err := ctx.RegisterResourceHook("rollout of "+name, func(args *pulumi.ResourceHookArgs) error {
		metadata := args.NewOutputs["metadata"]
		if !metadata.IsObject() || !metadata.ObjectValue()["namespace"].IsString() {
			return fmt.Errorf("rollout of %s: the provider returned no namespace", name)
		}
		wait, cancel := context.WithTimeout(ctx.Context(), limit)
		defer cancel()
		return cluster.Rollout(wait, metadata.ObjectValue()["namespace"].StringValue(), name, func(state string) {
			// Only for the eye; a lost line is no reason to fail.
			_ = ctx.Log.Info(name+": "+state, &pulumi.LogArgs{})
		})
	}, nil)
	if err != nil {
		return nil, err
	}
	binding.AfterUpdate = []*pulumi.ResourceHook{hook}
	return pulumi.ResourceHooks(binding), nil
}
