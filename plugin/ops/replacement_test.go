package ops

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	kubetesting "k8s.io/client-go/testing"

	"github.com/kafka-kraft/kafka-kraft/components/storage"
	owners "github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

type (
	replacementUpdate = infer.UpdateRequest[ReplacementArgs, ReplacementState]
	replacementCreate = infer.CreateRequest[ReplacementArgs]
)

var (
	claims = schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}
	pods   = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
)

// kubelet is a Kubernetes that does with claims and pods what the real one does, in a while.
type kubelet struct {
	*fake.Clientset
	kafka   *kafka
	first   int32         // node id of pod 0
	starts  time.Duration // that a new pod takes until it is ready
	deleted map[types.UID]int
	made    int
	asked   []string // to change, in order

	// The process ends at the change of this number, from 1: before it is made, or after it.
	dies  int
	after bool
	dead  bool
}

// serving is a Kubernetes with so many pods, whose claims have grown to 10Gi from 5Gi.
func serving(t *testing.T, k *kafka, first int32, replicas int) (*kubelet, Replacement) {
	t.Helper()
	list := objects(3, replicas)
	for i, o := range list {
		if set, is := o.(*appsv1.StatefulSet); is {
			set.Annotations = map[string]string{owners.OwnerAnnotation: "me/kafka-kraft/ci"}
		}
		if pod, is := o.(*corev1.Pod); is {
			pod.UID = types.UID(fmt.Sprintf("pod-%d", i-1))
			pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		}
	}
	for i := range replicas {
		list = append(list, claimOf(i, types.UID(fmt.Sprintf("old-%d", i)), "10Gi", storage.ClaimAnnotations()))
	}
	gate := Replacement{around(k, list...)}
	w := &kubelet{Clientset: gate.kube(t), kafka: k, first: first, starts: 4 * time.Minute, deleted: map[types.UID]int{}}
	w.PrependReactor("delete", "*", w.delete)
	w.PrependReactor("patch", "*", w.patch)
	w.PrependReactor("*", "*", func(action kubetesting.Action) (bool, runtime.Object, error) {
		if w.dead {
			return true, nil, errors.New("the process is dead")
		}
		if slices.Contains([]string{"delete", "patch"}, action.GetVerb()) {
			w.asked = append(w.asked, action.GetVerb()+" "+action.GetResource().Resource)
			if w.dies == len(w.asked) && !w.after {
				w.dead = true
				return true, nil, errors.New("the process is dead")
			}
		}
		return false, nil, nil
	})
	return w, gate
}

func claimOf(pod int, uid types.UID, size string, annotations map[string]string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: fmt.Sprintf("data-kafka-%d", pod), UID: uid, Annotations: annotations},
		Spec:       corev1.PersistentVolumeClaimSpec{Resources: corev1.VolumeResourceRequirements{Requests: storageOf(size)}},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound, Capacity: storageOf(size)},
	}
}

// ends is for what was done before the process died.
func (w *kubelet) ends(err error) (bool, runtime.Object, error) {
	if err == nil && w.after && w.dies == len(w.asked) {
		w.dead = true
		err = errors.New("the process is dead")
	}
	return true, nil, err
}

func (w *kubelet) claim(name string) *corev1.PersistentVolumeClaim {
	found, err := w.Tracker().Get(claims, "n", name)
	if err != nil {
		return nil
	}
	return found.(*corev1.PersistentVolumeClaim).DeepCopy()
}

func (w *kubelet) pod(name string) *corev1.Pod {
	found, err := w.Tracker().Get(pods, "n", name)
	if err != nil {
		return nil
	}
	return found.(*corev1.Pod).DeepCopy()
}

// delete obeys preconditions, which the fake does not, and keeps a claim while its pod is there.
func (w *kubelet) delete(action kubetesting.Action) (bool, runtime.Object, error) {
	asked := action.(kubetesting.DeleteActionImpl)
	now := metav1.Now()
	var uid types.UID
	if asked.Resource == claims {
		if claim := w.claim(asked.Name); claim != nil {
			uid = claim.UID
		}
	} else if pod := w.pod(asked.Name); pod != nil {
		uid = pod.UID
	}
	switch {
	case uid == "":
		return w.ends(apierrors.NewNotFound(asked.Resource.GroupResource(), asked.Name))
	case asked.DeleteOptions.Preconditions == nil || *asked.DeleteOptions.Preconditions.UID != uid:
		return w.ends(apierrors.NewConflict(asked.Resource.GroupResource(), asked.Name, errors.New("another uid")))
	}
	w.deleted[uid]++
	if asked.Resource == claims {
		claim := w.claim(asked.Name)
		claim.DeletionTimestamp = &now
		_ = w.Tracker().Update(claims, claim, "n")
		return w.ends(nil)
	}
	pod := w.pod(asked.Name)
	end := metav1.NewTime(now.Add(time.Minute))
	pod.DeletionTimestamp = &end
	_ = w.Tracker().Update(pods, pod, "n")
	time.AfterFunc(10*time.Second, func() { w.replace(pod.Name) })
	return w.ends(nil)
}

