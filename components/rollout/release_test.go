package rollout

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakepool"
)

func waiting(reason string) corev1.PodStatus {
	return corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
		Name: "kafka", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
	}}}
}

func unscheduled() corev1.PodStatus {
	return corev1.PodStatus{Conditions: []corev1.PodCondition{{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable,
	}}}
}

func TestReleaseDeletesOnlyWhatWaitingDoesNotMend(t *testing.T) {
	running := corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
		Name: "kafka", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
	}}}
	started, notStarted := true, false
	serving := *running.DeepCopy()
	serving.ContainerStatuses[0].Started = &started
	starting := *running.DeepCopy()
	starting.ContainerStatuses[0].Started = &notStarted
	recovering := *starting.DeepCopy()
	recovering.ContainerStatuses[0].RestartCount = 1
	initFails := corev1.PodStatus{InitContainerStatuses: waiting("CrashLoopBackOff").ContainerStatuses}
	for name, c := range map[string]struct {
		revision string
		status   corev1.PodStatus
		observed int64
		foreign  bool
		deleted  bool
	}{
		"crashing":                   {revision: "a", status: waiting("CrashLoopBackOff"), observed: 2, deleted: true},
		"no such image":              {revision: "a", status: waiting("ImagePullBackOff"), observed: 2, deleted: true},
		"first step fails":           {revision: "a", status: initFails, observed: 2, deleted: true},
		"no node can take it":        {revision: "a", status: unscheduled(), observed: 2, deleted: true},
		"crashing, but new":          {revision: "b", status: waiting("CrashLoopBackOff"), observed: 2},
		"never got its volume":       {revision: "a", status: waiting("ContainerCreating"), observed: 2, deleted: true},
		"runs, but never served":     {revision: "a", status: starting, observed: 2, deleted: true},
		"starting, but new":          {revision: "b", status: starting, observed: 2},
		"served, ready or not":       {revision: "a", status: serving, observed: 2},
		"starts again":               {revision: "a", status: recovering, observed: 2},
		"change not seen yet":        {revision: "a", status: waiting("CrashLoopBackOff"), observed: 1},
		"of another, same selector":  {revision: "a", status: waiting("CrashLoopBackOff"), observed: 2, foreign: true},
		"nothing known of it so far": {revision: "a", observed: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := stateful(1, 2, c.observed, appsv1.StatefulSetStatus{Replicas: 1, CurrentRevision: "a", UpdateRevision: "b"})
			set.UID = "set"
			owner := set.UID
			if c.foreign {
				owner = "other"
			}
			isController := true
			pod := &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{
					Namespace: "n", Name: "kafka-0",
					Labels:          map[string]string{"app": "kafka", appsv1.StatefulSetRevisionLabel: c.revision},
					OwnerReferences: []metav1.OwnerReference{{Kind: "StatefulSet", Name: "kafka", UID: owner, Controller: &isController}},
				},
				Status: c.status,
			}
			client := fake.NewClientset(set, pod)
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			var said []string
			Release(ctx, client, "n", "kafka", func(text string) { said = append(said, text) })
			left, err := client.CoreV1().Pods("n").List(t.Context(), metav1.ListOptions{})
			require.NoError(t, err)
			assert.Equal(t, c.deleted, len(left.Items) == 0)
			assert.Equal(t, c.deleted, len(said) == 1, "%v", said)
		})
	}
}

// Two of three controllers run a template with which no quorum comes about: neither the
// one that was right nor the first new one can be ready without them.
func TestReleaseBreaksAQuorumsDeadlock(t *testing.T) {
	set := stateful(3, 3, 3, appsv1.StatefulSetStatus{Replicas: 3, CurrentRevision: "good", UpdateRevision: "mended"})
	set.UID = "set"
	client := fake.NewClientset(set,
		podOf(set, "kafka-0", "good", true), podOf(set, "kafka-1", "bad", false), podOf(set, "kafka-2", "bad", false))
	release(t.Context(), client, set, outages{}, nil)
	assert.Equal(t, []string{"kafka-0"}, names(t, client))
}

// A broker of a revision that others serve with may be recovering its log for an hour.
func TestReleaseLeavesALongStartOfAProvenRevision(t *testing.T) {
	set := stateful(3, 3, 3, appsv1.StatefulSetStatus{Replicas: 3, CurrentRevision: "good", UpdateRevision: "better"})
	set.UID = "set"
	client := fake.NewClientset(set,
		podOf(set, "kafka-0", "good", true), podOf(set, "kafka-1", "good", false), podOf(set, "kafka-2", "better", false))
	release(t.Context(), client, set, outages{}, nil)
	assert.Equal(t, []string{"kafka-0", "kafka-1", "kafka-2"}, names(t, client))
}

