package monitoring

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	healthy = 10 * time.Minute // how long the cluster is well before something happens to it
	watched = 60 * time.Minute
)

// series are values of a minute each, in the notation of Prometheus' own tests.
type series map[string]string

// fault is what happens to a cluster that is well, and the one alert that it sets off.
type fault struct {
	alert string
	pod   string        // or group, that the alert names; "" for an alert of the whole cluster
	after time.Duration // what the expression itself takes to become true
	happens
}

// happens are values from the first minute of the fault on: of pods, and beside the pods.
type happens struct {
	pods   map[string]series // by pod
	claims series            // of volumes
}

func one(pod, metric, values string) happens {
	return happens{pods: map[string]series{pod: {metric: values}}}
}

func controllers(metric, values string) happens {
	h := happens{pods: map[string]series{}}
	for _, pod := range clusters["ci"].Plan.Pools[0].Pods() {
		h.pods[pod] = series{metric: values}
	}
	return h
}

const (
	broker     = "ci-kafka-broker-1"
	controller = "ci-kafka-controller-1"
	volume     = "data-ci-kafka-broker-1"
)

var faults = map[string]fault{
	"nobody leads":              {"KafkaNoActiveController", "", 0, one("ci-kafka-controller-0", "kafka_controller_kafkacontroller_activecontrollercount", "0x60")},
	"two lead":                  {"KafkaSeveralActiveControllers", "", 0, one(controller, "kafka_controller_kafkacontroller_activecontrollercount", "1x60")},
	"a broker knows no leader":  {"KafkaNodeWithoutLeader", broker, 0, one(broker, "kafka_server_raftmetrics_current_leader", "-1x60")},
	"a voter knows no leader":   {"KafkaNodeWithoutLeader", controller, 0, one(controller, "kafka_server_raftmetrics_current_leader", "-1x60")},
	"a broker is behind":        {"KafkaMetadataLag", broker, 0, one(broker, "kafka_server_broker_metadata_metrics_last_applied_record_lag_ms", "45000x60")},
	"a controller is behind":    {"KafkaMetadataLag", controller, 0, one(controller, "kafka_controller_kafkacontroller_lastappliedrecordlagms", "45000x60")},
	"a record is not applied":   {"KafkaMetadataErrors", broker, 0, one(broker, "kafka_server_broker_metadata_metrics_metadata_apply_error_count", "1x60")},
	"a record is not loaded":    {"KafkaMetadataErrors", broker, 0, one(broker, "kafka_server_broker_metadata_metrics_metadata_load_error_count", "1x60")},
	"a controller's error":      {"KafkaMetadataErrors", controller, 0, one(controller, "kafka_controller_kafkacontroller_metadataerrorcount", "2x60")},
	"partitions without leader": {"KafkaOfflinePartitions", "", 0, controllers("kafka_controller_kafkacontroller_offlinepartitionscount", "4x60")},
	"too few in sync":           {"KafkaUnderMinISR", "", 0, one(broker, "kafka_server_replicamanager_underminisrpartitioncount", "3x60")},
	"a replica is behind":       {"KafkaUnderReplicated", broker, 0, one(broker, "kafka_server_replicamanager_underreplicatedpartitions", "3x60")},
	"an unclean election":       {"KafkaUncleanElection", "", 0, controllers("kafka_controller_controllerstats_uncleanleaderelections_total", "1x60")},
	"a directory fails":         {"KafkaOfflineLogDirectory", broker, 0, one(broker, "kafka_log_logmanager_offlinelogdirectorycount", "1x60")},
	"the cleaner dies":          {"KafkaLogCleanerDead", broker, 0, one(broker, "kafka_log_logcleaner_deadthreadcount", "1x60")},
	"the cleaner gives up":      {"KafkaUncleanablePartitions", broker, 0, one(broker, "kafka_log_logcleanermanager_uncleanable_partitions_count", "2x60")},
	"a broker is fenced":        {"KafkaBrokerFenced", "", 0, controllers("kafka_controller_kafkacontroller_fencedbrokercount", "1x60")},
	"a pod does not answer":     {"KafkaScrapeFails", broker, 0, one(broker, "up", "0x60")},
	"it starts again and again": {"KafkaRestarts", broker, 3 * time.Minute, one(broker, "process_start_time_seconds", "600 660 720 780x60")},
	"a pod is gone":             {"KafkaMembersMissing", "", 0, one(broker, "up", "stale _x60")},
	"handlers have no time":     {"KafkaRequestHandlersBusy", broker, 0, one(broker, "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent", "0.1x60")},
	"the network has no time":   {"KafkaNetworkThreadsBusy", controller, 0, one(controller, "kafka_network_socketserver_networkprocessoravgidlepercent", "0.1x60")},
	"a volume is full":          {"KafkaVolumeFillsUp", "", 0, happens{claims: series{"available": "1e8x60"}}},
	"a certificate ends":        {"KafkaCertificateEnds", broker, 0, one(broker, "kafka_kraft_agent_certificate_not_after_seconds", "1.2e6x60")},
	"a CA ends":                 {"KafkaAuthorityEnds", controller, 0, one(controller, "kafka_kraft_agent_ca_not_after_seconds", "4e6x60")},
	"a group falls behind":      {"KafkaConsumerLagGrows", "orders", 15 * time.Minute, one(broker, "kafka_consumergroup_lag_sum", "100+50x60")},
	"a volume fills up":         {"KafkaVolumeFillsUp", "", 5 * time.Minute, happens{claims: series{"available": "1.4e9-4e6x60"}}},
}

