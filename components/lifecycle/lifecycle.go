// Package lifecycle looks after the pods of a cluster in a Kubernetes context while
// `pulumi up` changes it: what Pulumi's own wait does not do. It is a kafka.Lifecycle.
package lifecycle

import (
	"context"
	"sync"

	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/components/defaults"
	"github.com/kafka-kraft/kafka-kraft/components/nodeport"
	"github.com/kafka-kraft/kafka-kraft/components/rollout"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/internal/kubecontext"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Context is a Kubernetes context. One of it serves one cluster in one up.
type Context struct {
	kubeconfig, name string

	// asked is the one answer to whether pods may be restarted in this up.
	asked    sync.Once
	notReady error
}

// In is the context of this name in a kubeconfig file; an empty kubeconfig is KUBECONFIG,
// or ~/.kube/config. Whether there is one is found when something is asked of it.
func In(kubeconfig, name string) *Context { return &Context{kubeconfig: kubeconfig, name: name} }

// Preflight returns why no pod of the cluster should be restarted now. The cluster is
// asked once, since its pools roll at the same time.
func (c *Context) Preflight(ctx context.Context, namespace, selector string, progress func(string)) error {
	c.asked.Do(func() {
		client, err := c.Client()
		if err != nil {
			c.notReady = err
			return
		}
		c.notReady = rollout.Preflight(ctx, client, namespace, selector, progress)
	})
	return c.notReady
}

// DropUnbound deletes claims that never got a volume because they ask for another class.
func (c *Context) DropUnbound(ctx context.Context, namespace, name, class string, templates []string, progress func(string)) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	return rollout.DropUnbound(ctx, client, namespace, name, class, templates, progress)
}

// Vacate deletes a claim that never got a volume, before another one of its name is made.
func (c *Context) Vacate(ctx context.Context, namespace, claim string, progress func(string)) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	return rollout.Vacate(ctx, client, namespace, claim, progress)
}

// Watch tells what keeps a StatefulSet's pods from service.
func (c *Context) Watch(ctx context.Context, namespace, name string, tell func(string)) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	rollout.Watch(ctx, client, namespace, name, tell)
	return nil
}

// Defaults makes the running Kafka's own defaults what is configured.
func (c *Context) Defaults(ctx context.Context, plan topology.Plan, want defaults.Wanted, progress, warn func(string)) error {
	client, err := kafkaclient.Connect(ctx, c.brokers(plan))
	if err != nil {
		return err
	}
	defer client.Close()
	return defaults.Keep(ctx, client, want, progress, warn)
}

// Move gives each service its NodePort.
func (c *Context) Move(ctx context.Context, namespace string, ports map[string]int) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	return nodeport.Move(ctx, client, namespace, ports)
}

// Free lets a volume be bound again whose claim is gone.
func (c *Context) Free(ctx context.Context, volume string) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	return storage.Free(ctx, client, volume)
}

// Causes are why a StatefulSet's pods are not in service, one a line.
func (c *Context) Causes(ctx context.Context, namespace, name string) []string {
	client, err := c.Client()
	if err != nil {
		return nil // whatever failed before failed for the same reason
	}
	return rollout.Causes(ctx, client, namespace, name)
}

// Await watches a StatefulSet until its last change has reached all pods.
func (c *Context) Await(ctx context.Context, namespace, name string, progress func(string)) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	return rollout.Await(ctx, client, namespace, name, progress)
}

// Release deletes pods of a StatefulSet that its last change cannot reach otherwise.
func (c *Context) Release(ctx context.Context, namespace, name string, progress func(string)) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	rollout.Release(ctx, client, namespace, name, progress)
	return nil
}

// brokers are where the cluster's clients start.
func (c *Context) brokers(plan topology.Plan) kafkaclient.Cluster {
	return kafkaclient.Cluster{
		Inside: plan.BootstrapServers(), Outside: plan.ExternalBootstrapServers(), Admin: plan.AdminSecret(),
		Kubeconfig: c.kubeconfig, Context: c.name,
	}
}

// Client talks to the context's Kubernetes. A context that there is not is an error; whether
// its cluster answers is not asked.
func (c *Context) Client() (kubernetes.Interface, error) {
	client, _, err := kubecontext.Client(c.kubeconfig, c.name)
	return client, err
}
