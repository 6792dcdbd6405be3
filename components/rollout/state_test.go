package rollout

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"
	clienttesting "k8s.io/client-go/testing"
)

// answer is an agent's, as the API server hands it on.
type answer string

func (a answer) DoRaw(context.Context) ([]byte, error) { return []byte(a), nil }

func (a answer) Stream(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(a))), nil
}

// agents makes a client whose pods' agents answer in this way, each time the next; the
// last answer stays.
func agents(answers []string, objects ...runtime.Object) *fake.Clientset {
	client := fake.NewClientset(objects...)
	client.AddProxyReactor("pods", func(clienttesting.Action) (bool, rest.ResponseWrapper, error) {
		now := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		return true, answer(now), nil
	})
	return client
}

func ready(pod *corev1.Pod) *corev1.Pod {
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	return pod
}

func TestAwaitWaitsUntilBrokersHaveCaughtUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		set := stateful(1, 1, 1, appsv1.StatefulSetStatus{Replicas: 1, ReadyReplicas: 1, UpdatedReplicas: 1, CurrentRevision: "a", UpdateRevision: "a"})
		client := agents([]string{
			`{"caughtUp":false,"outOfSync":7,"leaderless":2,"unplannedVoters":[4]}`, `{"caughtUp":true,"leaderless":2}`,
		}, set, ready(podOf(set, "kafka-0", "a", true)))
		var said []string
		require.NoError(t, Await(t.Context(), client, "n", "kafka", func(text string) { said = append(said, text) }))
		require.Len(t, said, 3)
		assert.Contains(t, said[0], "kafka-0: 2 partitions have no leader")
		assert.Contains(t, said[1], "voters that the plan does not name: [4]; take each out by kafka-metadata-quorum.sh")
		assert.Equal(t, "kafka-0 catches up, 7 partitions are not in sync", said[2])
	})
}

// Images from before the fields say nothing of replicas; there, ready is all there is.
func TestAwaitTakesAnOldAgentsPodAsItIs(t *testing.T) {
	t.Parallel()
	set := stateful(1, 1, 1, appsv1.StatefulSetStatus{Replicas: 1, ReadyReplicas: 1, UpdatedReplicas: 1, CurrentRevision: "a", UpdateRevision: "a"})
	client := agents([]string{`{"nodeId":0,"leaderId":0}`}, set, ready(podOf(set, "kafka-0", "a", true)))
	require.NoError(t, Await(t.Context(), client, "n", "kafka", nil))
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	set := stateful(2, 1, 1, appsv1.StatefulSetStatus{})
	good := ready(podOf(set, "kafka-0", "a", true))
	hung := podOf(set, "kafka-1", "a", true)
	crashing := podOf(set, "kafka-1", "a", true)
	crashing.Status = waiting("CrashLoopBackOff")
	homeless := podOf(set, "kafka-1", "a", false)
	homeless.Status = unscheduled()
	homelessNew := homeless.DeepCopy()
	homelessNew.Labels[appsv1.StatefulSetRevisionLabel] = "b"
	dark := hung.DeepCopy()
	dark.Spec.NodeName = "node-7"
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-7"}, Status: corev1.NodeStatus{
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionUnknown}},
	}}
	const whole, behind = `{"caughtUp":true}`, `{"caughtUp":false,"outOfSync":3}`
	for name, c := range map[string]struct {
		state string
		pods  []runtime.Object
		why   string
	}{
		"whole":                       {whole, []runtime.Object{good}, ""},
		"no pods":                     {whole, nil, ""},
		"one not caught up":           {behind, []runtime.Object{good}, "kafka-0: 3 partitions are not in sync"},
		"old agents":                  {`{}`, []runtime.Object{good}, ""},
		"one out of service":          {whole, []runtime.Object{good, hung}, "kafka-1: running, but not ready yet"},
		"on a node that is dead":      {whole, []runtime.Object{good, dark, node}, "kafka-1: its node node-7 does not answer"},
		"nothing serves":              {whole, []runtime.Object{hung}, ""},
		"one that never served":       {behind, []runtime.Object{good, podOf(set, "kafka-1", "b", false)}, ""},
		"one that starts":             {whole, []runtime.Object{good, podOf(set, "kafka-1", "a", false)}, "kafka-1: running, but not ready yet"},
		"no node for one":             {whole, []runtime.Object{good, homeless}, "kafka-1: not scheduled"},
		"no node for the last change": {whole, []runtime.Object{good, homelessNew}, ""},
		"one that cannot start again": {behind, []runtime.Object{good, crashing}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				err := Preflight(t.Context(), agents([]string{c.state}, c.pods...), "n", "app=kafka", nil)
				if c.why == "" {
					require.NoError(t, err)
					return
				}
				require.ErrorContains(t, err, c.why)
				require.ErrorContains(t, err, "pulumi config set kafka-kraft:rollDegraded true")
			})
		})
	}
}
