package stacks

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/components/defaults"
	"github.com/kafka-kraft/kafka-kraft/components/nodeport"
	"github.com/kafka-kraft/kafka-kraft/components/rollout"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// inContext follows rollouts in the Kubernetes context of this name.
type inContext struct {
	kubeconfig, name string
	flight           *flight
}

// flight is the one answer to whether pods may be restarted in this up.
type flight struct {
	once sync.Once
	err  error
}

func (s stack) inContext() inContext {
	return inContext{kubeconfig: s.Kubeconfig, name: s.Context, flight: &flight{}}
}

// Preflight returns why no pod of the cluster should be restarted now. The cluster is
// asked once, since its pools roll at the same time.
func (c inContext) Preflight(ctx context.Context, namespace, selector string, progress func(string)) error {
	c.flight.once.Do(func() {
		client, err := c.client()
		if err != nil {
			c.flight.err = err
			return
		}
		c.flight.err = rollout.Preflight(ctx, client, namespace, selector, progress)
	})
	return c.flight.err
}

// DropUnbound deletes claims that never got a volume because they ask for another class.
func (c inContext) DropUnbound(ctx context.Context, namespace, name, class string, templates []string, progress func(string)) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	return rollout.DropUnbound(ctx, client, namespace, name, class, templates, progress)
}

// Watch tells what keeps a StatefulSet's pods from service.
func (c inContext) Watch(ctx context.Context, namespace, name string, tell func(string)) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	rollout.Watch(ctx, client, namespace, name, tell)
	return nil
}

// Defaults makes the running Kafka's own defaults what is configured.
func (c inContext) Defaults(ctx context.Context, plan topology.Plan, want defaults.Wanted, progress, warn func(string)) error {
	client, err := kafkaclient.Connect(ctx, kafkaclient.Cluster{
		Inside: plan.BootstrapServers(), Outside: plan.ExternalBootstrapServers(), Kubeconfig: c.kubeconfig, Context: c.name,
	})
	if err != nil {
		return err
	}
	defer client.Close()
	return defaults.Keep(ctx, client, want, progress, warn)
}

// Move gives each service its NodePort.
func (c inContext) Move(ctx context.Context, namespace string, ports map[string]int) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	return nodeport.Move(ctx, client, namespace, ports)
}

// Free lets a volume be bound again whose claim is gone.
func (c inContext) Free(ctx context.Context, volume string) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	return storage.Free(ctx, client, volume)
}

// Causes are why a StatefulSet's pods are not in service, one a line.
func (c inContext) Causes(ctx context.Context, namespace, name string) []string {
	client, err := c.client()
	if err != nil {
		return nil // whatever failed before failed for the same reason
	}
	return rollout.Causes(ctx, client, namespace, name)
}

// Await watches a StatefulSet until its last change has reached all pods.
func (c inContext) Await(ctx context.Context, namespace, name string, progress func(string)) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	return rollout.Await(ctx, client, namespace, name, progress)
}

// Release deletes pods of a StatefulSet that its last change cannot reach otherwise.
func (c inContext) Release(ctx context.Context, namespace, name string, progress func(string)) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	rollout.Release(ctx, client, namespace, name, progress)
	return nil
}

func (c inContext) client() (kubernetes.Interface, error) {
	connection, err := kafkaclient.RestConfig(c.kubeconfig, c.name)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(connection)
	if err != nil {
		return nil, fmt.Errorf("kubernetes context %q: %w", c.name, err)
	}
	return client, nil
}
