package smoke

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// pod is made and ready so many seconds after noon; ready < 0 means not ready.
func pod(made, ready int) corev1.Pod {
	at := func(s int) metav1.Time { return metav1.NewTime(noon.Add(time.Duration(s) * time.Second)) }
	p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "kafka-0", CreationTimestamp: at(made)}}
	if ready >= 0 {
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: at(ready)}}
	}
	return p
}

func TestStartTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pods []corev1.Pod
		want string
	}{
		"first start, in parallel":      {[]corev1.Pod{pod(0, 9), pod(0, 12), pod(1, 11)}, "3 ready brokers: 12s"},
		"rolling update, one by one":    {[]corev1.Pod{pod(62, 70), pod(35, 50), pod(5, 20)}, "3 ready brokers: 1m10s"},
		"one is not ready":              {[]corev1.Pod{pod(0, 9), pod(0, -1)}, "not ready"},
		"one was deleted an hour later": {[]corev1.Pod{pod(0, 9), pod(3600, 3610)}, "no start to measure"},
	} {
		assert.Contains(t, startTime(noon, c.pods), c.want, name)
	}
	old := pod(-600, 0)
	old.Status.Conditions[0].LastTransitionTime = metav1.NewTime(noon.Add(-590 * time.Second))
	assert.Contains(t, startTime(noon, []corev1.Pod{old}), "no start to measure")
}

func TestLastApplied(t *testing.T) {
	t.Parallel()
	at := func(s int) *metav1.Time { v := metav1.NewTime(noon.Add(time.Duration(s) * time.Second)); return &v }
	set := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{
		CreationTimestamp: *at(0),
		ManagedFields:     []metav1.ManagedFieldsEntry{{Time: at(30)}, {Time: at(99), Subresource: "status"}, {}},
	}}
	assert.Equal(t, *at(30), metav1.NewTime(lastApplied(set)))
}

func TestAdviceNamesThePodThatIsNotWell(t *testing.T) {
	t.Parallel()
	sick := pod(0, -1)
	sick.Name = "kafka-1"
	sick.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "kafka", State: corev1.ContainerState{
		Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "no such image"},
	}}}
	text := advice(Target{Context: "c", Namespace: "n"}, []corev1.Pod{pod(0, 1), sick})
	assert.Contains(t, text, "kafka-1 is not ready: kafka: ImagePullBackOff no such image")
	assert.Contains(t, text, "kubectl --context c --namespace n logs kafka-1")
}
