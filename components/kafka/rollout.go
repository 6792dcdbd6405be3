package kafka

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/defaults"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Rollout brings a change of a StatefulSet to all its pods. progress is told of every
// step forward.
type Rollout interface {
	// DropUnbound deletes claims of these templates that never got a volume because
	// they ask for another class.
	DropUnbound(ctx context.Context, namespace, statefulSet, class string, templates []string, progress func(string)) error
	// Vacate deletes a claim of this name that never got a volume: another one is to be made.
	Vacate(ctx context.Context, namespace, claim string, progress func(string)) error
	// Preflight returns why no pod of the cluster, which selector finds, should be
	// restarted now. Pools of one cluster get one answer: the first one's roll must
	// not be the second one's reason.
	Preflight(ctx context.Context, namespace, selector string, progress func(string)) error
	// Leave returns why pods of controllers that a change would stop must run on: the others
	// could not do without them. None that is to stop: nothing is asked.
	Leave(ctx context.Context, plan topology.Plan, pool topology.Pool, progress func(string)) error
	// Watch tells what keeps pods from service, until ctx ends.
	Watch(ctx context.Context, namespace, statefulSet string, tell func(string)) error
	// Release deletes pods that do not get into service with their old template and
	// so keep the new one away, until ctx ends.
	Release(ctx context.Context, namespace, statefulSet string, progress func(string)) error
	// Await returns when all pods run the newest template, are ready and caught up.
	Await(ctx context.Context, namespace, statefulSet string, progress func(string)) error
	// Defaults makes the defaults of the running Kafka, which keeps its own, what the
	// plan's configuration says.
	Defaults(ctx context.Context, plan topology.Plan, want defaults.Wanted, progress, warn func(string)) error
	// Causes are why pods are not in service, one a line.
	Causes(ctx context.Context, namespace, statefulSet string) []string
}

// rollouts is a pool's part of `pulumi up` that Pulumi's own wait does not do.
type rollouts struct {
	Rollout
	pool      *NodePoolArgs
	namespace string
	name      string
	limit     time.Duration
	log       pulumi.Log
	// run ends with the program or, by over, with the step that it goes beside.
	run  context.Context
	over context.CancelFunc
}

// rolledOut makes creating and updating of the StatefulSet, without a gate that does it better, tell
// what keeps its pods from service, and an update end only when it has reached every pod, as a step
// of `pulumi up`. Creating needs no wait: Pulumi's own is right there. Gate or not, it makes room
// for claims, and asks whether pods may stop, before an update.
func rolledOut(ctx *pulumi.Context, name string, pool *NodePoolArgs) (pulumi.ResourceOption, error) {
	binding := &pulumi.ResourceHookBinding{}
	// Pulumi's mocks, in the unit tests of whoever uses the component, know no hooks.
	if pool.Rollout == nil || ctx.RunningWithMocks() {
		return pulumi.ResourceHooks(binding), nil
	}
	limit, err := time.ParseDuration(pool.Settings.Timeout)
	if err != nil {
		return nil, fmt.Errorf("timeout: %w", err)
	}
	run, over := context.WithCancel(ctx.Context())
	r := &rollouts{
		Rollout: pool.Rollout, pool: pool, namespace: pool.Plan.Namespace, name: pool.Pool.Name,
		limit: limit, log: ctx.Log, run: run, over: over,
	}
	hook := func(name string, run func(*pulumi.ResourceHookArgs) error) *pulumi.ResourceHook {
		var made *pulumi.ResourceHook
		if err == nil {
			made, err = ctx.RegisterResourceHook(name, run, nil)
		}
		return made
	}
	binding.BeforeCreate = []*pulumi.ResourceHook{hook("before the start of "+name, r.beforeCreate)}
	binding.AfterCreate = []*pulumi.ResourceHook{hook("start of "+name, r.afterCreate)}
	binding.BeforeUpdate = []*pulumi.ResourceHook{hook("before the rollout of "+name, r.beforeUpdate)}
	binding.AfterUpdate = []*pulumi.ResourceHook{hook("rollout of "+name, r.afterUpdate)}
	if err == nil {
		var failed *pulumi.ErrorHook
		failed, err = ctx.RegisterErrorHook("causes of "+name, r.onError)
		binding.OnError = []*pulumi.ErrorHook{failed}
	}
	if err != nil {
		over()
		return nil, err
	}
	return pulumi.ResourceHooks(binding), nil
}

func (r *rollouts) beforeCreate(*pulumi.ResourceHookArgs) error {
	if err := r.dropUnbound(); err != nil {
		return err
	}
	r.beside(r.Watch, r.warn)
	return nil
}

func (r *rollouts) afterCreate(*pulumi.ResourceHookArgs) error {
	r.over()
	return nil
}

// beforeUpdate begins what goes on beside the provider's own wait, which would wait for
// broken pods; it ends with the update, or when the time is over.
func (r *rollouts) beforeUpdate(args *pulumi.ResourceHookArgs) error {
	// All that stop together need nobody.
	if r.pool.Pool.Has(topology.Controller) && !r.pool.Settings.Stopped {
		if err := r.oneOfBoth(args.OldInputs, args.NewInputs); err != nil {
			return err
		}
		if err := r.Leave(r.run, r.pool.Plan, r.pool.Pool, r.progress); err != nil {
			return err
		}
	}
	if rolls(args.OldInputs, args.NewInputs) && !r.pool.Settings.RollDegraded {
		if err := r.Preflight(r.run, r.namespace, selectorOf(r.pool.Plan.Labels()), r.progress); err != nil {
			return err
		}
	}
	if err := r.dropUnbound(); err != nil {
		return err
	}
	r.beside(r.Release, r.progress)
	r.beside(r.Watch, r.warn)
	return nil
}

