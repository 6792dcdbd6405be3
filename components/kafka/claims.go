package kafka

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/storage"
)

// claims makes the claims of all of the pool's pods, whether they run or not. One pod more
// is one resource more for each, and renames none.
//
// Unless records are to be discarded, none of them is ever deleted by Pulumi, not even to be
// replaced: it is forgotten, and the next one of its name is the same again.
func (a *NodePoolArgs) claims(ctx *pulumi.Context, name string, namespace pulumi.StringInput, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	if len(a.Pool.Claims) == 0 {
		return nil, nil
	}
	free, err := a.vacated(ctx, name)
	if err != nil {
		return nil, err
	}
	opts = append(opts, free, pulumi.Protect(a.Protect), pulumi.RetainOnDelete(!a.Settings.DiscardRecords))
	var made []pulumi.Resource
	for ordinal := range a.Pool.Replicas {
		for _, claim := range a.Pool.Claims {
			args := storage.ClaimArgs{Claim: claim, Pod: a.Pool.Pod(ordinal), Namespace: namespace, Labels: a.selector()}
			one, err := storage.NewClaim(ctx, fmt.Sprintf("%s-%s-%d", claim.Name, name, ordinal), args, opts...)
			if err != nil {
				return nil, err
			}
			made = append(made, one)
		}
	}
	return made, nil
}

// vacated frees the name of a claim that is to be made from one that never got a volume: it
// may ask for another class, and Kubernetes lets nothing of it be changed.
func (a *NodePoolArgs) vacated(ctx *pulumi.Context, name string) (pulumi.ResourceOption, error) {
	binding := &pulumi.ResourceHookBinding{}
	if a.Rollout == nil || ctx.RunningWithMocks() {
		return pulumi.ResourceHooks(binding), nil
	}
	hook, err := ctx.RegisterResourceHook("before the claims of "+name, func(hook *pulumi.ResourceHookArgs) error {
		return a.Rollout.Vacate(ctx.Context(), a.Plan.Namespace, claimIn(hook), func(state string) {
			_ = ctx.Log.Info(state, &pulumi.LogArgs{}) // only for the eye
		})
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("claims of %s: %w", name, err)
	}
	binding.BeforeCreate = []*pulumi.ResourceHook{hook}
	return pulumi.ResourceHooks(binding), nil
}

// claimIn is the name in Kubernetes of the claim that a hook is called for.
func claimIn(hook *pulumi.ResourceHookArgs) string {
	metadata := hook.NewInputs["metadata"]
	if !metadata.IsObject() {
		return ""
	}
	name := metadata.ObjectValue()["name"]
	if !name.IsString() {
		return ""
	}
	return name.StringValue()
}
