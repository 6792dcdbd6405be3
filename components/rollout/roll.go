package rollout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/internal/podstate"
)

// Roll restarts the pods of a StatefulSet that are not of its newest template, one after the
// other in their Order, and returns when Await does. A pod goes when all others are ready and in
// sync, by an eviction, so that the pool's disruption budget keeps it from going together with
// one that somebody drains. So the first pod that does not come back is the last one that went.
//
// Degraded lets pods go although others that still run the old template are out of service, or
// replicas are behind, and although pods of whatever template are lost with their node or find none;
// the budget is not asked then, which would refuse.
//
// It ends with ctx, or when no pod has come back for terms.Each.
//
// Of a StatefulSet with another update strategy than OnDelete, Kubernetes restarts the pods, and
// Roll is Await.
func Roll(ctx context.Context, client kubernetes.Interface, namespace, name string, terms Terms, progress func(string)) error {
	ctx, over := context.WithCancelCause(ctx)
	defer over(nil)
	r := roll{client: client, degraded: terms.Degraded, restarted: map[string]bool{}, missing: outages{}, cameBack: func() {}}
	if terms.Each > 0 {
		patience := time.AfterFunc(terms.Each, func() { over(context.DeadlineExceeded) })
		defer patience.Stop()
		r.cameBack = func() { patience.Reset(terms.Each) }
	}
	err := await(ctx, client, namespace, name, r.step, progress)
	switch {
	case !errors.Is(err, context.DeadlineExceeded):
		return err
	case r.failed != "":
		return fmt.Errorf("%w\n  the way on: mend what keeps %s, or set the configuration back, and up again", err, r.failed)
	default:
		return fmt.Errorf("%w\n  the time is over; the next up goes on, and a longer timeout gives it more", err)
	}
}

// Terms are those of a roll.
type Terms struct {
	// Degraded: see Roll.
	Degraded bool
	// Each is how long one pod may take to come back and catch up. 0: as long as all.
	Each time.Duration
}

// roll is a Roll under way. Of what happened before it began it knows nothing.
type roll struct {
	client   kubernetes.Interface
	degraded bool
	// restarted are the names of the pods that it has let go.
	restarted map[string]bool
	// missing are pods that run the newest template and are not in service, and failed is one of
	// them that is missing for longer than a pod takes to come back.
	missing outages
	failed  string
	// served is how many pods have served with the newest template at once, at most, and cameBack
	// is told when it is one more.
	served   int
	cameBack func()
}

// step restarts the next pod if it may go, and says what is waited for.
func (r *roll) step(ctx context.Context, set *appsv1.StatefulSet) (string, error) {
	r.failed = ""
	if !onDelete(set) || set.Status.ObservedGeneration < set.Generation {
		return "", nil
	}
	pods, err := podsOf(ctx, r.client, set)
	if err != nil || len(pods) != int(replicas(set)) {
		return "", nil //nolint:nilerr // the API server may be away for a moment, and a pod about to come or go
	}
	states := podstate.Agents(ctx, r.client, pods)
	var due []corev1.Pod
	var out []string
	served := 0
	for i := range pods {
		pod := &pods[i]
		reason := outOfService(ctx, r.client, pod)
		old := isOld(pod, set)
		if state, answers := states[pod.Name]; reason == nil && !old && answers {
			reason = shaky(state)
		}
		switch {
		case reason == nil && old:
			due = append(due, *pod)
		case reason == nil:
			served++
			delete(r.missing, pod.UID)
		case r.degraded && (old && pod.DeletionTimestamp == nil || r.lost(ctx, pod)):
		default:
			out = append(out, fmt.Sprintf("%s is not in service (%v)", pod.Name, reason))
			if !old && pod.DeletionTimestamp == nil && r.missing.since(pod) >= settle {
				r.failed = pod.Name
			}
		}
	}
	if served > r.served {
		r.served = served
		r.cameBack()
	}
	if len(due) == 0 {
		return strings.Join(out, "; "), nil
	}
	next := inOrder(due, active(pods, states))
	if len(out) > 0 {
		return fmt.Sprintf("%s; %s not restarted before it is", strings.Join(out, "; "), isOrAre(next)), nil
	}
	if waits := behind(states); waits != "" && !r.degraded {
		return waits, nil
	}
	return r.restart(ctx, next)
}

// steady is how long a JVM has to run after it was killed until it counts as in service: the time
// after which its agent, too, forgets.
const steady = 10 * time.Minute

// shaky is why a node does not serve as its newest template has it, though its pod is ready: the
// agent starts a JVM again that was killed, and Kubernetes does not see it. nil if it does.
func shaky(state contract.State) error {
	switch {
	case !state.Ready:
		return errors.New("its agent says that it is not ready")
	case state.Restarts.Count > 0 && time.Since(state.Restarts.Last) < steady:
		return fmt.Errorf("its JVM was killed %d times since it began", state.Restarts.Count)
	default:
		return nil
	}
}

// lost reports whether a pod that is out of service does not come back with whatever template. One
// that finds no node since this roll restarted it may do so because of its newest.
func (r *roll) lost(ctx context.Context, pod *corev1.Pod) bool {
	return lostNode(ctx, r.client, pod) != nil || unschedulable(pod) && !r.restarted[pod.Name]
}

// restart lets the first of these pods go.
func (r *roll) restart(ctx context.Context, pods []corev1.Pod) (string, error) {
	pod := &pods[0]
	options := this(pod)
	var err error
	if r.degraded {
		err = r.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, options)
	} else {
		err = r.client.PolicyV1().Evictions(pod.Namespace).Evict(ctx, &policyv1.Eviction{
			ObjectMeta:    metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name},
			DeleteOptions: &options,
		})
	}
	if err == nil {
		r.restarted[pod.Name] = true
	}
	switch {
	case err == nil && len(pods) > 1:
		return fmt.Sprintf("%s restarts, then %s", pod.Name, namesOf(pods[1:])), nil
	case err == nil:
		return pod.Name + " restarts", nil
	case apierrors.IsNotFound(err), apierrors.IsConflict(err): // it is gone, or another one by now
		return "", nil
	case apierrors.IsForbidden(err):
		return "", fmt.Errorf("%s cannot be restarted: %w; who runs up must be allowed to create pods/eviction", pod.Name, err)
	default:
		return fmt.Sprintf("%s cannot be restarted yet: %v", pod.Name, err), nil
	}
}

func isOrAre(pods []corev1.Pod) string {
	if len(pods) == 1 {
		return namesOf(pods) + " is"
	}
	return namesOf(pods) + " are"
}
