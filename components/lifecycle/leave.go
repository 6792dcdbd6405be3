package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

const (
	// hearing is how long the quorum may take to let controllers go: one that has just elected
	// a leader, or has a voter behind for a moment, is asked again.
	hearing = 20 * time.Second
	// again is the time between two questions.
	again = time.Second
)

// Leave returns why pods of controllers that a change would stop must run on: the voters that
// stay must be a majority of today's, and have all that the leader has. Nobody is asked while no
// pod is to stop, so that a change that mends a quorum is not kept from it.
func (c *Context) Leave(ctx context.Context, plan topology.Plan, pool topology.Pool, progress func(string)) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	return leave(ctx, client, c.kafka(plan), plan.Namespace, pool, progress)
}

func leave(ctx context.Context, client kubernetes.Interface, connect func(context.Context) (ops.Admin, func(), error),
	namespace string, pool topology.Pool, progress func(string),
) error {
	set, err := client.AppsV1().StatefulSets(namespace).Get(ctx, pool.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stateful set %s/%s: %w", namespace, pool.Name, err)
	}
	if set.Spec.Replicas == nil || int(*set.Spec.Replicas) <= pool.Replicas {
		return nil
	}
	stay := ops.Voters{Range: ops.Range{First: int32(pool.FirstID), End: int32(pool.FirstID + topology.PoolIDs)}}
	for ordinal := range pool.Replicas {
		stay.IDs = append(stay.IDs, int32(pool.NodeID(ordinal)))
	}
	ctx, over := context.WithTimeout(ctx, hearing)
	defer over()
	var why error
	for {
		err := ask(ctx, connect, stay)
		if err == nil {
			return nil
		}
		if why == nil || ctx.Err() == nil { // else it says only that the time is over
			why = err
		}
		progress("asks whether the other controllers can do without those that go: " + err.Error())
		select {
		case <-ctx.Done():
			return fmt.Errorf("nothing of %s was changed, which is to go from %d controllers to %d: %w", pool.Name, *set.Spec.Replicas, pool.Replicas, why)
		case <-time.After(again):
		}
	}
}

// ask asks the quorum once.
func ask(ctx context.Context, connect func(context.Context) (ops.Admin, func(), error), stay ops.Voters) error {
	admin, end, err := connect(ctx)
	if err != nil {
		return fmt.Errorf("no broker can be asked who votes: %w", err)
	}
	defer end()
	_, err = ops.PlanQuorum(ctx, admin, stay)
	if err != nil && !errors.As(err, new(*ops.Refusal)) {
		return fmt.Errorf("who votes is not known: %w", err)
	}
	return err
}