// With OnDelete nobody else restarts a pod that runs and does not serve. One that still starts
// may be recovering its log then, too.
func TestReleaseWithOnDelete(t *testing.T) {
	for started, left := range map[bool][]string{true: {"kafka-0"}, false: {"kafka-0", "kafka-1"}} {
		set := stateful(2, 3, 3, appsv1.StatefulSetStatus{Replicas: 2, CurrentRevision: "good", UpdateRevision: "better"})
		set.UID, set.Spec.UpdateStrategy.Type = "set", appsv1.OnDeleteStatefulSetStrategyType
		client := agents([]string{"none answers"}, set, ready(podOf(set, "kafka-0", "good", true)), podOf(set, "kafka-1", "good", started))
		release(t.Context(), client, set, outages{}, nil)
		assert.Len(t, names(t, client), 2, "not at once")
		release(t.Context(), client, set, outages{"kafka-1": time.Now().Add(-2 * settle)}, nil)
		assert.Equal(t, left, names(t, client))
	}
}

// An old pod of a template that serves elsewhere would come back with the newest, of which nobody
// knows whether it is any good while a pod that has it is not in service.
func TestReleaseKeepsABrokenPodFromAnUnprovenTemplate(t *testing.T) {
	for newest, left := range map[bool]int{false: 3, true: 2} {
		set := stateful(3, 3, 3, appsv1.StatefulSetStatus{Replicas: 3, CurrentRevision: "good", UpdateRevision: "new"})
		set.UID = "set"
		broken, last := podOf(set, "kafka-1", "good", false), podOf(set, "kafka-2", "new", false)
		broken.Status = waiting("CrashLoopBackOff")
		if newest {
			last = ready(podOf(set, "kafka-2", "new", true))
		}
		client := fake.NewClientset(set, ready(podOf(set, "kafka-0", "good", true)), broken, last)
		release(t.Context(), client, set, outages{}, nil)
		assert.Len(t, names(t, client), left)
	}
}

// A pod that hangs in its second start, with a template that never served, is what a change that is
// taken back has to mend; one at a time.
func TestReleaseOfPodsThatHangInTheirStart(t *testing.T) {
	set := stateful(3, 3, 3, appsv1.StatefulSetStatus{Replicas: 3, CurrentRevision: "good", UpdateRevision: "good"})
	set.UID, set.Spec.UpdateStrategy.Type = "set", appsv1.OnDeleteStatefulSetStrategyType
	hangs := func(name string) *corev1.Pod {
		pod := podOf(set, name, "bad", false)
		pod.Status.ContainerStatuses[0].RestartCount = 1
		return pod
	}
	client := agents([]string{"none answers"}, set, ready(podOf(set, "kafka-0", "good", true)), hangs("kafka-1"), hangs("kafka-2"))
	long := time.Now().Add(-2 * settle)
	release(t.Context(), client, set, outages{"kafka-1": long, "kafka-2": time.Now()}, nil)
	assert.Equal(t, []string{"kafka-0", "kafka-2"}, names(t, client), "not at once")
	release(t.Context(), client, set, outages{"kafka-2": long}, nil)
	assert.Equal(t, []string{"kafka-0", "kafka-2"}, names(t, client), "the other is not back")
}

// What has started stays so for Kubernetes when the agent starts the JVM again, which may recover
// its log then.
func TestReleaseLeavesAJVMThatStartsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 2)
		p.Fail("kafka-0")
		p.Kill("kafka-0", false)
		p.Change("b", false)
		require.Error(t, rolled(t, p, enough))
		all, _ := p.Restarted()
		assert.Empty(t, all)
	})
}

// A pod that is back is out of service anew when it goes, though nobody could look in between.
func TestOutagesForget(t *testing.T) {
	set := stateful(2, 3, 3, appsv1.StatefulSetStatus{Replicas: 2, CurrentRevision: "good", UpdateRevision: "better"})
	set.UID, set.Spec.UpdateStrategy.Type = "set", appsv1.OnDeleteStatefulSetStrategyType
	back, stops := ready(podOf(set, "kafka-0", "good", true)), podOf(set, "kafka-1", "good", true)
	now := metav1.Now()
	stops.DeletionTimestamp = &now
	missing := outages{"kafka-0": time.Now().Add(-2 * settle)}
	for _, pods := range [][]corev1.Pod{{*stops, *back}, {*back}} {
		missing["kafka-0"] = time.Now().Add(-2 * settle)
		assert.Nil(t, missing.longest(t.Context(), fake.NewClientset(), set, pods, nil))
		assert.NotContains(t, missing, back.UID)
	}
}

// podOf is a running pod of the set; started: it has been in service.
func podOf(set *appsv1.StatefulSet, name, revision string, started bool) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: set.Namespace, Name: name, UID: types.UID(name),
			Labels:          map[string]string{"app": "kafka", appsv1.StatefulSetRevisionLabel: revision},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(set, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))},
		},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
			Name: "kafka", Started: &started, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
		}}},
	}
}

func names(t *testing.T, client kubernetes.Interface) []string {
	t.Helper()
	pods, err := client.CoreV1().Pods("n").List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	var names []string
	for _, pod := range pods.Items {
		names = append(names, pod.Name)
	}
	return names
}
