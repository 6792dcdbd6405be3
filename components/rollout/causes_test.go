package rollout

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
)

func warning(name string, about types.UID, kind, reason, message string, age time.Duration) *corev1.Event {
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "n", Name: name},
		InvolvedObject: corev1.ObjectReference{Kind: kind, UID: about},
		Type:           corev1.EventTypeWarning, Reason: reason, Message: message,
		LastTimestamp: metav1.NewTime(time.Now().Add(-age)),
	}
}

// Pods that could not be made leave nothing but an event of their StatefulSet.
func TestCausesOfPodsThatCouldNotBeMade(t *testing.T) {
	t.Parallel()
	set := stateful(3, 1, 1, appsv1.StatefulSetStatus{})
	set.UID = "set"
	quota := `create Pod kafka-0 in StatefulSet kafka failed error: pods "kafka-0" is forbidden: failed quota: q: must specify limits.cpu for: kafka,prepare`
	client := fake.NewClientset(set,
		warning("old", "set", "StatefulSet", "FailedCreate", `create Pod kafka-0 in StatefulSet kafka failed error: pods "kafka-0" is forbidden: no PriorityClass with name nope was found`, time.Hour),
		warning("a", "set", "StatefulSet", "FailedCreate", quota, time.Second),
		warning("b", "set", "StatefulSet", "FailedCreate", `create Pod kafka-1 in StatefulSet kafka failed error: pods "kafka-1" is forbidden: failed quota: q: must specify limits.cpu for: kafka,prepare`, time.Minute),
		warning("other", "another", "StatefulSet", "FailedCreate", "of another one", 0))
	assert.Equal(t, []string{
		"stateful set kafka: " + quota + " (a quota asks for it: set broker.cpuLimit, with separated controllers controller.cpuLimit, too)",
		`stateful set kafka: create Pod kafka-0 in StatefulSet kafka failed error: pods "kafka-0" is forbidden: no PriorityClass with name nope was found` +
			" (scheduling.priorityClass must name one of `kubectl get priorityclass`)",
	}, Causes(t.Context(), client, "n", "kafka"))
}

func TestCausesOfAClaimWithoutVolume(t *testing.T) {
	t.Parallel()
	set := stateful(1, 1, 1, appsv1.StatefulSetStatus{Replicas: 1})
	set.UID = "set"
	set.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}}}
	pod := podOf(set, "kafka-0", "a", false)
	pod.Status = unscheduled()
	pod.Status.Conditions[0].Message = "pod has unbound immediate PersistentVolumeClaims"
	client := fake.NewClientset(set, pod, claimOf("data-kafka-0", "fast", corev1.ClaimPending),
		warning("a", "data-kafka-0", "PersistentVolumeClaim", "ProvisioningFailed", `storageclass.storage.k8s.io "fast" not found`, 0))
	assert.Equal(t, []string{
		"kafka-0: not scheduled: pod has unbound immediate PersistentVolumeClaims",
		"claim data-kafka-0: storageclass.storage.k8s.io \"fast\" not found (storage.className must name one of `kubectl get storageclass`)",
	}, Causes(t.Context(), client, "n", "kafka"))
}

func TestCausesNameANodeThatIsGone(t *testing.T) {
	t.Parallel()
	set := stateful(1, 1, 1, appsv1.StatefulSetStatus{Replicas: 1})
	pod := podOf(set, "kafka-0", "a", true)
	now := metav1.Now()
	pod.DeletionTimestamp, pod.Finalizers, pod.Spec.NodeName = &now, []string{"test/stays"}, "node-3"
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-3"}, Status: corev1.NodeStatus{
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionUnknown}},
	}}
	assert.Equal(t, []string{
		"kafka-0: its node node-3 does not answer; bring it back, or, if it is gone for good: " +
			"kubectl taint nodes node-3 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute, or kubectl delete pod --force -n n kafka-0",
	}, Causes(t.Context(), fake.NewClientset(set, pod, node), "n", "kafka"))
	pod.DeletionTimestamp, pod.Finalizers = nil, nil
	assert.Contains(t, Causes(t.Context(), fake.NewClientset(set, pod, node), "n", "kafka")[0], "its node node-3 does not answer", "before Kubernetes takes the pod away")
	pod.DeletionTimestamp, pod.Finalizers = &now, []string{"test/stays"}
	node.Status.Conditions[0].Status = corev1.ConditionTrue
	assert.Equal(t, []string{"kafka-0: is stopping"}, Causes(t.Context(), fake.NewClientset(set, pod, node), "n", "kafka"))
}

// A complaint of a moment is no cause; one that lasts is told, once.
func TestWatchTellsWhatLasts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		set := stateful(1, 1, 1, appsv1.StatefulSetStatus{})
		set.UID = "set"
		client := fake.NewClientset(set, warning("a", "set", "StatefulSet", "FailedCreate", "forbidden", 0))
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		var told []string
		Watch(ctx, client, "n", "kafka", func(cause string) { told = append(told, cause) })
		assert.Empty(t, told)
		ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		Watch(ctx, client, "n", "kafka", func(cause string) { told = append(told, cause) })
		assert.Equal(t, []string{"stateful set kafka: forbidden"}, told)
	})
}

func claimOf(name, class string, phase corev1.PersistentVolumeClaimPhase) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: name, UID: types.UID(name)},
		Spec:       corev1.PersistentVolumeClaimSpec{StorageClassName: &class},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: phase},
	}
}

func TestDropUnbound(t *testing.T) {
	t.Parallel()
	client := fake.NewClientset(
		&storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "standard"}},
		claimOf("data-kafka-0", "fast", corev1.ClaimPending),
		claimOf("data-kafka-1", "fast", corev1.ClaimBound),
		claimOf("data-kafka-2", "fast", corev1.ClaimLost),
		claimOf("data-kafka-3", "standard", corev1.ClaimPending),
		claimOf("data-kafka-broker-0", "fast", corev1.ClaimPending),
		claimOf("logs-kafka-0", "fast", corev1.ClaimPending))
	var said []string
	for _, class := range []string{"standard", ""} {
		assert.NoError(t, DropUnbound(t.Context(), client, "n", "kafka", class, []string{"data"}, func(text string) { said = append(said, text) }))
	}
	assert.Equal(t, []string{`claim data-kafka-0 never got a volume of class "fast" and was deleted`}, said)
}

// Only what holds nothing makes room for a claim that is to be made.
func TestVacate(t *testing.T) {
	t.Parallel()
	client := fake.NewClientset(
		claimOf("data-kafka-0", "fast", corev1.ClaimPending),
		claimOf("data-kafka-1", "fast", corev1.ClaimBound),
		claimOf("data-kafka-2", "fast", corev1.ClaimLost))
	var said []string
	for _, name := range []string{"data-kafka-0", "data-kafka-1", "data-kafka-2", "data-kafka-3"} {
		assert.NoError(t, Vacate(t.Context(), client, "n", name, func(text string) { said = append(said, text) }))
	}
	assert.Equal(t, []string{"claim data-kafka-0 never got a volume and is made anew"}, said)
	left, err := client.CoreV1().PersistentVolumeClaims("n").List(t.Context(), metav1.ListOptions{})
	assert.NoError(t, err)
	assert.Len(t, left.Items, 2)
}
