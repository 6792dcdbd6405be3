package cluster

import (
	"fmt"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestMended walks through changes that Kubernetes alone makes impossible. The stack is
// stopped: what is at stake are services and a volume.
func TestMended(t *testing.T) {
	w := kit.NewKafka(t, "mended", "dev", kit.Config{"stopped": "true", "storage.node": volumeNode,
		"external.type": "nodePort", "external.host": "10.0.0.1", "external.basePort": "31200"})
	w.MustUp(t)
	t.Run("NodePorts move in any overlap", func(t *testing.T) {
		for _, base := range []int{31201, 31200, 31203, 31199, 31210} {
			w.Set(t, kit.Config{"external.basePort": fmt.Sprint(base)})
			w.MustUp(t)
			for i, name := range []string{"kafka-external", "kafka-0-external", "kafka-1-external", "kafka-2-external"} {
				service, err := w.Cluster.Kube.CoreV1().Services(w.Namespace).Get(t.Context(), name, metav1.GetOptions{})
				require.NoError(t, err)
				require.EqualValues(t, base+i, service.Spec.Ports[0].NodePort, "%s", name)
			}
		}
		w.MustChangeNothing(t)
	})
	t.Run("the claim deleted by hand", func(t *testing.T) {
		claims := w.Cluster.Kube.CoreV1().PersistentVolumeClaims(w.Namespace)
		mustBind(t, w)
		require.NoError(t, claims.Delete(t.Context(), "kafka-pv-claim", metav1.DeleteOptions{}))
		mustRefresh(t, w)
		mustBind(t, w)
	})
	t.Run("the namespace deleted by hand", func(t *testing.T) {
		namespaces := w.Cluster.Kube.CoreV1().Namespaces()
		require.NoError(t, namespaces.Delete(t.Context(), w.Namespace, metav1.DeleteOptions{}))
		kit.Eventually(t, 2*time.Minute, "the namespace is gone", func() error {
			_, err := namespaces.Get(t.Context(), w.Namespace, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				return nil
			}
			return fmt.Errorf("it is still there: %w", err)
		})
		mustRefresh(t, w)
		mustBind(t, w)
	})
}

// mustRefresh brings back what is gone.
func mustRefresh(t *testing.T, w *kit.Kafka) {
	t.Helper()
	_, err := w.Up(t.Context(), optup.SuppressProgress(), optup.Refresh())
	require.NoError(t, err)
}

func mustBind(t *testing.T, w *kit.Kafka) {
	t.Helper()
	kit.Eventually(t, 30*time.Second, "the claim has the volume", func() error {
		claim, err := w.Cluster.Kube.CoreV1().PersistentVolumeClaims(w.Namespace).Get(t.Context(), "kafka-pv-claim", metav1.GetOptions{})
		if err == nil && claim.Status.Phase != corev1.ClaimBound {
			err = fmt.Errorf("it is %s", claim.Status.Phase)
		}
		return err
	})
}