// replace is what becomes of a pod that has stopped, and of its claim if that was deleted.
func (w *kubelet) replace(name string) {
	var ordinal int
	_, _ = fmt.Sscanf(name, "kafka-%d", &ordinal)
	id := w.first + int32(ordinal)
	_ = w.Tracker().Delete(pods, "n", name)
	emptied := w.claim("data-"+name).DeletionTimestamp != nil
	w.kafka.lost(id)
	if emptied {
		_ = w.Tracker().Delete(claims, "n", "data-"+name)
	}
	time.AfterFunc(5*time.Second, func() {
		w.made++
		if emptied {
			claim := claimOf(ordinal, types.UID(fmt.Sprintf("new-%d", w.made)), "5Gi", nil)
			claim.Status = corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimPending}
			_ = w.Tracker().Add(claim)
		}
		_ = w.Tracker().Add(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: name, UID: types.UID(fmt.Sprintf("new-pod-%d", w.made))}})
	})
	time.AfterFunc(patience+time.Minute, func() { // storage may be slow
		claim := w.claim("data-" + name)
		claim.Status = corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound, Capacity: claim.Spec.Resources.Requests}
		_ = w.Tracker().Update(claims, claim, "n")
	})
	time.AfterFunc(w.starts, func() {
		pod := w.pod(name)
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		_ = w.Tracker().Update(pods, pod, "n")
	})
	w.kafka.later(5*time.Minute, func() { w.kafka.back(id, emptied) })
}

// patch lets a volume grow.
func (w *kubelet) patch(action kubetesting.Action) (bool, runtime.Object, error) {
	asked := action.(kubetesting.PatchActionImpl)
	if asked.Resource == claims && w.claim(asked.Name).Status.Phase != corev1.ClaimBound {
		return true, nil, errors.New("only a bound claim can grow")
	}
	handled, changed, err := kubetesting.ObjectReaction(w.Tracker())(action)
	if err == nil && asked.Resource == claims {
		time.AfterFunc(3*time.Second, func() {
			claim := w.claim(asked.Name)
			claim.Status.Capacity = claim.Spec.Resources.Requests
			_ = w.Tracker().Update(claims, claim, "n")
		})
	}
	if _, _, died := w.ends(err); died != nil {
		return true, nil, died
	}
	return handled, changed, err
}

// lost is a node whose pod has stopped.
func (k *kafka) lost(id int32) {
	defer k.lock()()
	if _, is := k.brokers[id]; is {
		k.brokers[id] = true
	}
	for i := range k.partitions {
		k.partitions[i].ISR = without(k.partitions[i].ISR, []int32{id})
	}
}

// back is one that has come back, with an empty volume or its own.
func (k *kafka) back(id int32, emptied bool) {
	if _, is := k.brokers[id]; is {
		k.brokers[id] = false
	}
	for i, p := range k.partitions {
		if slices.Contains(p.Replicas, id) && !slices.Contains(p.ISR, id) {
			k.partitions[i].ISR = append(slices.Clone(p.ISR), id)
		}
	}
	if was, votes := k.directory[id]; votes && emptied {
		k.directory[id] = [16]byte{was[0] + 100}
	}
}

// replacing wants these pods of brokers to be replaced.
func replacing(tokens map[int]string) ReplacementArgs {
	args := ReplacementArgs{Place: place(), Roles: []string{"broker"}, Pods: map[string]Replaced{}}
	for pod, token := range tokens {
		args.Pods[fmt.Sprintf("kafka-%d", pod)] = Replaced{
			Token: token, ID: int32(pod), Claims: map[string]string{fmt.Sprintf("data-kafka-%d", pod): "10Gi"},
		}
	}
	return args
}

