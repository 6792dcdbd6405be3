package kit

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RemoveClaim deletes a claim, which no pod may use any more, and waits until it is gone.
func (k *Kafka) RemoveClaim(t *testing.T, claim string) {
	t.Helper()
	claims := k.Cluster.Kube.CoreV1().PersistentVolumeClaims(k.Namespace)
	require.NoError(t, claims.Delete(t.Context(), claim, metav1.DeleteOptions{}))
	Eventually(t, time.Minute, claim+" is gone", func() error {
		_, err := claims.Get(t.Context(), claim, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return fmt.Errorf("it is still there: %w", err)
	})
}
