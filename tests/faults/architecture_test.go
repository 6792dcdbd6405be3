package faults_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// minInSync is min.insync.replicas of a cluster with three brokers.
const minInSync = 2

// architecture is a stack ci that several cases break one after the other. Each finds it
// whole and leaves it whole.
type architecture struct{ *kit.Separated }

func newArchitecture(t *testing.T) *architecture {
	t.Helper()
	w := &architecture{kit.NewSeparated(t, "faults", kit.Config{
		"external.basePort": "31192", "stopGateSeconds": "60",
	})}
	w.Records(t)
	return w
}

// others are the pods without one.
func others(pods []string, but string) []string {
	return slices.DeleteFunc(slices.Clone(pods), func(pod string) bool { return pod == but })
}

// restarts are how often the containers of a pod ended.
func (w *architecture) restarts(ctx context.Context, pod string) (int32, error) {
	found, err := w.Cluster.Kube.CoreV1().Pods(w.Namespace).Get(ctx, pod, metav1.GetOptions{})
	if err != nil || len(found.Status.ContainerStatuses) == 0 {
		return 0, err
	}
	return found.Status.ContainerStatuses[0].RestartCount, nil
}

// restartsOf are those of pods, by name.
func (w *architecture) restartsOf(t *testing.T, pods []string) map[string]int32 {
	t.Helper()
	found := map[string]int32{}
	for _, pod := range pods {
		n, err := w.restarts(t.Context(), pod)
		require.NoError(t, err)
		found[pod] = n
	}
	return found
}

// areBack is nil when these pods were restarted since, and all are ready.
func (w *architecture) areBack(ctx context.Context, before map[string]int32) error {
	pods, err := w.Pods(ctx)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		since, ours := before[pod.Name]
		if now, err := w.restarts(ctx, pod.Name); ours && (err != nil || now == since || !kit.Ready(pod)) {
			return fmt.Errorf("%s is not back: %d restarts, ready: %v: %w", pod.Name, now, kit.Ready(pod), err)
		}
	}
	return nil
}

// mustRestart waits until the container of a pod ended once more.
func (w *architecture) mustRestart(t *testing.T, pod string, within time.Duration, breakIt func()) {
	t.Helper()
	before, err := w.restarts(t.Context(), pod)
	require.NoError(t, err)
	breakIt()
	kit.Eventually(t, within, pod+" is restarted", func() error {
		now, err := w.restarts(t.Context(), pod)
		if err == nil && now == before {
			err = fmt.Errorf("it was restarted %d times, as before", now)
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
