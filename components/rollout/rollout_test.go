package rollout

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func stateful(want int32, generation, observed int64, status appsv1.StatefulSetStatus) *appsv1.StatefulSet {
	status.ObservedGeneration = observed
	return &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "kafka", Generation: generation},
		Spec: appsv1.StatefulSetSpec{
			Replicas: &want,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "kafka"}},
		},
		Status: status,
	}
}

func TestDone(t *testing.T) {
	all := appsv1.StatefulSetStatus{Replicas: 3, ReadyReplicas: 3, UpdatedReplicas: 3, CurrentRevision: "b", UpdateRevision: "b"}
	for name, c := range map[string]struct {
		set  *appsv1.StatefulSet
		done bool
	}{
		"complete":                     {stateful(3, 2, 2, all), true},
		"change not seen yet":          {stateful(3, 3, 2, all), false},
		"rolling":                      {stateful(3, 2, 2, appsv1.StatefulSetStatus{Replicas: 3, ReadyReplicas: 2, UpdatedReplicas: 1, CurrentRevision: "a", UpdateRevision: "b"}), false},
		"all ready, one of them old":   {stateful(3, 2, 2, appsv1.StatefulSetStatus{Replicas: 3, ReadyReplicas: 3, UpdatedReplicas: 2, CurrentRevision: "a", UpdateRevision: "b"}), false},
		"stopped":                      {stateful(0, 2, 2, appsv1.StatefulSetStatus{CurrentRevision: "a", UpdateRevision: "b"}), true},
		"stopping":                     {stateful(0, 2, 2, appsv1.StatefulSetStatus{Replicas: 1, CurrentRevision: "b", UpdateRevision: "b"}), false},
		"one pod too many, going away": {stateful(2, 2, 2, all), false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.done, Done(c.set)) })
	}
}

// With OnDelete Kubernetes takes the current revision no further, so that going back to the first
// template looks as if there were nothing to do.
func TestDescribe(t *testing.T) {
	back := stateful(3, 3, 3, appsv1.StatefulSetStatus{Replicas: 3, ReadyReplicas: 3, CurrentRevision: "a", UpdateRevision: "a"})
	back.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType
	require.Equal(t, "0 of 3 pods are up to date, 3 are ready", Describe(back))
	back.Status.UpdatedReplicas = 1
	require.Equal(t, "1 of 3 pods are up to date, 3 are ready", Describe(back))
}

func TestAwaitNamesThePodThatHoldsUp(t *testing.T) {
	set := stateful(1, 2, 2, appsv1.StatefulSetStatus{Replicas: 1, CurrentRevision: "a", UpdateRevision: "b"})
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "kafka-0", Labels: map[string]string{"app": "kafka"}},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
			Name:                 "kafka",
			LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 3, Message: "the volume belongs to another cluster\n"}},
		}}},
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var said []string
	err := Await(ctx, fake.NewClientset(set, pod), "n", "kafka", func(text string) { said = append(said, text) })
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "0 of 1 pods are up to date, 0 are ready")
	require.ErrorContains(t, err, "kafka-0: kafka ended with code 3: the volume belongs to another cluster")
	require.Equal(t, []string{"0 of 1 pods are up to date, 0 are ready"}, said)
}

func TestAwaitReturnsWhenDone(t *testing.T) {
	set := stateful(1, 1, 1, appsv1.StatefulSetStatus{Replicas: 1, ReadyReplicas: 1, UpdatedReplicas: 1, CurrentRevision: "a", UpdateRevision: "a"})
	require.NoError(t, Await(t.Context(), fake.NewClientset(set), "n", "kafka", nil), "no pod to ask")
}
