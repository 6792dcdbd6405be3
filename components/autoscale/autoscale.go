package autoscale

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token.
const Type = "kafka-kraft:autoscale:Autoscale"

// Autoscale is an application that KEDA scales.
type Autoscale struct {
	pulumi.ResourceState

	// Name is that of the ScaledObject and of the TriggerAuthentication: the application's. KEDA's
	// HorizontalPodAutoscaler is keda-hpa-{Name}.
	Name pulumi.StringOutput `pulumi:"name"`
}

// making is what the parts are made from.
type making struct {
	Args // completed

	ctx       *pulumi.Context
	component string
	child     pulumi.ResourceOption
	kind      string                 // the target's
	name      pulumi.StringOutput    // likewise, if it may be scaled
	namespace pulumi.StringPtrOutput // likewise
}

// NewAutoscale scales an application by the lag of its group. KEDA's definitions have to be in the
// cluster. Arguments that cannot work are an error before anything is registered, with everything
// that is wrong with them; a Target that is Kafka itself is one as soon as its labels are known, in
// the preview.
//
// It waits for the Target, and so goes before it. When it goes, KEDA gives the application the
// number of replicas back that it found, so that one that is at zero does not stay there.
func NewAutoscale(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Autoscale, error) {
	if args == nil {
		args = &Args{}
	}
	complete := args.complete()
	if err := complete.validate(); err != nil {
		return nil, fmt.Errorf("autoscale %q: %w", name, err)
	}
	target, err := complete.workload()
	if err != nil {
		return nil, fmt.Errorf("autoscale %q: %w", name, err)
	}
	a := &Autoscale{}
	if err := ctx.RegisterComponentResource(Type, name, a, opts...); err != nil {
		return nil, fmt.Errorf("autoscale %q: %w", name, err)
	}
	a.Name = target.name()
	m := &making{
		Args: complete, ctx: ctx, component: name, child: pulumi.Parent(a),
		kind: target.kind, name: a.Name, namespace: target.metadata.Namespace(),
	}
	if err := m.scaledObject(); err != nil {
		return nil, fmt.Errorf("autoscale %q: %w", name, err)
	}
	if err := ctx.RegisterResourceOutputs(a, pulumi.Map{"name": a.Name}); err != nil {
		return nil, fmt.Errorf("autoscale %q: %w", name, err)
	}
	return a, nil
}
