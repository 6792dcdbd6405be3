package faults_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

// pods of a stack like dev.
var pods = []string{"kafka-0", "kafka-1", "kafka-2"}

// soon is a timeout for what cannot come up, late one for what must.
const soon, late = "45s", "4m"

// mistakes makes mistakes on one stack, one after the other. Each fails with words
// that name its cause, and the corrected configuration comes up.
func mistakes(t *testing.T, _ *proof.Result) {
	k := kit.NewKafka(t, "mistakes", "dev", nil)
	fails := func(mistake kit.Config, words ...string) {
		t.Helper()
		mistake["timeout"] = soon
		k.Set(t, mistake)
		_, err := k.TryUp(t)
		require.Error(t, err)
		for _, word := range words {
			require.ErrorContains(t, err, word)
		}
	}

	// On create, and no pod can be made.
	fails(kit.Config{"scheduling.priorityClass": "nope"},
		"no PriorityClass with name nope was found", "scheduling.priorityClass must name one of")

	quotas := k.Cluster.Kube.CoreV1().ResourceQuotas(k.Namespace)
	_, err := quotas.Create(t.Context(), &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "cpu"},
		Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourceLimitsCPU: resource.MustParse("4")}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	fails(kit.Config{"scheduling.priorityClass": ""}, "must specify limits.cpu", "broker.cpuLimit")
	require.NoError(t, quotas.Delete(t.Context(), "cpu", metav1.DeleteOptions{}))

	// All pods run and wait for names that there are not.
	fails(kit.Config{"clusterDomain": "k8s.example"})
	k.Set(t, kit.Config{"clusterDomain": "", "timeout": late})
	k.MustUp(t)
	require.NoError(t, k.PodsReady(t.Context(), pods...))

	// On a live cluster: the first pod of the roll never gets into service.
	const connections = `broker.properties["max.connections.per.ip"]`
	fails(kit.Config{connections: "0"}, "is not in service", "are not restarted before it is", "the way on: mend what keeps kafka-")
	k.Set(t, kit.Config{connections: "", "timeout": late})
	k.MustUp(t)
	require.NoError(t, k.PodsReady(t.Context(), pods...))
}

// mistakenClass asks for a class that there is not. Its claims, which Kubernetes
// keeps, do not keep the right one away.
func mistakenClass(t *testing.T, _ *proof.Result) {
	k := kit.NewKafka(t, "mistaken-class", "dev", kit.Config{
		"storage.mode": "perPod", "storage.hostPath": "", "storage.node": "", "storage.volumeName": "",
		"storage.size": "1Gi", "storage.className": "fast-ssd", "brokers": "1", "timeout": soon,
	})
	_, err := k.TryUp(t)
	require.ErrorContains(t, err, `"fast-ssd" not found`)
	require.ErrorContains(t, err, "storage.className must name one of")
	k.Set(t, kit.Config{"storage.className": "", "timeout": late})
	k.MustUp(t)
	require.NoError(t, k.PodsReady(t.Context(), "kafka-0"))
}
