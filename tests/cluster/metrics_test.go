package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kafka-kraft/kafka-kraft/monitoring"
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
		"kafka_log_logcleaner_deadthreadcount",
		"kafka_log_logcleanermanager_uncleanable_partitions_count",
		"kafka_server_socket_server_metrics_connection_count",
	}
	seriesOfControllers = []string{
		"kafka_controller_kafkacontroller_activecontrollercount",
		"kafka_controller_kafkacontroller_offlinepartitionscount",
		"kafka_controller_kafkacontroller_fencedbrokercount",
	}
)

// seriesOfAgents is what every agent tells beside the exporter, once its node is in service.
var seriesOfAgents = []string{
	"kafka_kraft_agent_starts_total", "kafka_kraft_agent_start_phase_seconds", "kafka_kraft_agent_jvm_cache_used",
	"kafka_kraft_agent_stop_holds_total", "kafka_kraft_agent_stop_held_seconds_total", "kafka_kraft_agent_waiting",
}

// Ports of a pod's two exporters: Kafka's, and the agent's.
const (
	ofKafka = "9187"
	ofAgent = "9188"
)

func (w *separated) metrics(t *testing.T) {
	for _, pod := range w.Brokers {
		w.mustExport(t, pod, slices.Concat(seriesOfAll, seriesOfBrokers))
	}
	for _, pod := range w.Controllers {
		w.mustExport(t, pod, slices.Concat(seriesOfAll, seriesOfControllers))
	}
	for _, pod := range w.All() {
		w.mustTell(t, pod, ofAgent, seriesOfAgents)
	}
	end := w.lag(t)
	defer end()
	w.tellsWhatIsListed(t)
	w.monitored(t)
}

// monitored: the cluster judges PodMonitor and PrometheusRule by the operator's own definitions,
// and no pod is restarted for any of it.
func (w *separated) monitored(t *testing.T) {
	before, err := w.Pods(t.Context())
	require.NoError(t, err)
	w.Cluster.PrometheusOperator(t)
	w.Set(t, kit.Config{"podMonitor": "true", "monitoring.rules": "true", "monitoring.dashboards": "true", "monitoring.labels.release": "prometheus"})
	w.MustUp(t)

	var monitor struct {
		Metadata metav1.ObjectMeta
		Spec     struct {
			Selector            metav1.LabelSelector
			PodMetricsEndpoints []struct{ Port, Path string }
		}
	}
	w.mustGet(t, "podmonitors", &monitor)
	assert.Equal(t, "prometheus", monitor.Metadata.Labels["release"])
	require.Len(t, monitor.Spec.PodMetricsEndpoints, 2)
	selector, err := metav1.LabelSelectorAsSelector(&monitor.Spec.Selector)
	require.NoError(t, err)
	pods, err := w.Pods(t.Context())
	require.NoError(t, err)
	for i, pod := range pods {
		assert.True(t, selector.Matches(labels.Set(pod.Labels)), "the PodMonitor misses %s", pod.Name)
		named := map[string]int32{}
		for _, port := range pod.Spec.Containers[0].Ports {
			named[port.Name] = port.ContainerPort
		}
		for i, number := range []int32{9187, 9188} {
			endpoint := monitor.Spec.PodMetricsEndpoints[i]
			assert.Equal(t, "/metrics", endpoint.Path)
			assert.Equal(t, number, named[endpoint.Port], "port %s of %s", endpoint.Port, pod.Name)
		}
		assert.Equal(t, before[i].UID, pod.UID, "%s was restarted", pod.Name)
	}

	var rule struct {
		Metadata metav1.ObjectMeta
		Spec     monitoring.RuleFile
	}
	w.mustGet(t, "prometheusrules", &rule)
	assert.Equal(t, "prometheus", rule.Metadata.Labels["release"])
	require.Len(t, rule.Spec.Groups, 1)
	assert.Greater(t, len(rule.Spec.Groups[0].Rules), 15)
	boards, err := w.Cluster.Kube.CoreV1().ConfigMaps(w.Namespace).Get(t.Context(), "ci-dashboards", metav1.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, "1", boards.Labels["grafana_dashboard"])
	assert.Len(t, boards.Data, 3)

	w.Set(t, kit.Config{"podMonitor": "", "monitoring": ""})
	w.MustUp(t)
}

// mustGet reads an object of the Prometheus operator's, which is called like the cluster.
func (w *separated) mustGet(t *testing.T, plural string, into any) {
	t.Helper()
	path := fmt.Sprintf("/apis/monitoring.coreos.com/v1/namespaces/%s/%s/ci", w.Namespace, plural)
	text, err := w.Cluster.Kube.RESTClient().Get().AbsPath(path).DoRaw(t.Context())
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

// tellsWhatIsListed holds the list that rules and panels are held against
// (monitoring/testdata/exposed.txt) against the cluster: what is listed for a role, some pod of
// that role tells.
func (w *separated) tellsWhatIsListed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(kit.Repo(t), "monitoring", "testdata", "exposed.txt"))
	require.NoError(t, err)
	kit.Eventually(t, time.Minute, "all metrics that are listed", func() error {
		brokers, err := w.told(t.Context(), w.Brokers)
		if err != nil {
			return err
		}
		controllers, err := w.told(t.Context(), w.Controllers)
		if err != nil {
			return err
		}
		var missing []string
		listed := map[string]bool{}
		for line := range strings.Lines(string(text)) {
			role, name, _ := strings.Cut(strings.TrimSpace(line), " ")
			listed[name] = true
			tells := map[string]bool{"broker": brokers[name], "controller": controllers[name], "node": brokers[name] && controllers[name]}
			if is, ours := tells[role]; ours && !is {
				missing = append(missing, role+" "+name)
			}
		}
		for name := range brokers {
			if strings.HasPrefix(name, "kafka_") && !listed[name] {
				t.Logf("%s is told, and not listed", name)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("not told: %s", strings.Join(missing, ", "))
		}
		return nil
	})
}

// told are the names of all metrics that any of the pods tells.
func (w *separated) told(ctx context.Context, pods []string) (map[string]bool, error) {
	names := map[string]bool{}
	for _, pod := range pods {
		for _, port := range []string{ofKafka, ofAgent} {
			text, err := w.scrape(ctx, pod, port)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(string(text)) {
				if name, _, ok := strings.Cut(line, " "); ok && name != "#" {
					name, _, _ = strings.Cut(name, "{")
					names[name] = true
				}
			}
		}
	}
	return names, nil
}

// scrape is what a pod says at one of its ports for metrics.
func (w *separated) scrape(ctx context.Context, pod, port string) ([]byte, error) {
	return w.Cluster.Kube.CoreV1().RESTClient().Get().Namespace(w.Namespace).Resource("pods").
		Name(pod + ":" + port).SubResource("proxy").Suffix("metrics").DoRaw(ctx)
}

// mustExport waits until the pod's exporter has told every one of the series.
func (w *separated) mustExport(t *testing.T, pod string, series []string) {
	t.Helper()
	w.mustTell(t, pod, ofKafka, series)
}

func (w *separated) mustTell(t *testing.T, pod, port string, series []string) {
	t.Helper()
	kit.Eventually(t, 30*time.Second, "metrics of "+pod, func() error {
		text, err := w.scrape(t.Context(), pod, port)
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
