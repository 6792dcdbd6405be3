// Package place says where resources of provider kafka-kraft are that are in a Kafka, and lets them
// wait for it.
package place

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Place is the Kafka that something is in.
type Place struct {
	// Context of the kubeconfig, which the provider reads as Pulumi's own Kubernetes provider
	// does: KUBECONFIG, or ~/.kube/config. Kafka is reached through that Kubernetes' API server,
	// whether it is open to clients outside or not.
	Context string
	// Cluster is what is waited for. When it is destroyed all that is in it goes with it, and
	// Kafka, which may be gone by then, is not told.
	Cluster *kafka.Cluster
	// Stopped says that no pod of it is to run: what there is to do waits until it runs again.
	Stopped bool
}

// Validate asks for what is needed.
func Validate(p Place) error {
	if p.Context == "" || p.Cluster == nil {
		return errors.New("Place needs the Context and the Cluster")
	}
	return nil
}

// Inputs are where it is.
func Inputs(p Place) pulumi.Map {
	plan := p.Cluster.Plan
	inputs := pulumi.Map{
		"context":          pulumi.String(p.Context),
		"namespace":        pulumi.String(plan.Namespace),
		"bootstrapServers": pulumi.String(plan.BootstrapServers()),
	}
	for _, pool := range plan.Pools {
		if pool.Has(topology.Broker) {
			inputs["statefulSet"] = pulumi.String(pool.Name)
			break
		}
	}
	if admin := plan.AdminSecret(); admin != "" {
		inputs["admin"] = pulumi.String(admin)
	}
	if p.Stopped {
		inputs["stopped"] = pulumi.Bool(true)
	}
	return inputs
}

// Register registers what is there, behind the last gates of the cluster.
func Register(ctx *pulumi.Context, p Place, kind, name string, inputs pulumi.Map, made pulumi.CustomResource, opts []pulumi.ResourceOption) error {
	var ready []pulumi.Resource
	for _, pool := range p.Cluster.Pools {
		ready = append(ready, pool.Ready)
	}
	if p.Cluster.Finalised != nil {
		ready = append(ready, p.Cluster.Finalised)
	}
	opts = append(opts[:len(opts):len(opts)], pulumi.DependsOn(ready), pulumi.DeletedWith(p.Cluster))
	if err := ctx.RegisterResource(kind, name, inputs, made, opts...); err != nil {
		return fmt.Errorf("%s %q: %w", kind, name, err)
	}
	return nil
}
