package ops

import (
	"context"
	"fmt"
	"reflect"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
)

// glance is how long a preview or a refresh waits for Kubernetes: it is not there to wait.
const glance = 5 * time.Second

// planned says what a gate would do; old is nil for a new one.
func planned(old *RolloutArgs, args RolloutArgs) string {
	set, pods := args.StatefulSet, count(args.Replicas)
	switch {
	case args.Replicas == 0:
		return fmt.Sprintf("would wait until all pods of %s have stopped", set)
	case old == nil:
		return fmt.Sprintf("would wait until %s of %s run, are ready and have caught up", pods, set)
	case old.Replicas == 0:
		return fmt.Sprintf("would wait until %s of %s have started, are ready and have caught up", pods, set)
	case old.Replicas != args.Replicas:
		return fmt.Sprintf("would wait while %s goes from %s to %d, until all are ready and have caught up", set, count(old.Replicas), args.Replicas)
	case old.Revision != args.Revision:
		// Kubernetes goes from the highest ordinal down:
		// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates
		return fmt.Sprintf("would wait while %s of %s restart, %s-%d first, each after the one before it is ready, until all have caught up",
			pods, set, set, args.Replicas-1)
	case !reflect.DeepEqual(old.Generation, args.Generation):
		return fmt.Sprintf("would wait until %s of %s are up to date, are ready and have caught up", pods, set)
	default:
		return fmt.Sprintf("would go on until %s of %s are up to date, are ready and have caught up", pods, set)
	}
}

func count(pods int) string {
	if pods == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", pods)
}

// preview says what an update would do, and where its pods are now.
func (r Rollout) preview(ctx context.Context, old, args RolloutArgs) {
	log := p.GetLogger(ctx)
	set, err := r.look(ctx, args)
	if err != nil {
		log.Warning(fmt.Sprintf("%s; where its pods are now is not known, so the plan is not, either: %v", planned(&old, args), err))
		return
	}
	log.Info(planned(&old, args) + "; now " + rollout.Describe(set))
}

// look reads the StatefulSet once.
func (r Rollout) look(ctx context.Context, args RolloutArgs) (*appsv1.StatefulSet, error) {
	client, err := r.Kubernetes(args.Context)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	return client.AppsV1().StatefulSets(args.Namespace).Get(ctx, args.StatefulSet, metav1.GetOptions{})
}