// Each fault sets off its alert, not before it has lasted long enough, and no other one; and
// there is a fault for each alert.
func TestFaults(t *testing.T) {
	tried := map[string]bool{}
	for name, f := range faults {
		tried[f.alert] = true
		t.Run(name, func(t *testing.T) {
			firing := watch(t, values(f.happens))
			lasts := time.Duration(-1)
			for _, rule := range clusters["ci"].Rules() {
				if rule.Alert == f.alert {
					lasts = rule.For
				}
			}
			require.GreaterOrEqual(t, lasts, time.Duration(0), "no such alert")
			want := f.alert
			if f.pod != "" {
				want += " " + f.pod
			}
			if f.claims != nil {
				want += " " + volume
			}
			for at := time.Duration(0); at <= watched; at += time.Minute {
				switch {
				case at < healthy+lasts:
					assert.Empty(t, firing[at], "too early, after %s", at)
				case at > healthy+lasts+f.after && at < healthy+lasts+f.after+8*time.Minute:
					assert.Equal(t, []string{want}, firing[at], "after %s", at)
				default:
					assert.Subset(t, []string{want}, firing[at], "after %s", at)
				}
			}
		})
	}
	for _, rule := range clusters["ci"].Rules() {
		assert.Contains(t, tried, rule.Alert, "no fault sets it off")
	}
}

func TestHealthyClusterIsLeftAlone(t *testing.T) {
	assertQuiet(t, watch(t, values(happens{})))
}

// A roll restarts one pod after another: for two minutes each it does not answer, its
// replicas are missing, and when it led the quorum another one does. Nobody is woken.
func TestRollIsLeftAlone(t *testing.T) {
	h := happens{pods: map[string]series{}}
	for i, pod := range pods() {
		h.pods[pod] = series{
			"up":                         fmt.Sprintf("1x%d 0x1 1x60", 3*i),
			"process_start_time_seconds": fmt.Sprintf("0x%d _x1 900x60", 3*i),
		}
	}
	h.pods["ci-kafka-broker-0"]["kafka_server_replicamanager_underreplicatedpartitions"] = "0x12 5x1 0x1 5x1 0x60"
	h.pods["ci-kafka-broker-1"]["kafka_server_replicamanager_underreplicatedpartitions"] = "0x9 5x1 0x4 5x1 0x60"
	h.pods["ci-kafka-broker-2"]["kafka_server_raftmetrics_current_leader"] = "1000x1 -1x1 1001x60"
	h.pods["ci-kafka-controller-0"]["kafka_controller_kafkacontroller_activecontrollercount"] = "_x1 0x60"
	h.pods["ci-kafka-controller-1"]["kafka_controller_kafkacontroller_activecontrollercount"] = "0 1x60"
	for _, pod := range clusters["ci"].Plan.Pools[0].Pods() {
		h.pods[pod]["kafka_controller_kafkacontroller_fencedbrokercount"] = "0x9 1x1 0x1 1x1 0x1 1x1 0x60"
	}
	assertQuiet(t, watch(t, values(h)))
}

func assertQuiet(t *testing.T, firing map[time.Duration][]string) {
	t.Helper()
	for at, alerts := range firing {
		assert.Empty(t, alerts, "after %s", at)
	}
}