func done(args ReplacementArgs) ReplacementState {
	state := ReplacementState{ReplacementArgs: args, Done: map[string]string{}}
	for pod, wish := range args.Pods {
		state.Done[pod] = wish.Token
	}
	return state
}

// emptied fails the test unless these claims, and no others, were replaced once, and are as
// Pulumi has them.
func (w *kubelet) emptied(t *testing.T, ordinals ...int) {
	t.Helper()
	want := map[types.UID]int{}
	for _, i := range ordinals {
		want[types.UID(fmt.Sprintf("old-%d", i))] = 1
		want[types.UID(fmt.Sprintf("pod-%d", i))] = 1
		claim := w.claim(fmt.Sprintf("data-kafka-%d", i))
		annotations := storage.ClaimAnnotations()
		annotations[owners.OwnerAnnotation] = "me/kafka-kraft/ci"
		assert.Equal(t, annotations, claim.Annotations)
		assert.Equal(t, storageOf("10Gi"), claim.Spec.Resources.Requests)
		assert.Equal(t, storageOf("10Gi"), claim.Status.Capacity)
		assert.Contains(t, string(claim.UID), "new-")
	}
	assert.Equal(t, want, w.deleted)
}

// One pod comes after the other, and the second waits until the first has all that it had.
func TestReplacement(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		w, gate := serving(t, k, 0, 4)
		w.starts = 6 * time.Minute // after Kafka has all
		begun := time.Now()
		time.AfterFunc(6*time.Minute, func() { assert.Len(t, w.deleted, 2, "the other one waits") })
		args := replacing(map[int]string{1: "a", 3: "b"})
		made, err := gate.Create(t.Context(), replacementCreate{Inputs: args})
		require.NoError(t, err)
		assert.Equal(t, done(args), made.Output)
		w.emptied(t, 1, 3)
		assert.GreaterOrEqual(t, time.Since(begun), 2*w.starts)
		for _, p := range k.partitions {
			assert.Len(t, p.ISR, 3)
		}
		assert.Zero(t, k.open, "the connections were closed")

		// Nothing is left to do, whatever the gate remembers.
		asked := k.connections
		for _, state := range []ReplacementState{made.Output, {}} {
			assert.Equal(t, asked, k.connections, "nobody is asked what is known")
			again, err := gate.Update(t.Context(), replacementUpdate{Inputs: args, State: state})
			require.NoError(t, err)
			assert.Equal(t, done(args), again.Output)
		}
		w.emptied(t, 1, 3)
		diff, err := gate.Diff(t.Context(), infer.DiffRequest[ReplacementArgs, ReplacementState]{Inputs: args, State: made.Output})
		require.NoError(t, err)
		assert.False(t, diff.HasChanges)

		// Only another text is another wish. One that is taken back is forgotten.
		args = replacing(map[int]string{3: "c"})
		again, err := gate.Update(t.Context(), replacementUpdate{Inputs: args, State: made.Output})
		require.NoError(t, err)
		assert.Equal(t, done(args), again.Output)
		assert.Len(t, w.deleted, 4+2)
	})
}

// Whenever the process is killed, the next one goes on, and no volume is deleted that it has not
// seen before.
func TestReplacementKilled(t *testing.T) {
	t.Parallel()
	steps := map[string]bool{}
	for _, after := range []bool{false, true} {
		for dies, more := 1, true; more; dies++ {
			synctest.Test(t, func(t *testing.T) {
				w, gate := serving(t, newKafka(4), 0, 4)
				w.dies, w.after = dies, after
				args := replacing(map[int]string{1: "a"})
				var old ReplacementState // what Pulumi knows, since nobody has told it
				_, err := gate.Update(t.Context(), replacementUpdate{Inputs: args, State: old})
				if more = w.dead; more {
					require.Error(t, err)
					steps[w.asked[len(w.asked)-1]] = true
				}
				w.dead, w.dies = false, 0
				again, err := gate.Update(t.Context(), replacementUpdate{Inputs: args, State: old})
				require.NoError(t, err, "%d, %v", dies, after)
				assert.Equal(t, done(args), again.Output)
				w.emptied(t, 1)
			})
		}
	}
	assert.Equal(t, []string{"delete persistentvolumeclaims", "delete pods", "patch persistentvolumeclaims", "patch statefulsets"},
		slices.Sorted(maps.Keys(steps)))
}

