package faults_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

// autoscaled does what examples/autoscale/README.md says, in a cluster that knows KEDA's kinds and
// has nobody who does what they say: the test scales in KEDA's place.
func autoscaled(t *testing.T, _ *proof.Result) {
	cluster := kit.Kubernetes(t)
	cluster.KEDA(t)
	own := cluster.Own(t, "scaled")
	checkout := kit.NewCheckout(t)
	kafka := kit.NewKafka(t, "scaling", "dev", kit.Config{"brokers": "1"})
	bootstrap := kit.Text(t, kafka.MustUp(t), "bootstrapServers")

	pulumi := func(args ...string) []string { return append([]string{"pulumi", "-C", "examples/autoscale"}, args...) }
	set := func(key, value string) { checkout.Run(pulumi("config", "set", key, value, "--stack", own)...) }
	up := func() { checkout.Run(pulumi("up", "--yes", "--skip-preview", "--stack", own)...) }
	checkout.Run(pulumi("stack", "init", own)...)
	set("context", kit.Context)
	set("namespace", own)
	set("image", kit.Image(t))
	set("bootstrapServers", bootstrap)
	checkout.Cleanup(pulumi("destroy", "--yes", "--stack", own)...)
	up()
	checkout.Run(pulumi("preview", "--expect-no-changes", "--stack", own)...)
	assert.Equal(t, bootstrap, trigger(t, cluster, own)["bootstrapServers"], "as the API server has it")

	// KEDA's word counts: an update of the application leaves the number that it has.
	deployments := cluster.Kube.AppsV1().Deployments(own)
	_, err := deployments.UpdateScale(t.Context(), "orders", &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: "orders", Namespace: own}, Spec: autoscalingv1.ScaleSpec{Replicas: 3},
	}, metav1.UpdateOptions{})
	require.NoError(t, err)
	kit.Eventually(t, 2*time.Minute, "three replicas are ready", func() error {
		found, err := deployments.Get(t.Context(), "orders", metav1.GetOptions{})
		if err == nil && found.Status.ReadyReplicas != 3 {
			err = fmt.Errorf("%d of 3", found.Status.ReadyReplicas)
		}
		return err
	})
	checkout.Run(pulumi("preview", "--expect-no-changes", "--refresh", "--stack", own)...)
	before, err := deployments.Get(t.Context(), "orders", metav1.GetOptions{})
	require.NoError(t, err)
	twice := bootstrap + "," + bootstrap
	set("bootstrapServers", twice)
	up()
	after, err := deployments.Get(t.Context(), "orders", metav1.GetOptions{})
	require.NoError(t, err)
	assert.NotEqual(t, before.Spec.Template, after.Spec.Template, "the application was updated")
	assert.Equal(t, int32(3), *after.Spec.Replicas)
	assert.Equal(t, twice, trigger(t, cluster, own)["bootstrapServers"])

	checkout.Run(pulumi("destroy", "--yes", "--stack", own)...)
	checkout.Run(pulumi("stack", "rm", "--yes", own)...)
}

// trigger is the metadata of the ScaledObject's only trigger.
func trigger(t *testing.T, cluster *kit.Cluster, namespace string) map[string]string {
	t.Helper()
	text, err := cluster.Kube.RESTClient().Get().AbsPath("/apis/keda.sh/v1alpha1/namespaces/" + namespace + "/scaledobjects/orders").DoRaw(t.Context())
	require.NoError(t, err)
	var scaled struct {
		Spec struct {
			Triggers []struct{ Metadata map[string]string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &scaled))
	require.Len(t, scaled.Spec.Triggers, 1)
	return scaled.Spec.Triggers[0].Metadata
}