func pods() []string {
	var all []string
	for _, pool := range clusters["ci"].Plan.Pools {
		all = append(all, pool.Pods()...)
	}
	return all
}

// values are those of a cluster that is well until something happens, and of others beside it
// with every fault there is, which are none of its business.
func values(h happens) map[string]string {
	all := map[string]string{}
	put := func(metric, selects, before, after string) {
		if after == "" {
			all[metric+"{"+selects+"}"] = before + "x100"
			return
		}
		// "vx9" is a value ten times.
		all[metric+"{"+selects+"}"] = fmt.Sprintf("%sx%d %s", before, int(healthy/time.Minute)-1, after)
	}
	for _, pod := range pods() {
		for metric, value := range well(pod) {
			// Two jobs scrape every pod, by a PodMonitor and by annotations; it counts once.
			for _, job := range []string{"kafka-kraft-ci/ci", "kubernetes-pods"} {
				put(metric, fmt.Sprintf(`namespace="kafka-kraft-ci",pod=%q,job=%q%s`, pod, job, more[metric]), value, h.pods[pod][metric])
			}
		}
	}
	for _, pool := range clusters["ci"].Plan.Pools {
		for _, pod := range pool.Pods() {
			claim := "data-" + pod
			changed := ""
			if claim == volume {
				changed = h.claims["available"]
			}
			selects := fmt.Sprintf(`namespace="kafka-kraft-ci",persistentvolumeclaim=%q`, claim)
			put("kubelet_volume_stats_available_bytes", selects, "4e9", changed)
			put("kubelet_volume_stats_capacity_bytes", selects, "5e9", "")
		}
	}
	for metric := range well("ci-kafka-broker-0") {
		bad := "7"
		switch metric {
		case "up", "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent", "kafka_network_socketserver_networkprocessoravgidlepercent":
			bad = "0"
		case "kafka_server_raftmetrics_current_leader":
			bad = "-1"
		}
		put(metric, `namespace="kafka-kraft-ci",pod="other-kafka-broker-0"`, bad, "")
		put(metric, `namespace="elsewhere",pod="ci-kafka-broker-0"`, bad, "")
	}
	return all
}

// more are labels of metrics that are told for more than the node.
var more = map[string]string{
	"kafka_log_logcleanermanager_uncleanable_partitions_count": `,logDirectory="\"/var/lib/kafka/data/log\""`,
	"kafka_consumergroup_lag_sum":                              `,consumergroup="orders",topic="order"`,
}

// well is what a pod tells when all is well.
func well(pod string) map[string]string {
	told := map[string]string{
		"up": "1", "process_start_time_seconds": "0", "kafka_server_raftmetrics_current_leader": "1000",
		"kafka_kraft_agent_certificate_not_after_seconds": "7.8e6", "kafka_kraft_agent_certificate_not_before_seconds": "-7e6",
		"kafka_kraft_agent_ca_not_after_seconds":                             "3e8",
		"kafka_network_socketserver_networkprocessoravgidlepercent":          "0.9",
		"kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent": "0.9",
	}
	if strings.Contains(pod, "-controller-") {
		active := "0"
		if strings.HasSuffix(pod, "-0") {
			active = "1"
		}
		maps.Copy(told, map[string]string{
			"kafka_controller_kafkacontroller_activecontrollercount":        active,
			"kafka_controller_kafkacontroller_lastappliedrecordlagms":       "300",
			"kafka_controller_kafkacontroller_metadataerrorcount":           "0",
			"kafka_controller_kafkacontroller_offlinepartitionscount":       "0",
			"kafka_controller_kafkacontroller_fencedbrokercount":            "0",
			"kafka_controller_controllerstats_uncleanleaderelections_total": "0",
		})
		return told
	}
	maps.Copy(told, map[string]string{
		"kafka_server_broker_metadata_metrics_last_applied_record_lag_ms": "300",
		"kafka_server_broker_metadata_metrics_metadata_load_error_count":  "0",
		"kafka_server_broker_metadata_metrics_metadata_apply_error_count": "0",
		"kafka_server_replicamanager_underminisrpartitioncount":           "0",
		"kafka_server_replicamanager_underreplicatedpartitions":           "0",
		"kafka_log_logmanager_offlinelogdirectorycount":                   "0",
		"kafka_log_logcleaner_deadthreadcount":                            "0",
		"kafka_log_logcleanermanager_uncleanable_partitions_count":        "0",
		"kafka_consumergroup_lag_sum":                                     "100",
	})
	return told
}