func (r *rollouts) afterUpdate(*pulumi.ResourceHookArgs) error {
	defer r.over()
	if r.pool.Gate != nil {
		return nil // which does the rest
	}
	wait, cancel := context.WithTimeout(r.run, r.limit)
	defer cancel()
	if err := r.Await(wait, r.namespace, r.name, r.progress); err != nil {
		return err
	}
	if !r.pool.keepsDefaults() {
		return nil
	}
	want := defaults.Wanted{MinInSync: r.pool.Settings.MinInSync, Replication: r.pool.Settings.Replication}
	if err := r.Defaults(wait, r.pool.Plan, want, r.progress, r.warn); err != nil {
		return fmt.Errorf("the pods run, but Kafka's own defaults are not what is configured; mend it, or type %s in a pod: %w",
			want.ByHand(), err)
	}
	return nil
}

// onError says what Pulumi's own wait does not know. Trying again is for the next up.
func (r *rollouts) onError(args *pulumi.ErrorHookArgs) (bool, error) {
	r.over()
	if args.FailedOperation == "delete" {
		return false, nil
	}
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if causes := r.Causes(ctx, r.namespace, r.name); len(causes) > 0 {
		// A lost line is no reason to fail in another way.
		_ = r.log.Error(r.name+" is not ready:\n  "+strings.Join(causes, "\n  "), &pulumi.LogArgs{})
	}
	return false, nil
}

// beside goes beside the provider's wait for pods. Where there is a gate, the provider does not
// wait, and the gate does this itself.
func (r *rollouts) beside(run func(context.Context, string, string, func(string)) error, tell func(string)) {
	if r.pool.Gate != nil {
		return
	}
	go func() {
		bounded, cancel := context.WithTimeout(r.run, r.limit)
		defer cancel()
		if err := run(bounded, r.namespace, r.name, tell); err != nil {
			tell(err.Error()) // the step itself will tell what it could not do
		}
	}()
}

func (r *rollouts) dropUnbound() error {
	claims := r.pool.Pool.Claims
	if len(claims) == 0 {
		return nil
	}
	var templates []string
	for _, claim := range claims {
		templates = append(templates, claim.Name)
	}
	return r.DropUnbound(r.run, r.namespace, r.name, claims[0].Class, templates, r.progress)
}

func (r *rollouts) progress(state string) {
	// Only for the eye; a lost line is no reason to fail.
	_ = r.log.Info(r.name+": "+state, &pulumi.LogArgs{})
}

func (r *rollouts) warn(cause string) {
	_ = r.log.Warn(cause, &pulumi.LogArgs{})
}

// oneOfBoth refuses that controllers leave and those that stay restart for another reason. Those that
// leave stop at once and vote until all others have restarted; so long, the others are all that there
// is of a majority. That their leaving changes the configuration of those that stay is no such reason:
// the first voters among them are what a node formats its volume with, or where it looks for the quorum.
func (r *rollouts) oneOfBoth(before, after resource.PropertyMap) error {
	was, is := replicasOf(before), replicasOf(after)
	if is >= was || !rolls(before, after) || !founders(before).DeepEquals(founders(after)) {
		return nil
	}
	plan := r.pool.Plan
	plan.Pools = slices.Clone(plan.Pools)
	for i := range plan.Pools {
		if plan.Pools[i].Name == r.name {
			plan.Pools[i].Replicas = was
		}
	}
	if plan.QuorumBootstrapServers() != r.pool.Plan.QuorumBootstrapServers() {
		return nil
	}
	return fmt.Errorf("nothing of %[1]s was changed, which is to go from %[2]d controllers to %[3]d, and to restart those that stay for another change: "+
		"the quorum could lose its majority; do the one, then the other: leave the number at %[2]d in this up, or all else as it was", r.name, was, is)
}

func replicasOf(inputs resource.PropertyMap) int {
	if replicas := part(inputs, "replicas"); replicas.IsNumber() {
		return int(replicas.NumberValue())
	}
	return 0
}

// founders are the first voters as a StatefulSet's template names them.
func founders(inputs resource.PropertyMap) resource.PropertyValue {
	return variable(part(inputs, "template"), contract.EnvInitialControllers)
}

// variable is the value of an environment variable somewhere in a template.
func variable(in resource.PropertyValue, name string) resource.PropertyValue {
	var values []resource.PropertyValue
	switch {
	case in.IsArray():
		values = in.ArrayValue()
	case in.IsObject():
		object := in.ObjectValue()
		if is := object["name"]; is.IsString() && is.StringValue() == name {
			return object["value"]
		}
		values = slices.Collect(maps.Values(object))
	}
	for _, value := range values {
		if found := variable(value, name); found.V != nil {
			return found
		}
	}
	return resource.PropertyValue{}
}

// part is a part of a StatefulSet's spec.
func part(inputs resource.PropertyMap, name resource.PropertyKey) resource.PropertyValue {
	if spec := inputs["spec"]; spec.IsObject() {
		return spec.ObjectValue()[name]
	}
	return resource.PropertyValue{}
}

// rolls reports whether an update restarts pods: its template differs, and pods shall run.
func rolls(before, after resource.PropertyMap) bool {
	if replicas := part(after, "replicas"); replicas.IsNumber() && replicas.NumberValue() == 0 {
		return false
	}
	return !part(before, "template").DeepEquals(part(after, "template"))
}

// selectorOf are labels as Kubernetes takes them in a query.
func selectorOf(labels map[string]string) string {
	var terms []string
	for name, value := range labels {
		terms = append(terms, name+"="+value)
	}
	return strings.Join(terms, ",")
}
