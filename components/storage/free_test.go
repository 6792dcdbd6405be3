package storage_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/components/storage"
)

// Only a volume whose very claim is gone is freed: what Kubernetes has not noticed yet is as
// gone as what it says is Released.
func TestFree(t *testing.T) {
	claim := func(uid types.UID) runtime.Object {
		return &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "c", Namespace: "n", UID: uid}}
	}
	for name, c := range map[string]struct {
		phase  corev1.PersistentVolumePhase
		others []runtime.Object
		want   types.UID
	}{
		"released":                      {phase: corev1.VolumeReleased},
		"released, another claim waits": {phase: corev1.VolumeReleased, others: []runtime.Object{claim("new")}},
		"gone a moment ago":             {phase: corev1.VolumeBound},
		"bound to its claim":            {phase: corev1.VolumeBound, others: []runtime.Object{claim("old")}, want: "old"},
	} {
		t.Run(name, func(t *testing.T) {
			volume := &corev1.PersistentVolume{
				ObjectMeta: metav1.ObjectMeta{Name: "v"},
				Spec:       corev1.PersistentVolumeSpec{ClaimRef: &corev1.ObjectReference{Namespace: "n", Name: "c", UID: "old"}},
				Status:     corev1.PersistentVolumeStatus{Phase: c.phase},
			}
			client := fake.NewClientset(append(c.others, volume)...)
			require.NoError(t, storage.Free(t.Context(), client, "v"))
			found, err := client.CoreV1().PersistentVolumes().Get(t.Context(), "v", metav1.GetOptions{})
			require.NoError(t, err)
			assert.Equal(t, c.want, found.Spec.ClaimRef.UID)
			assert.Equal(t, "c", found.Spec.ClaimRef.Name)
		})
	}
	require.NoError(t, storage.Free(t.Context(), fake.NewClientset(), "v"), "no volume")
}
