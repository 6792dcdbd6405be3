package faults_test

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

// deletedByHand: a workload and a service that somebody deleted come back by an up that
// looks at the cluster first, as `make up` does, with all records.
func deletedByHand(t *testing.T, _ *proof.Result) {
	kafka := kit.NewKafka(t, "deleted", "dev", nil)
	kafka.MustUp(t)
	sets := kafka.Cluster.Kube.AppsV1().StatefulSets(kafka.Namespace)
	require.NoError(t, sets.Delete(t.Context(), "kafka", metav1.DeleteOptions{}))
	require.NoError(t, kafka.Cluster.Kube.CoreV1().Services(kafka.Namespace).Delete(t.Context(), "kafka-svc", metav1.DeleteOptions{}))
	kit.Eventually(t, 3*time.Minute, "no pod is left", func() error { return kafka.PodsReady(t.Context()) })
	begin := time.Now()
	_, err := kafka.Up(t.Context(), optup.Refresh(), optup.SuppressProgress())
	require.NoError(t, err)
	t.Logf("the up with a refresh took %s", time.Since(begin).Round(time.Second))
	require.NoError(t, kafka.PodsReady(t.Context(), "kafka-0", "kafka-1", "kafka-2"))
	kafka.MustChangeNothing(t)
}