// A run that is cut off says where it is, and a refresh cannot make the next one forget it.
func TestReplacementIsCutOff(t *testing.T) {
	inTime(t, func(t *testing.T) {
		w, gate := serving(t, newKafka(4), 0, 4)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		args := replacing(map[int]string{1: "a"})
		cut, err := gate.Create(ctx, replacementCreate{Inputs: args})
		assert.Equal(t, []string{"cut off, and the next up goes on: kafka-1 stops, and data-kafka-1 with it: context canceled"}, reasons(t, err))
		assert.True(t, cut.Output.Pending)
		diff, err := gate.Diff(t.Context(), infer.DiffRequest[ReplacementArgs, ReplacementState]{Inputs: args, State: cut.Output})
		require.NoError(t, err)
		assert.True(t, diff.HasChanges)

		more := replacing(map[int]string{1: "a", 0: "b"})
		lines, err := gate.foresee(t.Context(), ReplacementState{ReplacementArgs: more})
		require.NoError(t, err)
		assert.Equal(t, []string{"goes on with the new volume of kafka-1", "then replaces the volume of kafka-0, when Kafka can do without it"}, lines)
		again, err := gate.Update(t.Context(), replacementUpdate{Inputs: more, State: cut.Output})
		require.NoError(t, err)
		assert.Equal(t, done(more), again.Output)
		w.emptied(t, 0, 1)
	})
}

// Before its volume is gone, a pod's records may have come to be needed.
func TestReplacementLooksAgain(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		w, gate := serving(t, k, 0, 4)
		w.dies, w.after = 1, true // what is to be deleted is written down
		args := replacing(map[int]string{1: "a"})
		_, err := gate.Update(t.Context(), replacementUpdate{Inputs: args})
		require.Error(t, err)
		w.dead, w.dies = false, 0
		k.lost(0)
		refused, err := gate.Update(t.Context(), replacementUpdate{Inputs: args})
		assert.Contains(t, said(t, err), "no volume is replaced: broker 0 is fenced: bring it back first")
		assert.True(t, refused.Output.Pending)
		assert.Empty(t, w.deleted)
	})
}

// What stands in the way is said in the preview, too, all of it.
func TestReplacementRefuses(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		w, gate := serving(t, k, 0, 4)
		args := replacing(map[int]string{1: "a"})
		lines, err := gate.foresee(t.Context(), ReplacementState{ReplacementArgs: args})
		require.NoError(t, err)
		assert.Equal(t, []string{"broker 1: 2 replicas, 2.0 GiB are copied back from the others; its volume is deleted"}, lines)
		k.lost(0)
		_, err = gate.Create(t.Context(), replacementCreate{Inputs: args, DryRun: true})
		require.ErrorContains(t, err, "broker 0 is fenced")
		require.ErrorContains(t, err, "too few others are in sync, by min.insync.replicas, with orders-0 (1 of 2), orders-1 (1 of 2)")
		begun := time.Now()
		_, err = gate.Create(t.Context(), replacementCreate{Inputs: args})
		assert.Contains(t, said(t, err), "broker 0 is fenced")
		assert.Contains(t, said(t, err), "too few others are in sync")
		assert.Equal(t, moment, time.Since(begun))
		assert.Empty(t, w.asked)

		// What may be well in a moment is waited for.
		k.later(10*time.Second, func() { k.back(0, false) })
		_, err = gate.Create(t.Context(), replacementCreate{Inputs: args})
		require.NoError(t, err)
		w.emptied(t, 1)
	})
}

// A controller votes again when Kafka has swapped the directory ids.
func TestReplacementOfAController(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := quorumOf(3)
		k.directory = map[int32][16]byte{1000: {1}, 1001: {2}, 1002: {3}}
		w, gate := serving(t, k, 1000, 3)
		args := replacing(map[int]string{0: "a"})
		args.First, args.End, args.Roles = 1000, 2000, []string{"controller"}
		args.Pods["kafka-0"] = Replaced{Token: "a", ID: 1000, Claims: map[string]string{"data-kafka-0": "10Gi"}}
		lines, err := gate.foresee(t.Context(), ReplacementState{ReplacementArgs: args})
		require.NoError(t, err)
		assert.Equal(t, []string{"controller 1000: the metadata log is copied back from the others; its volume is deleted"}, lines)
		begun := time.Now()
		// A run that is cut off before the swap leaves it to the next one, which has to know the old id.
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(4*time.Minute+30*time.Second, cancel)
		_, err = gate.Create(ctx, replacementCreate{Inputs: args})
		assert.Contains(t, said(t, err), "controller 1000 has yet to join the quorum with its new volume")
		_, err = gate.Create(t.Context(), replacementCreate{Inputs: args})
		require.NoError(t, err)
		assert.GreaterOrEqual(t, time.Since(begun), 5*time.Minute)
		assert.Equal(t, [16]byte{101}, k.directory[1000])
		w.emptied(t, 0)
	})
}

