package ops

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
)

// glance is how long a preview or a refresh waits for Kubernetes: it is not there to wait.
const glance = 5 * time.Second

// planned says what a gate would do; old is nil for a new one. due are the pods that would
// restart, as far as that is known.
func planned(old *RolloutArgs, args RolloutArgs, due rollout.Order) string {
	set, pods := args.StatefulSet, count(args.Replicas)
	switch {
	case args.Replicas == 0:
		return fmt.Sprintf("would wait until all pods of %s have stopped", set)
	case old == nil:
		return fmt.Sprintf("would wait until %s of %s run, are ready and have caught up", pods, set)
	case old.Replicas == 0:
		return fmt.Sprintf("would wait until %s of %s have started, are ready and have caught up", pods, set)
	case old.Replicas != args.Replicas:
		text := fmt.Sprintf("would wait while %s goes from %s to %d, until all are ready and have caught up", set, count(old.Replicas), args.Replicas)
		if len(due.Pods) > 0 {
			text += "; would restart " + inTurn(due)
		}
		return text
	case len(due.Pods) > 0:
		return "would restart " + inTurn(due)
	case old.Revision != args.Revision:
		return fmt.Sprintf("would restart %s of %s, one at a time, the active controller last, each when the others are ready and in sync", pods, set)
	case !reflect.DeepEqual(old.Generation, args.Generation):
		return fmt.Sprintf("would wait until %s of %s are up to date, are ready and have caught up", pods, set)
	default:
		return fmt.Sprintf("would go on until %s of %s are up to date, are ready and have caught up", pods, set)
	}
}

// inTurn says which pods restart, and when.
func inTurn(due rollout.Order) string {
	text := strings.Join(due.Pods, ", ")
	if len(due.Pods) > 1 {
		text += fmt.Sprintf(", in this order, %d steps of one pod, each when the others are ready and in sync", len(due.Pods))
	}
	if due.Active != "" {
		text += "; " + due.Active + " has the active controller now"
	}
	return text
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
		log.Warning(fmt.Sprintf("%s; where its pods are now is not known, so the plan is not, either: %v", planned(&old, args, rollout.Order{}), err))
		return
	}
	log.Info(planned(&old, args, r.due(ctx, set, old, args)) + "; now " + rollout.Describe(set))
}

// due are the pods that would restart, nobody if that cannot be found out now. The StatefulSet has
// the old template yet, so that with another one every pod is due.
func (r Rollout) due(ctx context.Context, set *appsv1.StatefulSet, old, args RolloutArgs) rollout.Order {
	client, err := r.Kubernetes(args.Context)
	if err != nil || old.Replicas == 0 || args.Replicas == 0 {
		return rollout.Order{}
	}
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	order, err := rollout.Plan(ctx, client, set, args.Replicas, old.Revision != args.Revision)
	if err != nil {
		return rollout.Order{}
	}
	return order
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
