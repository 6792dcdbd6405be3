package monitoring

import (
	"fmt"
	"time"
)

// Severity is how soon somebody has to look.
type Severity string

const (
	// Critical is now: records cannot be written or read, or are in danger.
	Critical Severity = "critical"
	// Warning is today: something is lost that the cluster can do without for a while.
	Warning Severity = "warning"
)

// runbooks is where the alerts are explained, each under its name.
const runbooks = "https://github.com/kafka-kraft/kafka-kraft/blob/main/docs/monitoring.md"

// Rule is an alert.
type Rule struct {
	// Alert is its name, and the heading of what docs/monitoring.md says about it.
	Alert string
	// Expr is what must be so, in PromQL.
	Expr string
	// For is how long it must be so, in whole minutes.
	For time.Duration
	// Severity is a label of the alert, beside cluster and namespace.
	Severity Severity
	// Summary is one line, Description what it means for whoever is woken. Both may have
	// templates of Prometheus.
	Summary, Description string
}

// Rules are the alerts of a cluster, those about the quorum first. They are about what has no
// other explanation than a fault: a roll, which restarts one pod after another, sets off none.
func (c Cluster) Rules() []Rule {
	var rules []Rule
	for _, about := range []func() []Rule{c.quorum, c.replicas, c.membership, c.nodes, c.certificates, c.consumers} {
		rules = append(rules, about()...)
	}
	return rules
}

func (c Cluster) quorum() []Rule {
	active := "sum(" + c.perPod("kafka_controller_kafkacontroller_activecontrollercount") + ")"
	lag := onePerPod(c.of("kafka_server_broker_metadata_metrics_last_applied_record_lag_ms") +
		" or " + c.of("kafka_controller_kafkacontroller_lastappliedrecordlagms"))
	return []Rule{
		{
			Alert: "KafkaNoActiveController", Expr: active + " == 0", For: 2 * time.Minute, Severity: Critical,
			Summary:     c.kafka() + " has no active controller.",
			Description: "No controller leads the quorum. Leaders of partitions that fail are not replaced, and no topic can be made or changed.",
		}, {
			Alert: "KafkaSeveralActiveControllers", Expr: active + " > 1", For: 3 * time.Minute, Severity: Critical,
			Summary:     c.kafka() + " has {{ $value }} active controllers.",
			Description: "More than one controller believes that it leads the quorum, so nodes that follow different ones see different metadata.",
		}, {
			Alert: "KafkaNodeWithoutLeader", Expr: c.perPod("kafka_server_raftmetrics_current_leader") + " < 0", For: 3 * time.Minute, Severity: Warning,
			Summary:     "{{ $labels.pod }} knows no leader of the quorum.",
			Description: "The node cannot reach the quorum, or there is none. Without it a broker learns of no change, and is fenced.",
		}, {
			Alert: "KafkaMetadataLag", Expr: lag + " > 30000", For: 5 * time.Minute, Severity: Warning,
			Summary:     "{{ $labels.pod }} is {{ $value | humanize }} ms behind in metadata.",
			Description: "The quorum writes at least twice a second, and the node has applied nothing for half a minute: it works with old leaders, topics and settings.",
		}, {
			Alert:       "KafkaMetadataErrors",
			Expr:        c.metadataErrors() + " > 0",
			Severity:    Critical,
			Summary:     "{{ $labels.pod }} could not apply {{ $value }} changes of metadata.",
			Description: "The node goes on without a change that others have applied, so that it may serve what is no longer so.",
		},
	}
}

// metadataErrors are counted under three names, of which a node has those of its roles.
func (c Cluster) metadataErrors() string {
	return onePerPod(c.of("kafka_server_broker_metadata_metrics_metadata_load_error_count") + " > 0 or " +
		c.of("kafka_server_broker_metadata_metrics_metadata_apply_error_count") + " > 0 or " +
		c.of("kafka_controller_kafkacontroller_metadataerrorcount"))
}

