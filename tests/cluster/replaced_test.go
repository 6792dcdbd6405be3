package cluster

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// replaced gives a broker, and then a controller, an empty volume while records are written. Its
// claim had grown, and the StatefulSet's controller makes it with the first size. Nobody else is
// restarted.
func (w *separated) replaced(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	load := w.StartLoad(t, 1000)
	for _, pod := range []string{w.Brokers[1], w.Controllers[1]} {
		before, directory, claim := w.UIDs(t, w.All()...), w.directory(t, pod), w.claimOf(t, pod)
		key := fmt.Sprintf("replace[%q]", pod)
		w.Set(t, kit.Config{key: "first"})
		begin := time.Now()
		w.MustUp(t)
		t.Logf("%s was replaced in %s", pod, time.Since(begin).Round(time.Second))
		require.NoError(t, w.PodsReady(t.Context(), w.All()...), "right after pulumi up, without waiting")
		require.NoError(t, kit.ISRIs(t.Context(), client, w.Books.Topic(), 3), "and so is what it had")
		w.vote(t, client, 1000, 1001, 1002)
		assert.Equal(t, []int32{0, 1, 2}, kit.Registered(t, client))
		assert.NotEqual(t, directory, w.directory(t, pod), "an empty volume is another directory")

		now, is := w.UIDs(t, w.All()...), w.claimOf(t, pod)
		assert.NotEqual(t, claim.UID, is.UID)
		assert.Equal(t, claim.Spec.Resources, is.Spec.Resources, "as large as the others")
		assert.Equal(t, claim.Status.Capacity, is.Status.Capacity)
		assert.NotEqual(t, before[pod], now[pod])
		before[pod] = now[pod]
		assert.Equal(t, before, now, "nobody else had to be restarted")

		w.MustChangeNothing(t)
		_, err := w.Refresh(t.Context())
		require.NoError(t, err)
		w.MustChangeNothing(t)
		w.Set(t, kit.Config{"replace": ""})
		w.MustUp(t)
		assert.Equal(t, now, w.UIDs(t, w.All()...), "a wish that is taken back changes nothing")
		assert.Equal(t, is.UID, w.claimOf(t, pod).UID)
		w.Set(t, kit.Config{key: "first"})
		w.MustUp(t)
		assert.Equal(t, now, w.UIDs(t, w.All()...), "and one that has been granted is none")
		w.Set(t, kit.Config{"replace": ""})
		w.MustUp(t)
	}
	load.Stop(t)
	assert.LessOrEqual(t, w.Books.Slowest(), tooLong)
	w.MustReadBack(t)
}

func (w *separated) claimOf(t *testing.T, pod string) *corev1.PersistentVolumeClaim {
	t.Helper()
	claim, err := w.Cluster.Kube.CoreV1().PersistentVolumeClaims(w.Namespace).Get(t.Context(), "data-"+pod, metav1.GetOptions{})
	require.NoError(t, err)
	return claim
}

// directory is the id of the directory that a pod's records are in.
func (w *separated) directory(t *testing.T, pod string) string {
	t.Helper()
	text, err := w.Exec(t.Context(), pod, "cat", "/var/lib/kafka/data/log/meta.properties")
	require.NoError(t, err)
	id := regexp.MustCompile(`(?m)^directory\.id=.*$`).FindString(text)
	require.NotEmpty(t, id, text)
	return id
}
