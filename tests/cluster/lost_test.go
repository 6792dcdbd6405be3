package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestLostMetadata takes every controller its metadata volume and leaves the records' volumes: the nodes must not form a
// new quorum of the same cluster, in which no topic is known, but say why they wait. With the volumes back, all is back.
func TestLostMetadata(t *testing.T) {
	k := kit.NewKafka(t, "lost", "dev", kit.Config{
		"storage.mode": "perPod", "storage.size": "1Gi", "storage.metadataSize": "256Mi",
		"storage.hostPath": "", "storage.volumeName": "", "storage.node": "",
	})
	outputs := k.MustUp(t)
	bootstrap, set := text(t, outputs, "bootstrapServers"), "kafka"
	books := ledger.New("precious")
	client := k.Client(t, bootstrap)
	kit.CreateTopic(t, client, "precious", 3, 3)
	require.NoError(t, books.Write(t.Context(), client, 100))

	kept := map[string]string{} // volume by claim
	for _, pod := range pods {
		claim := "metadata-" + pod
		found, err := k.Cluster.Kube.CoreV1().PersistentVolumeClaims(k.Namespace).Get(t.Context(), claim, metav1.GetOptions{})
		require.NoError(t, err)
		kept[claim] = found.Spec.VolumeName
		changeVolume(t, k, kept[claim], func(v *corev1.PersistentVolume) {
			v.Spec.PersistentVolumeReclaimPolicy = corev1.PersistentVolumeReclaimRetain
		})
		t.Cleanup(func() { // it goes with its claim again
			patch := []byte(`{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}`)
			_, err := k.Cluster.Kube.CoreV1().PersistentVolumes().Patch(context.Background(), found.Spec.VolumeName,
				types.MergePatchType, patch, metav1.PatchOptions{})
			assert.NoError(t, err)
		})
	}

	withoutPods(t, k, set)
	for claim := range kept {
		removeClaim(t, k, claim)
	}
	require.NoError(t, k.Scale(t.Context(), set, 3))
	for _, pod := range pods {
		kit.Eventually(t, 2*time.Minute, pod+" says why it waits", func() error {
			log, err := k.Cluster.Kube.CoreV1().Pods(k.Namespace).GetLogs(pod, &corev1.PodLogOptions{}).DoRaw(t.Context())
			if err == nil && !strings.Contains(string(log), "acceptLoss[0]' quorum") {
				err = fmt.Errorf("it says %q", log)
			}
			return err
		})
	}
	time.Sleep(10 * time.Second) // nothing comes of it later, either
	for _, pod := range pods {
		left, err := k.Exec(t.Context(), pod, "sh", "-c", "find / -name '*-stray' -o -name __cluster_metadata-0 2>/dev/null; true")
		require.NoError(t, err)
		assert.Empty(t, left, "%s has formed a quorum, or set records aside", pod)
	}

	withoutPods(t, k, set)
	for claim, volume := range kept {
		removeClaim(t, k, claim)
		changeVolume(t, k, volume, func(v *corev1.PersistentVolume) {
			v.Spec.ClaimRef = &corev1.ObjectReference{Kind: "PersistentVolumeClaim", APIVersion: "v1", Namespace: k.Namespace, Name: claim}
		})
	}
	require.NoError(t, k.Scale(t.Context(), set, 3))
	kit.Eventually(t, 3*time.Minute, "all pods are ready again", func() error { return k.PodsReady(t.Context(), pods...) })
	k.MustReadBack(t, bootstrap, books)
}

// withoutPods scales a StatefulSet to nothing and waits until it is.
func withoutPods(t *testing.T, k *kit.Kafka, set string) {
	t.Helper()
	require.NoError(t, k.Scale(t.Context(), set, 0))
	kit.Eventually(t, 2*time.Minute, "no pod is left", func() error {
		found, err := k.Pods(t.Context())
		if err == nil && len(found) > 0 {
			err = errors.New("there are pods")
		}
		return err
	})
}

func removeClaim(t *testing.T, k *kit.Kafka, claim string) {
	t.Helper()
	claims := k.Cluster.Kube.CoreV1().PersistentVolumeClaims(k.Namespace)
	require.NoError(t, claims.Delete(t.Context(), claim, metav1.DeleteOptions{}))
	kit.Eventually(t, time.Minute, claim+" is gone", func() error {
		_, err := claims.Get(t.Context(), claim, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return fmt.Errorf("it is still there: %w", err)
	})
}

func changeVolume(t *testing.T, k *kit.Kafka, name string, change func(*corev1.PersistentVolume)) {
	t.Helper()
	volumes := k.Cluster.Kube.CoreV1().PersistentVolumes()
	kit.Eventually(t, time.Minute, "volume "+name+" is changed", func() error { // its own controller changes it, too
		volume, err := volumes.Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		change(volume)
		_, err = volumes.Update(t.Context(), volume, metav1.UpdateOptions{})
		return err
	})
}
