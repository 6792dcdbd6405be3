package rollout

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/internal/podstate"
)

// catchesUp reports whether replicas of the node are still on their way. Images older than the
// field leave it out, and then a pod's readiness is all there is.
func catchesUp(s contract.State) bool { return s.CaughtUp != nil && !*s.CaughtUp }

// CatchUp says what the pods of a StatefulSet, which are all ready, still have to do
// before the next change may come, "" for nothing; and what is worth a word, but not
// for a rollout to mend. An agent that cannot be asked counts as caught up.
func CatchUp(ctx context.Context, client kubernetes.Interface, set *appsv1.StatefulSet) (waits string, remarks []string) {
	if set.Spec.Selector == nil {
		return "", nil
	}
	pods, err := client.CoreV1().Pods(set.Namespace).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(set.Spec.Selector)})
	if err != nil {
		return "", nil
	}
	states := podstate.Agents(ctx, client, pods.Items)
	for _, pod := range slices.Sorted(maps.Keys(states)) {
		state := states[pod]
		if state.Leaderless > 0 {
			remarks = append(remarks, fmt.Sprintf("%s: %d partitions have no leader; bring the broker back that has their last copy, "+
				"or accept what is lost: kafka-leader-election.sh --election-type unclean", pod, state.Leaderless))
		}
		if len(state.UnplannedVoters) > 0 {
			remarks = append(remarks, fmt.Sprintf("%s: the quorum has voters that the plan does not name: %v; take each out by %s",
				pod, state.UnplannedVoters, contract.HelpExtraVoters))
		}
	}
	return behind(states), remarks
}

// behind says which of these pods catch up, "" if none does.
func behind(states map[string]contract.State) string {
	var all []string
	for _, pod := range slices.Sorted(maps.Keys(states)) {
		if state := states[pod]; catchesUp(state) {
			all = append(all, fmt.Sprintf("%s catches up, %d partitions are not in sync", pod, state.OutOfSync))
		}
	}
	return strings.Join(all, "; ")
}

// settle is how long Preflight lets a cluster come to rest: a pod that has just come
// back is no degradation, nor is a roll that an interrupted up has left to Kubernetes.
const settle = time.Minute

// Preflight returns why a roll of pods must not begin: one more pod down would be one
// too many where another is out of service already, or not caught up. selector finds
// all pods of the Kafka cluster. What the roll is likely to mend is no reason: pods that
// crash, or never were in service with a template that no other serves with, and whatever
// is behind because of them; nor is a cluster in which nothing serves.
// progress, if not nil, is told what it waits for.
func Preflight(ctx context.Context, client kubernetes.Interface, namespace, selector string, progress func(string)) error {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	said := ""
	for {
		trouble := degraded(ctx, client, namespace, selector)
		if trouble == nil {
			return nil
		}
		if text := "waits before the first pod is restarted: " + trouble.Error(); text != said && progress != nil {
			progress(text)
			said = text
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the cluster is degraded, so no pod is restarted: %w; bring it back first, "+
				"or begin all the same: pulumi config set kafka-kraft:rollDegraded true", trouble)
		case <-time.After(4 * pause):
		}
	}
}

func degraded(ctx context.Context, client kubernetes.Interface, namespace, selector string) error {
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil //nolint:nilerr // the update itself will tell that Kubernetes does not answer
	}
	var trouble []error
	serving, proven := false, provenRevisions(pods.Items)
	for i := range pods.Items {
		pod := &pods.Items[i]
		reason := outOfService(ctx, client, pod)
		switch {
		case pod.DeletionTimestamp != nil:
			trouble = append(trouble, fmt.Errorf("%s: %w", pod.Name, reason))
		case reason == nil:
			serving = true
			if state, err := podstate.Agent(ctx, client, pod); err == nil && catchesUp(state) {
				trouble = append(trouble, fmt.Errorf("%s: %d partitions are not in sync", pod.Name, state.OutOfSync))
			}
		case crashed(pod), !proven[pod.Labels[appsv1.StatefulSetRevisionLabel]] && (Broken(pod) || NeverInService(pod)):
			return nil
		default:
			trouble = append(trouble, fmt.Errorf("%s: %w", pod.Name, reason))
		}
	}
	if !serving {
		return nil
	}
	return errors.Join(trouble...)
}
