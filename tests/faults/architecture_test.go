package faults_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

// minInSync is min.insync.replicas of a cluster with three brokers.
const minInSync = 2

// architecture is a stack ci that several cases break one after the other. Each finds it
// whole and leaves it whole.
type architecture struct {
	*kit.Separated
	seen   *proof.Result // of the case that runs
	chance *rand.Rand    // what it leaves to chance
}

func newArchitecture(t *testing.T) *architecture {
	t.Helper()
	w := &architecture{Separated: kit.NewSeparated(t, "faults", kit.Config{
		"external.basePort": "31192", "stopGateSeconds": "60",
	})}
	w.Records(t)
	return w
}

// checked says how many records were read back, and found as they must be.
func (w *architecture) checked(records int) { w.seen.Records = max(w.seen.Records, records) }

// load is a kit.Load whose slowest record is worth a line.
type load struct {
	*kit.Load
	books *ledger.Ledger
	seen  *proof.Result
}

// StartLoad writes to the books' topic in the background.
func (w *architecture) StartLoad(t *testing.T, rate int) load {
	t.Helper()
	return load{w.Separated.StartLoad(t, rate), w.Books, w.seen}
}

// Stop ends the load and waits for what is in flight.
func (l load) Stop(t *testing.T) {
	t.Helper()
	l.Load.Stop(t)
	l.seen.Saw("slowest acknowledgement", 0, l.books.Slowest())
}

// others are the pods without one.
func others(pods []string, but string) []string {
	return slices.DeleteFunc(slices.Clone(pods), func(pod string) bool { return pod == but })
}

// restarts are how often Kafka was started again in a pod: with its container, or by its
// agent within one, which counts from the container's beginning.
type restarts struct{ containers, jvms int }

func (w *architecture) restarts(ctx context.Context, pod string) (restarts, error) {
	found, err := w.Cluster.Kube.CoreV1().Pods(w.Namespace).Get(ctx, pod, metav1.GetOptions{})
	if err != nil || len(found.Status.ContainerStatuses) == 0 {
		return restarts{}, err
	}
	state, err := w.Agent(ctx, pod)
	return restarts{int(found.Status.ContainerStatuses[0].RestartCount), state.Restarts.Count}, err
}

// restartsOf are those of pods, by name.
func (w *architecture) restartsOf(t *testing.T, pods []string) map[string]restarts {
	t.Helper()
	found := map[string]restarts{}
	for _, pod := range pods {
		n, err := w.restarts(t.Context(), pod)
		require.NoError(t, err)
		found[pod] = n
	}
	return found
}

// areBack is nil when Kafka was started again since in these pods, and all are ready.
func (w *architecture) areBack(ctx context.Context, before map[string]restarts) error {
	pods, err := w.Pods(ctx)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		since, ours := before[pod.Name]
		if !ours {
			continue
		}
		now, err := w.restarts(ctx, pod.Name)
		if err != nil || now == since {
			return fmt.Errorf("%s was not restarted: %+v, %w", pod.Name, now, err)
		}
		// Kubernetes may not have noticed yet that it was away.
		if state, err := w.Agent(ctx, pod.Name); err != nil || !state.Ready || !kit.Ready(pod) {
			return fmt.Errorf("%s is not ready: %+v, %w", pod.Name, state, err)
		}
	}
	return nil
}

// mustRestart waits until Kafka was started again in a pod.
func (w *architecture) mustRestart(t *testing.T, pod string, within time.Duration, breakIt func()) {
	t.Helper()
	before, err := w.restarts(t.Context(), pod)
	require.NoError(t, err)
	breakIt()
	kit.Eventually(t, within, pod+" is restarted", func() error {
		now, err := w.restarts(t.Context(), pod)
		if err == nil && now == before {
			err = fmt.Errorf("its restarts are as before: %+v", now)
		}
		return err
	})
}

// evict asks for a pod's eviction, as `kubectl drain` does.
func (w *architecture) evict(ctx context.Context, pod string) error {
	err := w.Cluster.Kube.PolicyV1().Evictions(w.Namespace).Evict(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod, Namespace: w.Namespace}})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// cordon keeps new pods from a node, until uncordon or the end of the test.
func (w *architecture) cordon(t *testing.T, node string) (uncordon func()) {
	t.Helper()
	set := func(on bool) error {
		_, err := w.Cluster.Kube.CoreV1().Nodes().Patch(context.Background(), node, types.StrategicMergePatchType,
			fmt.Appendf(nil, `{"spec":{"unschedulable":%v}}`, on), metav1.PatchOptions{})
		return err
	}
	require.NoError(t, set(true))
	uncordon = func() { assert.NoError(t, set(false)) }
	t.Cleanup(uncordon)
	return uncordon
}

// serves is nil if the Service for clients sends them to the pod.
func (w *architecture) serves(ctx context.Context, pod string) error {
	slices, err := w.Cluster.Kube.DiscoveryV1().EndpointSlices(w.Namespace).List(ctx, metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=ci-kafka-broker"})
	if err != nil {
		return err
	}
	for _, slice := range slices.Items {
		for _, endpoint := range slice.Endpoints {
			if endpoint.TargetRef != nil && endpoint.TargetRef.Name == pod && endpoint.Conditions.Ready != nil && *endpoint.Conditions.Ready {
				return nil
			}
		}
	}
	return fmt.Errorf("the Service does not send clients to %s", pod)
}
