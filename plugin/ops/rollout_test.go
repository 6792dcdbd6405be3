package ops

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakepool"
)

// stateful is a set of three pods of which so many are of the newest revision and ready.
func stateful(done int32) *appsv1.StatefulSet {
	three := int32(3)
	set := &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "kafka", Generation: 2},
		Spec:       appsv1.StatefulSetSpec{Replicas: &three, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "kafka"}}},
		Status: appsv1.StatefulSetStatus{
			ObservedGeneration: 2, Replicas: 3, ReadyReplicas: done, UpdatedReplicas: done, CurrentRevision: "a", UpdateRevision: "b",
		},
	}
	if done == three {
		set.Status.CurrentRevision = "b"
	}
	return set
}

func gate(objects ...runtime.Object) Rollout {
	client := fake.NewClientset(objects...)
	return Rollout{Kubernetes: func(name string) (kubernetes.Interface, error) {
		if name != "here" {
			return nil, errors.New("no such context")
		}
		return client, nil
	}}
}

func args() RolloutArgs {
	return RolloutArgs{Context: "here", Namespace: "n", StatefulSet: "kafka", Replicas: 3, Revision: "two"}
}

func reasons(t *testing.T, err error) []string {
	t.Helper()
	var failed infer.ResourceInitFailedError
	require.ErrorAs(t, err, &failed, "the state must be kept, so that the next up goes on")
	return failed.Reasons
}

func TestCreateWaitsAndRemembersWhatWasReached(t *testing.T) {
	t.Parallel()
	made, err := gate(stateful(3)).Create(t.Context(), infer.CreateRequest[RolloutArgs]{Inputs: args()})
	require.NoError(t, err)
	assert.Equal(t, "n/kafka", made.ID)
	assert.Equal(t, RolloutState{RolloutArgs: args(), Reached: "two"}, made.Output)
}

// What is cut off says so, keeps its state, and is gone on with.
func TestCutOffAndGoneOnWith(t *testing.T) {
	t.Parallel()
	crashed := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "kafka-2", Labels: map[string]string{"app": "kafka"}},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
			Name: "kafka", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: "again"}},
		}}},
	}
	set := stateful(1)
	r := gate(set, crashed)
	request := infer.UpdateRequest[RolloutArgs, RolloutState]{Inputs: args(), State: RolloutState{RolloutArgs: args(), Reached: "one"}}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cut, err := r.Update(ctx, request)
	require.Len(t, reasons(t, err), 1)
	said := reasons(t, err)[0]
	assert.Contains(t, said, "cut off, and the next up goes on: stateful set n/kafka: 1 of 3 pods are up to date, 1 are ready")
	assert.Contains(t, said, "kafka-2: kafka: CrashLoopBackOff: again")
	assert.Equal(t, RolloutState{RolloutArgs: args()}, cut.Output)

	client, _ := r.Kubernetes("here")
	require.NoError(t, client.CoreV1().Pods("n").Delete(t.Context(), "kafka-2", metav1.DeleteOptions{}))
	_, err = client.AppsV1().StatefulSets("n").Update(t.Context(), stateful(3), metav1.UpdateOptions{})
	require.NoError(t, err)
	request.State = cut.Output
	done, err := r.Update(t.Context(), request)
	require.NoError(t, err)
	assert.Equal(t, "two", done.Output.Reached)
}

func TestTimeIsOver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := gate(stateful(2)).Create(ctx, infer.CreateRequest[RolloutArgs]{Inputs: args()})
	require.Len(t, reasons(t, err), 1)
	assert.Regexp(t, "^stateful set n/kafka: 2 of 3 pods are up to date, 2 are ready: context deadline exceeded", reasons(t, err)[0])
}

// of makes the gate of a pool.
func of(p *fakepool.Pool) Rollout {
	return Rollout{Kubernetes: func(string) (kubernetes.Interface, error) { return p.Client, nil }}
}

// asked is an update of that gate to another revision.
func asked(from, to string) infer.UpdateRequest[RolloutArgs, RolloutState] {
	before := RolloutArgs{Context: "here", Namespace: fakepool.Namespace, StatefulSet: fakepool.Name, Replicas: 3, Revision: from}
	now := before
	now.Revision = to
	return infer.UpdateRequest[RolloutArgs, RolloutState]{Inputs: now, State: RolloutState{RolloutArgs: before, Reached: from}}
}

// The gate restarts the pods; its preview restarts nobody.
func TestGateRolls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 1)
		p.Change("b", false)
		request := asked("a", "b")
		request.DryRun = true
		_, err := of(p).Update(t.Context(), request)
		require.NoError(t, err)
		all, _ := p.Restarted()
		assert.Empty(t, all)

		request.DryRun = false
		done, err := of(p).Update(t.Context(), request)
		require.NoError(t, err)
		assert.Equal(t, "b", done.Output.Reached)
		all, _ = p.Restarted()
		assert.Equal(t, []string{"kafka-2", "kafka-0", "kafka-1"}, all)
	})
}

