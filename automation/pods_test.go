package automation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

func TestPodsOf(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Topology, c.ClusterName = topology.Separated, "ci"
	pod := func(name string, ready corev1.ConditionStatus) corev1.Pod {
		return corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       corev1.PodSpec{NodeName: "node-1"},
			Status: corev1.PodStatus{
				Conditions:        []corev1.PodCondition{{Type: corev1.PodReady, Status: ready, Message: "still starting"}},
				ContainerStatuses: []corev1.ContainerStatus{{RestartCount: 2}},
			},
		}
	}
	last := time.Date(2026, 11, 29, 1, 2, 3, 0, time.UTC)
	assert.Equal(t, []Pod{
		{Name: "ci-kafka-controller-0", Role: "controller", Node: "node-1", Ready: true, Restarts: 2},
		{Name: "ci-kafka-broker-0", Role: "broker", Node: "node-1", Why: "still starting", Restarts: 2, JVMRestarts: 3, LastJVMRestart: last},
		{Name: "stray", Node: "node-1", Ready: true, Restarts: 2},
	}, podsOf([]corev1.Pod{
		pod("stray", corev1.ConditionTrue), pod("ci-kafka-broker-0", corev1.ConditionFalse), pod("ci-kafka-controller-0", corev1.ConditionTrue),
	}, map[string]contract.State{"ci-kafka-broker-0": {Restarts: contract.Restarts{Count: 3, Last: last}}}, c.Plan()))
}
