package cluster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// grown makes every volume larger. No pod is restarted, and the StatefulSets stay as they are.
func (w *separated) grown(t *testing.T) {
	before, sets := w.UIDs(t, w.All()...), w.sets(t)
	volumes := w.claims(t)
	w.Set(t, kit.Config{"storage.size": "6Gi", "storage.controllerSize": "2Gi"})
	w.MustUp(t)
	for claim := range volumes {
		size := "2Gi"
		if strings.Contains(claim, "broker") {
			size = "6Gi"
		}
		assert.Equal(t, size, w.capacity(t, claim), "%s: when up is done, so is the volume", claim)
	}
	assert.Equal(t, volumes, w.claims(t), "the same claims with the same volumes")
	assert.Equal(t, before, w.UIDs(t, w.All()...), "the same pods")
	assert.Equal(t, sets, w.sets(t), "the same StatefulSets")
	w.MustChangeNothing(t)
}

// capacity is what the volume of a claim has.
func (w *separated) capacity(t *testing.T, name string) string {
	t.Helper()
	claim, err := w.Cluster.Kube.CoreV1().PersistentVolumeClaims(w.Namespace).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	return claim.Status.Capacity.Storage().String()
}

// sets are the uids of the StatefulSets, by name.
func (w *separated) sets(t *testing.T) map[string]types.UID {
	t.Helper()
	sets, err := w.Cluster.Kube.AppsV1().StatefulSets(w.Namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	found := map[string]types.UID{}
	for _, set := range sets.Items {
		found[set.Name] = set.UID
	}
	return found
}

// destroyed takes the stack away and makes it anew: its claims are still there.
func (w *separated) destroyed(t *testing.T) {
	id := w.id(t)
	before := w.claims(t)
	require.Len(t, before, len(w.All()))
	w.MustDestroy(t)
	assert.Equal(t, before, w.claims(t), "claims outlive the stack")

	w.MustUp(t)
	assert.Equal(t, id, w.id(t), "the id of the records, without being told")
	assert.Equal(t, before, w.claims(t), "the new stack has the old claims")
	w.Whole(t, w.Client(t, w.Bootstrap))
	w.MustReadBack(t)
	found, err := ops.NewTopicAdmin(w.Client(t, w.Bootstrap)).FindTopic(t.Context(), "made")
	require.NoError(t, err)
	require.NotNil(t, found, "the topic of the configuration is the one that was left")
	assert.Equal(t, int32(6), found.Partitions)
	w.MustChangeNothing(t)
}

// forgotten destroys a stack whose configuration says that its records may go. Nobody is there
// any more to be told of its topics.
func (w *separated) forgotten(t *testing.T) {
	w.Set(t, kit.Config{"retainData": "false"})
	w.MustUp(t)
	require.NoError(t, w.PodsReady(t.Context(), w.All()...))
	require.NoError(t, w.Scale(t.Context(), kit.SetOf(w.Brokers), 0))
	w.MustDestroy(t)
	kit.Eventually(t, time.Minute, "claims are gone", func() error {
		if left := w.claims(t); len(left) > 0 {
			return fmt.Errorf("there are still %v", left)
		}
		return nil
	})
}

// id is the stack's cluster id.
func (w *separated) id(t *testing.T) string {
	t.Helper()
	outputs, err := w.Outputs(t.Context())
	require.NoError(t, err)
	return kit.Text(t, outputs, "clusterId")
}

// claims are the volumes of the pods' claims, by claim.
func (w *separated) claims(t *testing.T) map[string]string {
	t.Helper()
	claims, err := w.Cluster.Kube.CoreV1().PersistentVolumeClaims(w.Namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	found := map[string]string{}
	for _, claim := range claims.Items {
		found[claim.Name] = claim.Spec.VolumeName
	}
	return found
}
