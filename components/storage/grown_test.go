package storage_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/components/storage"
)

// growing is a claim of 10Gi that shall have 20Gi.
func growing(conditions ...corev1.PersistentVolumeClaimCondition) *corev1.PersistentVolumeClaim {
	size := func(text string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(text)}
	}
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "data-kafka-0", Namespace: "n"},
		Spec:       corev1.PersistentVolumeClaimSpec{Resources: corev1.VolumeResourceRequirements{Requests: size("20Gi")}},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound, Capacity: size("10Gi"), Conditions: conditions},
	}
}

func condition(kind corev1.PersistentVolumeClaimConditionType, message string) corev1.PersistentVolumeClaimCondition {
	return corev1.PersistentVolumeClaimCondition{Type: kind, Status: corev1.ConditionTrue, Message: message}
}

// Every state of a growth is told in words.
func TestGrowing(t *testing.T) {
	over := condition(corev1.PersistentVolumeClaimResizing, "")
	over.Status = corev1.ConditionFalse
	unbound, done, little := growing(), growing(), growing()
	unbound.Status.Phase = corev1.ClaimPending
	done.Status.Capacity = done.Spec.Resources.Requests
	little.Spec.Resources.Requests = little.Status.Capacity
	for want, claim := range map[string]*corev1.PersistentVolumeClaim{
		"data-kafka-0: 10Gi of 20Gi":                             growing(over),
		"data-kafka-0: 10Gi of 20Gi, and only 10Gi is asked for": little,
		"data-kafka-0: 10Gi of 20Gi, the volume grows":           growing(condition(corev1.PersistentVolumeClaimResizing, "")),
		"data-kafka-0: 10Gi of 20Gi, the storage refused, and is asked again (quota exceeded)": growing(
			condition(corev1.PersistentVolumeClaimControllerResizeError, "quota exceeded")),
		"data-kafka-0: 10Gi of 20Gi, the node failed, and tries again (resize2fs: exit 1)": growing(
			condition(corev1.PersistentVolumeClaimNodeResizeError, "resize2fs: exit 1")),
		"data-kafka-0: 10Gi of 20Gi, the file system grows when the pod is restarted, or at once if the driver can (Waiting for user to (re-)start a pod)": growing(
			condition(corev1.PersistentVolumeClaimFileSystemResizePending, "Waiting for user to (re-)start a pod")),
	} {
		text, err := storage.Growing(claim, resource.MustParse("20Gi"))
		require.NoError(t, err)
		assert.Equal(t, want, text)
	}
	for what, claim := range map[string]*corev1.PersistentVolumeClaim{"has it": done, "has no volume": unbound} {
		text, err := storage.Growing(claim, resource.MustParse("20Gi"))
		require.NoError(t, err)
		assert.Empty(t, text, what)
	}
	assert.True(t, storage.NeedsRestart(growing(condition(corev1.PersistentVolumeClaimFileSystemResizePending, ""))))
	assert.False(t, storage.NeedsRestart(growing(condition(corev1.PersistentVolumeClaimResizing, ""))))
}

// What grows is waited for, and told once.
func TestGrown(t *testing.T) {
	client := fake.NewClientset(growing())
	claims := client.CoreV1().PersistentVolumeClaims("n")
	var said []string
	err := storage.Grown(t.Context(), client, "n", map[string]resource.Quantity{"data-kafka-0": resource.MustParse("20Gi")}, func(text string) {
		said = append(said, text)
		claim := growing()
		claim.Status.Capacity = claim.Spec.Resources.Requests
		_, err := claims.UpdateStatus(t.Context(), claim, metav1.UpdateOptions{})
		assert.NoError(t, err)
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"data-kafka-0: 10Gi of 20Gi"}, said)
}

// What never comes is said at once, and what does not come in time with its last state.
func TestNotGrown(t *testing.T) {
	infeasible := growing(condition(corev1.PersistentVolumeClaimControllerResizeError, "at most 16Gi"))
	infeasible.Status.AllocatedResourceStatuses = map[corev1.ResourceName]corev1.ClaimResourceStatus{
		corev1.ResourceStorage: corev1.PersistentVolumeClaimControllerResizeInfeasible,
	}
	wanted := map[string]resource.Quantity{"data-kafka-0": resource.MustParse("20Gi"), "data-kafka-1": resource.MustParse("20Gi")}
	err := storage.Grown(t.Context(), fake.NewClientset(infeasible), "n", wanted, func(string) {})
	require.ErrorIs(t, err, storage.ErrInfeasible)
	require.ErrorContains(t, err, "10Gi of 20Gi, the storage refused, and is asked again (at most 16Gi); ask for less, which has to be more than 10Gi")

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	err = storage.Grown(ctx, fake.NewClientset(growing()), "n", wanted, func(string) {})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "data-kafka-0: 10Gi of 20Gi; data-kafka-1: is not there")
}