// A pod that does not come back keeps the gate, which names it and the way on; then the
// configuration is set back in the middle of it.
func TestGateStopsAndIsSetBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 1)
		p.Change("b", true)
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
		defer cancel()
		stopped, err := of(p).Update(ctx, asked("a", "b"))
		require.Len(t, reasons(t, err), 1)
		assert.Contains(t, reasons(t, err)[0], "kafka-2 is not in service (kafka: CrashLoopBackOff: again); kafka-0, kafka-1 are not restarted before it is")
		assert.Contains(t, reasons(t, err)[0], "the way on: mend what keeps kafka-2")
		assert.Empty(t, stopped.Output.Reached)

		p.Change("a", false)
		back := asked("b", "a")
		back.State = stopped.Output
		done, err := of(p).Update(t.Context(), back)
		require.NoError(t, err)
		assert.Equal(t, "a", done.Output.Reached)
		all, _ := p.Restarted()
		assert.Equal(t, []string{"kafka-2", "kafka-2"}, all, "nobody else was restarted")
	})
}

// What is degraded on purpose is rolled all the same.
func TestGateOfADegradedPool(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 1)
		p.Behind("kafka-0", true)
		p.Change("b", false)
		request := asked("a", "b")
		request.Inputs.RollDegraded = true
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := of(p).Update(ctx, request)
		require.Len(t, reasons(t, err), 1, "it opens when all is well")
		all, _ := p.Restarted()
		assert.Equal(t, []string{"kafka-2", "kafka-0", "kafka-1"}, all)
	})
}

// What was never there is not kept: the next up makes it.
func TestNoSuchContext(t *testing.T) {
	t.Parallel()
	wrong := args()
	wrong.Context = "elsewhere"
	_, err := gate(stateful(3)).Create(t.Context(), infer.CreateRequest[RolloutArgs]{Inputs: wrong})
	require.EqualError(t, err, "no such context")
}

// Kafka's own defaults come when the pods are there, and belong to it.
func TestDefaultsAreKept(t *testing.T) {
	t.Parallel()
	inputs := args()
	inputs.Defaults = &Defaults{Address: Address{BootstrapServers: "kafka:9092"}, MinInSync: 2, Replication: 3}
	r := gate(stateful(3))
	var kept []Defaults
	var fails error
	r.Keep = func(_ context.Context, _ string, want Defaults, _, _ func(string)) error {
		kept = append(kept, want)
		return fails
	}
	_, err := r.Create(t.Context(), infer.CreateRequest[RolloutArgs]{Inputs: inputs})
	require.NoError(t, err)
	assert.Equal(t, []Defaults{*inputs.Defaults}, kept)

	fails = errors.New("Kafka does not answer")
	made, err := r.Create(t.Context(), infer.CreateRequest[RolloutArgs]{Inputs: inputs})
	assert.Equal(t, []string{"Kafka does not answer"}, reasons(t, err))
	assert.Empty(t, made.Output.Reached)
}

// A new Kafka has them from the start. Behind an old StatefulSet the gate may be new; that
// is TestDefaultsAreKept.
func TestDefaultsOfANewKafka(t *testing.T) {
	t.Parallel()
	set := stateful(3)
	set.Generation = 1
	inputs := args()
	inputs.Defaults = &Defaults{MinInSync: 2}
	r := gate(set)
	kept := 0
	r.Keep = func(context.Context, string, Defaults, func(string), func(string)) error { kept++; return nil }
	made, err := r.Create(t.Context(), infer.CreateRequest[RolloutArgs]{Inputs: inputs})
	require.NoError(t, err)
	assert.Zero(t, kept)
	assert.Equal(t, "two", made.Output.Reached)
	_, err = r.Update(t.Context(), infer.UpdateRequest[RolloutArgs, RolloutState]{Inputs: inputs, State: made.Output})
	require.NoError(t, err)
	assert.Equal(t, 1, kept)
}

// A preview changes nothing and waits for nothing.
func TestPreviewReturns(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]Rollout{
		"half way":  gate(stateful(1)),
		"not there": gate(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, err := r.Create(t.Context(), infer.CreateRequest[RolloutArgs]{Inputs: args(), DryRun: true})
			require.NoError(t, err)
			assert.Empty(t, made.Output.Reached)
			_, err = r.Update(t.Context(), infer.UpdateRequest[RolloutArgs, RolloutState]{Inputs: args(), State: made.Output, DryRun: true})
			require.NoError(t, err)
		})
	}
}
