package cluster

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// Series that the usual alerts are made of: those that every node has, and each role's own.
var (
	seriesOfAll     = []string{"jvm_memory_used_bytes", "process_open_fds", "kafka_server_raftmetrics_current_leader"}
	seriesOfBrokers = []string{
		"kafka_server_replicamanager_underreplicatedpartitions",
		"kafka_server_replicamanager_underminisrpartitioncount",
		"kafka_server_replicamanager_isrshrinks_total",
		"kafka_server_brokertopicmetrics_messagesin_total",
		"kafka_log_logmanager_offlinelogdirectorycount",
	}
	seriesOfControllers = []string{
		"kafka_controller_kafkacontroller_activecontrollercount",
		"kafka_controller_kafkacontroller_offlinepartitionscount",
		"kafka_controller_kafkacontroller_fencedbrokercount",
	}
)

func (w *separated) metrics(t *testing.T) {
	for _, pod := range w.Brokers {
		w.mustExport(t, pod, slices.Concat(seriesOfAll, seriesOfBrokers))
	}
	for _, pod := range w.Controllers {
		w.mustExport(t, pod, slices.Concat(seriesOfAll, seriesOfControllers))
	}

	// The cluster judges the PodMonitor by the operator's own definition.
	w.Cluster.PodMonitors(t)
	w.Set(t, kit.Config{"podMonitor": "true"})
	w.MustUp(t)
	path := fmt.Sprintf("/apis/monitoring.coreos.com/v1/namespaces/%s/podmonitors/ci", w.Namespace)
	text, err := w.Cluster.Kube.RESTClient().Get().AbsPath(path).DoRaw(t.Context())
	require.NoError(t, err)
	var monitor struct {
		Spec struct {
			Selector            metav1.LabelSelector
			PodMetricsEndpoints []struct{ Port, Path string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &monitor))
	require.Len(t, monitor.Spec.PodMetricsEndpoints, 1)
	endpoint := monitor.Spec.PodMetricsEndpoints[0]
	assert.Equal(t, "/metrics", endpoint.Path)
	selector, err := metav1.LabelSelectorAsSelector(&monitor.Spec.Selector)
	require.NoError(t, err)
	pods, err := w.Pods(t.Context())
	require.NoError(t, err)
	for _, pod := range pods {
		assert.True(t, selector.Matches(labels.Set(pod.Labels)), "the PodMonitor misses %s", pod.Name)
		named := map[string]int32{}
		for _, port := range pod.Spec.Containers[0].Ports {
			named[port.Name] = port.ContainerPort
		}
		assert.Equal(t, int32(9187), named[endpoint.Port], "port %s of %s", endpoint.Port, pod.Name)
	}
	w.Set(t, kit.Config{"podMonitor": ""})
	w.MustUp(t)
}

// mustExport waits until the pod's exporter has told every one of the series.
func (w *separated) mustExport(t *testing.T, pod string, series []string) {
	t.Helper()
	kit.Eventually(t, 30*time.Second, "metrics of "+pod, func() error {
		text, err := w.Cluster.Kube.CoreV1().RESTClient().Get().Namespace(w.Namespace).Resource("pods").
			Name(pod + ":9187").SubResource("proxy").Suffix("metrics").DoRaw(t.Context())
		if err != nil {
			return err
		}
		for _, name := range series {
			if !regexp.MustCompile(`(?m)^` + name + `(\{.*\})? `).Match(text) {
				return fmt.Errorf("%s is missing", name)
			}
		}
		return nil
	})
}