// watch lets Prometheus evaluate the rules every minute and returns what fires: an alert's name,
// and the pod, claim or group that it names.
func watch(t *testing.T, all map[string]string) map[time.Duration][]string {
	t.Helper()
	var load strings.Builder
	load.WriteString("load 1m\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		load.WriteString("  " + name + " " + all[name] + "\n")
	}
	storage := promqltest.LoadedStorage(t, load.String())
	defer func() { _ = storage.Close() }()
	query := rules.EngineQueryFunc(promqltest.NewTestEngine(t, false, 0, math.MaxInt32), storage)
	text, err := clusters["ci"].RuleFile().YAML()
	require.NoError(t, err)
	groups, errs := rulefmt.Parse(text, false, model.UTF8Validation, language, nil)
	require.Empty(t, errs)
	var alerts []*rules.AlertingRule
	for _, rule := range groups.Groups[0].Rules {
		expr, err := language.ParseExpr(rule.Expr)
		require.NoError(t, err)
		alerts = append(alerts, rules.NewAlertingRule(rule.Alert, expr, time.Duration(rule.For), 0,
			labels.FromMap(rule.Labels), labels.FromMap(rule.Annotations), labels.EmptyLabels(), "", true, nil))
	}
	firing := map[time.Duration][]string{}
	for at := time.Duration(0); at <= watched; at += time.Minute {
		firing[at] = []string{}
		for _, alert := range alerts {
			_, err := alert.Eval(t.Context(), 0, time.Unix(0, 0).Add(at), query, nil, 0)
			require.NoError(t, err, alert.Name())
			for _, active := range alert.ActiveAlerts() {
				if active.State != rules.StateFiring {
					continue
				}
				assert.NotContains(t, active.Annotations.String(), "error expanding", alert.Name())
				assert.Equal(t, "ci", active.Labels.Get("cluster"))
				what := []string{alert.Name(), active.Labels.Get("pod"), active.Labels.Get("persistentvolumeclaim"), active.Labels.Get("consumergroup")}
				firing[at] = append(firing[at], strings.Join(slices.DeleteFunc(what, func(part string) bool { return part == "" }), " "))
			}
		}
	}
	return firing
}

// Lag that goes up and down, that a burst leaves behind, or that nobody adds to, is no fault.
func TestLagThatDoesNotGrowIsLeftAlone(t *testing.T) {
	for name, lag := range map[string]string{
		"up and down": "100 900 50 700 20 1000 80 900 10 800 90 1000 100 900 50 700 20 1000 80 900 10 800 90 1000x30",
		"higher peaks, each worked off": "100 900 50 1000 20 1100 80 1200 10 1300 90 1400 100 1500 50 1600 20 1700 80 1800 10 1900 90 2000 " +
			"100 2100 50 2200 20 2300 80 2400 10 2500 90 2600 100 2700 50 2800 20 2900 80 3000 10 3100 90 3200x30",
		"a burst":    "90000x60",
		"worked off": "90000-1000x60",
	} {
		t.Run(name, func(t *testing.T) {
			assertQuiet(t, watch(t, values(one(broker, "kafka_consumergroup_lag_sum", lag))))
		})
	}
}

// The agent answers Prometheus also while Kafka does not, which must hide nothing.
func TestAgentsAnswerIsNotKafkas(t *testing.T) {
	all := values(one(broker, "up", "0x60"))
	all[fmt.Sprintf(`up{namespace="kafka-kraft-ci",pod=%q,job="kafka-kraft-ci/ci",endpoint="agent-metrics"}`, broker)] = "1x100"
	lasts := healthy + 6*time.Minute
	assert.Equal(t, []string{"KafkaScrapeFails " + broker}, watch(t, all)[lasts])
}

// Certificates that live for a week are told of when they are late, not all the time.
func TestShortCertificatesAreLeftAlone(t *testing.T) {
	of := func(until string) happens {
		h := happens{pods: map[string]series{}}
		for _, pod := range pods() {
			h.pods[pod] = series{
				"kafka_kraft_agent_certificate_not_before_seconds": "-5e5x60",
				"kafka_kraft_agent_certificate_not_after_seconds":  until + "x60",
				"kafka_kraft_agent_ca_not_after_seconds":           "1.5e6x60",
			}
		}
		return h
	}
	assertQuiet(t, watch(t, values(of("5e5"))))
	assert.Len(t, watch(t, values(of("1e5")))[watched], len(pods()), "a day is left of them")
}
