package faults_test

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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

// lost is a walk through volumes that are lost while others are kept. Their records are there, so the nodes must say why
// they wait instead of beginning anew; with the volume back, all is back.
type lost struct {
	*kit.Kafka
	bootstrap string
	books     []*ledger.Ledger
}

func lostVolumes(t *testing.T, _ *proof.Result) {
	w := &lost{Kafka: kit.NewKafka(t, "lost", "dev", kit.Config{
		"storage.mode": "perPod", "storage.size": "1Gi", "storage.metadataSize": "256Mi",
		"storage.hostPath": "", "storage.volumeName": "", "storage.node": "",
	})}
	w.bootstrap = kit.Text(t, w.MustUp(t), "bootstrapServers")
	client := w.Client(t, w.bootstrap)
	for topic, replicas := range map[string]int16{"precious": 3, "alone": 1} {
		kit.CreateTopic(t, client, topic, 3, replicas)
		books := ledger.New(topic)
		require.NoError(t, books.Write(t.Context(), client, 100))
		w.books = append(w.books, books)
	}
	for _, step := range []struct {
		name string
		run  func(*lost, *testing.T)
	}{
		{"every controller's metadata", (*lost).metadata},
		{"a broker's records, some of them the only ones", (*lost).records},
		{"everything, and a new quorum on purpose", (*lost).everything},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(w, t) }) {
			return
		}
	}
}

// metadata: a new quorum of the same cluster would know no topic.
func (w *lost) metadata(t *testing.T) {
	kept := map[string]string{} // volume by claim
	for _, pod := range pods {
		kept["metadata-"+pod] = w.retain(t, "metadata-"+pod)
	}
	w.withoutPods(t)
	for claim := range kept {
		w.RemoveClaim(t, claim)
	}
	require.NoError(t, w.Scale(t.Context(), "kafka", 3))
	for _, pod := range pods {
		w.says(t, pod, "acceptLoss[0]' quorum")
	}
	time.Sleep(10 * time.Second) // nothing comes of it later, either
	for _, pod := range pods {
		left, err := w.Exec(t.Context(), pod, "sh", "-c", "find / -name '*-stray' -o -name __cluster_metadata-0 2>/dev/null; true")
		require.NoError(t, err)
		assert.Empty(t, left, "%s has formed a quorum, or set records aside", pod)
	}
	w.withoutPods(t)
	for claim, volume := range kept {
		w.bringBack(t, claim, volume)
	}
	w.whole(t)
}

// records: a broker that came back with nothing would lead what it was the last one to have.
func (w *lost) records(t *testing.T) {
	const pod, claim = "kafka-2", "data-kafka-2"
	volume := w.retain(t, claim)
	w.Down(t, "kafka", 2)
	w.RemoveClaim(t, claim)
	require.NoError(t, w.Scale(t.Context(), "kafka", 3))
	w.says(t, pod, "broker 2 was the last one with all records of 1 partitions (alone-")
	w.says(t, pod, "acceptLoss[0]' kafka-2")
	w.Down(t, "kafka", 2)
	w.bringBack(t, claim, volume)
	w.whole(t)
}

// everything: no volume remembers anything, but the stack knows that the cluster has lived.
// A new one comes of it only by plain words.
func (w *lost) everything(t *testing.T) {
	w.withoutPods(t)
	for _, pod := range pods {
		w.RemoveClaim(t, "data-"+pod)
		w.RemoveClaim(t, "metadata-"+pod)
	}
	require.NoError(t, w.Scale(t.Context(), "kafka", 3))
	for _, pod := range pods {
		w.says(t, pod, "acceptLoss[0]' quorum")
	}
	w.Set(t, kit.Config{"acceptLoss[0]": "quorum"})
	w.MustUp(t)
	// The kubelet brings a changed ConfigMap to its pods within a minute or two.
	kit.Eventually(t, 4*time.Minute, "a new quorum", func() error { return w.PodsReady(t.Context(), pods...) })
	topics, err := w.Exec(t.Context(), "kafka-0", "kafka-topics.sh", "--bootstrap-server", "localhost:9092", "--list")
	require.NoError(t, err)
	assert.Empty(t, strings.TrimSpace(topics), "which knows nothing of the old one")
	w.Set(t, kit.Config{"acceptLoss": ""})
	w.MustUp(t)
}

// whole starts all pods and reads everything back.
func (w *lost) whole(t *testing.T) {
	t.Helper()
	require.NoError(t, w.Scale(t.Context(), "kafka", 3))
	kit.Eventually(t, 3*time.Minute, "all pods are ready again", func() error { return w.PodsReady(t.Context(), pods...) })
	for _, books := range w.books {
		w.MustReadBack(t, w.bootstrap, books)
	}
}

// says waits for words in a pod's log.
func (w *lost) says(t *testing.T, pod, words string) {
	t.Helper()
	kit.Eventually(t, 2*time.Minute, pod+" says why it waits", func() error {
		log, err := w.Cluster.Kube.CoreV1().Pods(w.Namespace).GetLogs(pod, &corev1.PodLogOptions{}).DoRaw(t.Context())
		if err == nil && !strings.Contains(string(log), words) {
			err = fmt.Errorf("it says %q", log)
		}
		return err
	})
}

// retain keeps the volume of a claim until the end of the test, whatever becomes of the claim.
func (w *lost) retain(t *testing.T, claim string) (volume string) {
	t.Helper()
	found, err := w.Cluster.Kube.CoreV1().PersistentVolumeClaims(w.Namespace).Get(t.Context(), claim, metav1.GetOptions{})
	require.NoError(t, err)
	volume = found.Spec.VolumeName
	policy := func(ctx context.Context, policy string) error {
		_, err := w.Cluster.Kube.CoreV1().PersistentVolumes().Patch(ctx, volume, types.MergePatchType,
			[]byte(`{"spec":{"persistentVolumeReclaimPolicy":"`+policy+`"}}`), metav1.PatchOptions{})
		return err
	}
	require.NoError(t, policy(t.Context(), "Retain"))
	t.Cleanup(func() { assert.NoError(t, policy(context.Background(), "Delete")) })
	return volume
}

// bringBack gives a claim its former volume.
func (w *lost) bringBack(t *testing.T, claim, volume string) {
	t.Helper()
	w.RemoveClaim(t, claim)
	patch := fmt.Sprintf(`{"spec":{"claimRef":{"namespace":%q,"name":%q,"uid":null,"resourceVersion":null}}}`, w.Namespace, claim)
	_, err := w.Cluster.Kube.CoreV1().PersistentVolumes().Patch(t.Context(), volume, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	require.NoError(t, err)
}

// withoutPods stops all pods and waits until they are gone.
func (w *lost) withoutPods(t *testing.T) {
	t.Helper()
	require.NoError(t, w.Scale(t.Context(), "kafka", 0))
	kit.Eventually(t, 2*time.Minute, "no pod is left", func() error {
		found, err := w.Pods(t.Context())
		if err == nil && len(found) > 0 {
			err = errors.New("there are pods")
		}
		return err
	})
}