// A pool that does not run is let through, and its start leaves it to the next up. A pod that is
// yet to be made has nothing to replace.
func TestReplacementOfWhatDoesNotRun(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		gate := Replacement{around(k, objects(4, 0)...)}
		args := replacing(map[int]string{1: "a"})
		stopped := args
		stopped.Stopped = true
		for _, inputs := range []ReplacementArgs{stopped, args} {
			waits, err := gate.Create(t.Context(), replacementCreate{Inputs: inputs})
			require.NoError(t, err)
			assert.Equal(t, ReplacementState{ReplacementArgs: inputs, Done: map[string]string{}, Pending: true}, waits.Output)
			diff, err := gate.Diff(t.Context(), infer.DiffRequest[ReplacementArgs, ReplacementState]{Inputs: inputs, State: waits.Output})
			require.NoError(t, err)
			assert.Equal(t, !inputs.Stopped, diff.HasChanges)
			lines, err := gate.foresee(t.Context(), waits.Output)
			require.NoError(t, err)
			assert.Equal(t, []string{notRunning([]string{"kafka-1"})}, lines)
		}
		assert.Zero(t, k.connections)

		for _, gate := range []Replacement{{around(k)}, {around(k, objects(3, 1)...)}} {
			made, err := gate.Create(t.Context(), replacementCreate{Inputs: args})
			require.NoError(t, err)
			assert.Equal(t, done(args), made.Output)
		}
	})
}

// A pod on a node that is gone stops for ever; only a person knows that it will not come back.
func TestReplacementOnALostNode(t *testing.T) {
	inTime(t, func(t *testing.T) {
		_, gate := serving(t, newKafka(4), 0, 4)
		pod, err := gate.kube(t).CoreV1().Pods("n").Get(t.Context(), "kafka-1", metav1.GetOptions{})
		require.NoError(t, err)
		past := metav1.NewTime(time.Now().Add(-time.Minute))
		pod.DeletionTimestamp, pod.Spec.NodeName = &past, "node-7"
		require.NoError(t, gate.kube(t).Tracker().Update(pods, pod, "n"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err = gate.Create(ctx, replacementCreate{Inputs: replacing(map[int]string{1: "a"})})
		assert.Contains(t, said(t, err), "kafka-1 should have stopped by now; if its node (node-7) is gone for good: kubectl delete pod -n n kafka-1 --force")
	})
}

func TestReplacementWithoutAnAnswer(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		w, gate := serving(t, k, 0, 4)
		args := replacing(map[int]string{1: "a"})
		elsewhere := args
		elsewhere.Context = "elsewhere"
		_, err := gate.Create(t.Context(), replacementCreate{Inputs: elsewhere})
		require.EqualError(t, err, "no such context")

		k.away = errors.New("nobody listens")
		_, err = gate.Create(t.Context(), replacementCreate{Inputs: args, DryRun: true})
		require.NoError(t, err, "a preview does not know")
		_, err = gate.Create(t.Context(), replacementCreate{Inputs: args})
		assert.Equal(t, []string{"nobody listens"}, reasons(t, err))
		k.away = nil

		wrong := args
		wrong.Pods = map[string]Replaced{"kafka-1": {Token: "a", ID: 1, Claims: map[string]string{"data-kafka-1": "large"}}}
		_, err = gate.Create(t.Context(), replacementCreate{Inputs: wrong})
		assert.Contains(t, said(t, err), `sizes[data-kafka-1] "large"`)
		assert.Empty(t, w.asked)

		set, err := w.AppsV1().StatefulSets("n").Get(t.Context(), "kafka", metav1.GetOptions{})
		require.NoError(t, err)
		set.Annotations = map[string]string{annotation(1): "{"}
		require.NoError(t, w.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("statefulsets"), set, "n"))
		_, err = gate.Create(t.Context(), replacementCreate{Inputs: args})
		assert.Contains(t, said(t, err), "annotation kafka-kraft.io/replaced-1 of stateful set n/kafka cannot be read")
		assert.Empty(t, w.deleted)
	})
}
