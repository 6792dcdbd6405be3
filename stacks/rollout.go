package stacks

import (
	"context"
	"fmt"

	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
)

// awaitRollout watches a StatefulSet in the stack's own Kubernetes context.
func (c Config) awaitRollout(ctx context.Context, namespace, name string, progress func(string)) error {
	connection, err := kafkaclient.RestConfig("", c.Context)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(connection)
	if err != nil {
		return fmt.Errorf("kubernetes context %q: %w", c.Context, err)
	}
	return rollout.Await(ctx, client, namespace, name, progress)
}