func (c Cluster) replicas() []Rule {
	return []Rule{
		{
			Alert: "KafkaOfflinePartitions", Expr: "max(" + c.perPod("kafka_controller_kafkacontroller_offlinepartitionscount") + ") > 0",
			For: time.Minute, Severity: Critical,
			Summary:     "{{ $value }} partitions of " + c.kafka() + " have no leader.",
			Description: "Nobody can write to them or read from them: no replica that has all records is there.",
		}, {
			Alert: "KafkaUnderMinISR", Expr: "sum(" + c.perPod("kafka_server_replicamanager_underminisrpartitioncount") + ") > 0",
			For: 2 * time.Minute, Severity: Critical,
			Summary:     "{{ $value }} partitions of " + c.kafka() + " have fewer replicas in sync than min.insync.replicas.",
			Description: "Producers with acks=all, which is the default, cannot write to them.",
		}, {
			Alert: "KafkaUnderReplicated", Expr: c.perPod("kafka_server_replicamanager_underreplicatedpartitions") + " > 0",
			For: 5 * time.Minute, Severity: Warning,
			Summary:     "{{ $value }} partitions that {{ $labels.pod }} leads are not in sync everywhere.",
			Description: "A replica is missing or falls behind. The next failure may make the partitions unavailable, and a roll waits.",
		}, {
			Alert: "KafkaUncleanElection", Expr: "max(" + onePerPod("increase("+c.of("kafka_controller_controllerstats_uncleanleaderelections_total")+"[10m])") + ") > 0",
			Severity:    Critical,
			Summary:     "A partition of " + c.kafka() + " got a leader that did not have all records.",
			Description: "Records that had been acknowledged are gone. It happens only where unclean.leader.election.enable is true, or when somebody asked for it.",
		}, {
			Alert: "KafkaOfflineLogDirectory", Expr: c.perPod("kafka_log_logmanager_offlinelogdirectorycount") + " > 0", For: time.Minute, Severity: Critical,
			Summary:     "{{ $labels.pod }} has lost a log directory.",
			Description: "Its volume failed to read or write, and Kafka does not try again before it is restarted.",
		}, {
			Alert: "KafkaLogCleanerDead", Expr: c.perPod("kafka_log_logcleaner_deadthreadcount") + " > 0", For: 5 * time.Minute, Severity: Warning,
			Summary:     "The log cleaner of {{ $labels.pod }} is dead.",
			Description: "Compacted topics, and __consumer_offsets with them, grow until the volume is full.",
		}, {
			Alert: "KafkaUncleanablePartitions", Expr: c.perPod("kafka_log_logcleanermanager_uncleanable_partitions_count") + " > 0", For: 15 * time.Minute, Severity: Warning,
			Summary:     "{{ $labels.pod }} does not clean {{ $value }} partitions any more.",
			Description: "The cleaner failed on them and leaves them alone; they grow until the volume is full.",
		},
	}
}

func (c Cluster) membership() []Rule {
	rules := []Rule{
		{
			Alert: "KafkaBrokerFenced", Expr: "max(" + c.perPod("kafka_controller_kafkacontroller_fencedbrokercount") + ") > 0", For: 5 * time.Minute, Severity: Warning,
			Summary:     "{{ $value }} brokers of " + c.kafka() + " are fenced.",
			Description: "They are registered, but do not tell the quorum that they live, and lead nothing.",
		}, {
			Alert: "KafkaScrapeFails", Expr: c.up() + " == 0", For: 5 * time.Minute, Severity: Warning,
			Summary:     "{{ $labels.pod }} does not answer Prometheus.",
			Description: "The pod is there, and its exporter does not answer: Kafka is starting, hangs or is out of memory. All that the other alerts know of it is missing.",
		}, {
			Alert:       "KafkaRestarts",
			Expr:        "changes(" + c.perPod("process_start_time_seconds") + "[30m:1m]) > 2",
			Severity:    Warning,
			Summary:     "{{ $labels.pod }} was restarted {{ $value }} times within half an hour.",
			Description: "It does not stay up: out of memory, a volume that fails, a setting that Kafka refuses, or a liveness probe that kills it.",
		},
	}
	if members := c.members(); members > 0 {
		rules = append(rules, Rule{
			Alert: "KafkaMembersMissing", Expr: fmt.Sprintf("(count(%s) or vector(0)) < %d", c.up(), members),
			For: 5 * time.Minute, Severity: Critical,
			Summary:     fmt.Sprintf("Prometheus sees {{ $value }} of the %d pods of %s.", members, c.kafka()),
			Description: "Pods are gone, or Prometheus does not look for them any more. With 0, no other alert of this cluster can fire.",
		})
	}
	return rules
}

func (c Cluster) nodes() []Rule {
	rules := []Rule{
		{
			Alert: "KafkaRequestHandlersBusy", Expr: c.perPod("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent") + " < 0.2",
			For: 10 * time.Minute, Severity: Warning,
			Summary:     "The request handlers of {{ $labels.pod }} are idle for only {{ $value | humanizePercentage }} of the time.",
			Description: "Requests wait for a thread: clients and replication become slow.",
		}, {
			Alert: "KafkaNetworkThreadsBusy", Expr: c.perPod("kafka_network_socketserver_networkprocessoravgidlepercent") + " < 0.2",
			For: 10 * time.Minute, Severity: Warning,
			Summary:     "The network threads of {{ $labels.pod }} are idle for only {{ $value | humanizePercentage }} of the time.",
			Description: "Requests wait until they are read, and answers until they are sent.",
		},
	}
	if claims := c.claims(); claims != "" {
		free, size := c.volume("available", claims), c.volume("capacity", claims)
		rules = append(rules, Rule{
			Alert: "KafkaVolumeFillsUp",
			Expr:  fmt.Sprintf("%[1]s / %[2]s < 0.05 or (%[1]s / %[2]s < 0.3 and predict_linear(%[1]s[6h], 86400) < 0)", free, size),
			For:   15 * time.Minute, Severity: Critical,
			Summary:     "Volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left.",
			Description: "It is full, or will be within a day if it goes on like this. Kafka stops when it cannot write.",
		})
	}
	return rules
}

// volume are the series of what the kubelet tells about volumes. The shared volume is a
// directory of its node, about which no kubelet tells.
func (c Cluster) volume(what, claims string) string {
	return fmt.Sprintf(`kubelet_volume_stats_%s_bytes{namespace=%q,persistentvolumeclaim=~%q}`, what, c.Plan.Namespace, claims)
}
