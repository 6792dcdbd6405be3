package stacks

import (
	"context"
	"fmt"

	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
)

// inContext follows rollouts in the Kubernetes context of this name.
type inContext struct{ kubeconfig, name string }

func (s stack) inContext() inContext { return inContext{kubeconfig: s.Kubeconfig, name: s.Context} }

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
