package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/stackfile"
)

// good is a stack of each topology with nothing wrong.
var good = map[string]map[string]string{
	"combined": {"context": "kafka-kraft-local"},
	"separated": {
		"context": "kafka-kraft-local", "topology": "separated",
		"storage": `{"mode":"perPod"}`,
	},
}

func TestGoodConfigurations(t *testing.T) {
	more := map[string]map[string]string{
		"one node":             {"brokers": "1"},
		"seven nodes":          {"brokers": "7"},
		"controllers said":     {"controllers": "3"},
		"existing namespace":   {"createNamespace": "false", "namespace": "default"},
		"adopted id":           {"clusterId": "5L6g3nShT-eMCtK--X86sw"},
		"id with a dash first": {"clusterId": "-L6g3nShT-eMCtK--X86sw"},
		"ready image":          {"image": "ghcr.io/me/kafka:4.4.0"},
		"image by digest":      {"image": "localhost:5050/a/b@sha256:" + strings.Repeat("0a", 32), "imagePullPolicy": "Always"},
		"other version":        {"image": "me/kafka", "kafkaVersion": "4.2.0"},
		"base by digest":       {"imageBase": "debian:trixie-slim@sha256:" + strings.Repeat("0a", 32)},
		"registry with path":   {"imageRegistry": "ghcr.io/me", "imagePullPolicy": "Always"},
		"min in sync of one":   {"brokers": "1", "minInSyncReplicas": "1", "replicationFactor": "1"},
		"bare number quantity": {"broker": `{"cpuRequest":1}`},
		"claims":               {"storage": `{"mode":"perPod","className":"fast","size":"1Ti","metadataSize":"1Gi"}`},
		"external":             {"external": `{"type":"nodePort","host":"10.0.0.1","basePort":30000}`},
		"external by name":     {"external": `{"type":"nodePort","host":"node.example.com","basePort":32764}`},
		"external by IPv6":     {"external": `{"type":"nodePort","host":"fd00::1","basePort":31000}`},
		"tolerations":          {"scheduling": `{"tolerations":[{"operator":"Exists"},{"key":"a/b","value":"c","effect":"NoSchedule"}]}`},
		"anywhere":             {"scheduling": `{"antiAffinity":"none","spreadKey":"","nodeSelector":{"disk":"ssd"},"priorityClass":"high"}`},
		"properties":           {"broker": `{"properties":{"num.partitions":3,"log.retention.hours":"-1","unclean.leader.election.enable":true}}`},
		"letters of any kind":  {"broker": `{"properties":{"broker.rack":"Zürich"}}`},
		"a plugin's property":  {"broker": `{"properties":{"my.plugin.key":"x"}}`, "waive": `["unknown-property"]`},
		"another release's":    {"broker": `{"properties":{"new.in.it":"x"}}`, "image": "me/kafka", "kafkaVersion": "4.9.0"},
		"the former release":   {"kafkaVersion": "4.3.1"},
		"features of it":       {"kafkaVersion": "4.3.1", "features": "4.3"},
		"features":             {"features": "4.4"},
		"older features":       {"features": "4.3"},
		"features held":        {"features": "hold"},
		"of a later release":   {"features": "4.4", "image": "me/kafka", "kafkaVersion": "4.9.0"},
		"a later one's":        {"broker": `{"properties":{"max.decompressed.message.bytes":"1000"}}`},
		"JVM flags":            {"broker": `{"jvmOptions":"-XX:+UseZGC -Dfoo=bar"}`},
		"pod monitor":          {"podMonitor": "true"},
		"pod monitor, labeled": {"podMonitor": "true", "monitoring": `{"labels":{"release":"prometheus"}}`},
		"monitoring":           {"monitoring": `{"podMonitor":true,"rules":true,"dashboards":true,"labels":{"example.com/team":"a"},"dashboardLabels":{"grafana_dashboard":"yes"}}`},
		"no stop gate":         {"stopGateSeconds": "0"},
		"waived rules":         {"waive": `["image-digest","pod-security"]`},
		"said as by default":   {"controller": `{"heap":"256Mi"}`, "controllerIds": "1000", "storage": `{"controllerSize":"2Gi"}`, "retainData": "true"},
		"no waived rule":       {"waive": `[]`},
		"an empty volume":      {"storage": `{"mode":"perPod"}`, "replace": `{"kafka-1":20261128}`, "topology": "combined"},
		"longest name":         {"clusterName": strings.Repeat("k", 52)},
		"topics":               {"topics": `{"a":{},"b.c":{"partitions":3,"replicationFactor":3,"configs":{"retention.ms":-1,"preallocate":true},"deletionProtection":false,"adopt":true}}`},
		"quotas":               {"quotas": `{"x":{"user":"<default>","requestPercentage":12.5},"y":{"user":"a","clientId":"b","producerByteRate":"1Mi","consumerByteRate":1000}}`},
	}
	for name, base := range good {
		t.Run(name, func(t *testing.T) { require.NoError(t, judge(base)) })
	}
	for name, keys := range more {
		t.Run(name, func(t *testing.T) { require.NoError(t, judge(merged(good["combined"], keys))) })
	}
}

func judge(keys map[string]string) error {
	config, err := Parse(keys)
	if err != nil {
		return err
	}
	return config.Validate()
}

func merged(base, more map[string]string) map[string]string {
	all := map[string]string{}
	for _, keys := range []map[string]string{base, more} {
		for key, value := range keys {
			all[key] = value
		}
	}
	return all
}

// bad is one mistake: the key that it is in, and how it is written. Keys with a dot
// are fields of an object.
type bad struct{ key, value, says string }

var badCombined = []bad{
	{"context", "", "must name a context"},
	{"topology", "", "combined or separated"},
	{"topology", "Combined", "combined or separated"},
	{"topology", "mixed", "combined or separated"},
	{"brokers", "0", "from 1 to 100"},
	{"brokers", "-1", "from 1 to 100"},
	{"brokers", "2", "must be odd"},
	{"brokers", "4", "must be odd"},
	{"brokers", "8", "must be odd"},
	{"brokers", "11", "9 voters are enough"},
	{"brokers", "101", "from 1 to 100"},
	{"brokers", "2147483648", "from 1 to 100"},
	{"brokers", "99999999999999999999", "whole number"},
	{"brokers", "three", "whole number"},
	{"brokers", "3.0", "whole number"},
	{"brokers", "3 ", "whole number"},
	{"brokers", "0x3", "whole number"},
	{"brokers", "", "whole number"},
	{"brokers", "true", "whole number"},
	{"brokers", "{}", "whole number"},
	{"brokers", "[3]", "whole number"},
	{"controllers", "2", "must be odd"},
	{"controllers", "4", "must be odd"},
	{"controllers", "1", "every node of a combined cluster"},
	{"controllers", "5", "every node of a combined cluster"},
	{"controllers", "-1", "from 1 to 9"},
	{"controllers", "11", "from 1 to 9"},
	{"controllers", "many", "whole number"},
	{"brokerIds", "-1", "must be from 0"},
	{"brokerIds", "2147483647", "must be from 0"},
	{"brokerIds", "first", "whole number"},
	{"controllerIds", "-5", "must be from 0"},
	{"controllerIds", "4294967296", "must be from 0"},
	{"clusterName", "", "lower-case letters"},
	{"clusterName", "Kafka", "lower-case letters"},
	{"clusterName", "1kafka", "lower-case letters"},
	{"clusterName", "-kafka", "lower-case letters"},
	{"clusterName", "kafka-", "lower-case letters"},
	{"clusterName", "kafka_1", "lower-case letters"},
	{"clusterName", "kafka.1", "lower-case letters"},
	{"clusterName", "ka fka", "lower-case letters"},
	{"clusterName", "kafka\n", "lower-case letters"},
	{"clusterName", "käfka", "lower-case letters"},
	{"clusterName", strings.Repeat("k", 53), "no longer than 52"},
	{"clusterName", strings.Repeat("k", 63), "no longer than 52"},
	{"clusterName", strings.Repeat("k", 64), "lower-case letters"},
	{"clusterName", strings.Repeat("k", 1000), "lower-case letters"},
	{"namespace", "", "DNS label"},
	{"namespace", "Kafka", "DNS label"},
	{"namespace", "a.b", "DNS label"},
	{"namespace", strings.Repeat("n", 64), "DNS label"},
	{"namespace", "default", "Kubernetes' own"},
	{"namespace", "kube-system", "Kubernetes' own"},
	{"namespace", "kube-public", "Kubernetes' own"},
	{"createNamespace", "yes", "true or false"},
	{"createNamespace", "1", "true or false"},
	{"createNamespace", "True", "true or false"},
	{"createNamespace", "", "true or false"},
	{"clusterDomain", "", "DNS name"},
	{"clusterDomain", "cluster..local", "DNS name"},
	{"clusterDomain", ".local", "DNS name"},
	{"clusterDomain", "Cluster.Local", "DNS name"},
	{"clusterId", "short", "22 characters"},
	{"clusterId", "5L6g3nShT-eMCtK--X86s", "22 characters"},
	{"clusterId", "5L6g3nShT-eMCtK--X86sww", "22 characters"},
	{"clusterId", "5L6g3nShT+eMCtK//X86sw", "22 characters"},
	{"clusterId", "5L6g3nShT-eMCtK--X86sx", "22 characters"}, // not 16 bytes: the last two bits are not zero
	{"clusterId", "5L6g3nShT-eMCtK--X86sw==", "22 characters"},
	{"clusterId", "5L6g3nShT-eMCtK--X86s\n", "22 characters"},
	{"clusterId", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "22 characters"},
	{"stopped", "yes", "true or false"},
	{"stopped", "0", "true or false"},
	{"kafkaVersion", "", "must be 4.4.0 or 4.3.1"},
	{"kafkaVersion", "4", "must be 4.4.0 or 4.3.1"},
	{"kafkaVersion", "v4.4.0", "must be 4.4.0 or 4.3.1"},
	{"kafkaVersion", "4.3.0", "must be 4.4.0 or 4.3.1"},
	{"kafkaVersion", "4.2.0", "for another version give a ready kafka-kraft:image"},
	{"features", "", "must be hold, or a release that kafka-kraft:kafkaVersion 4.4.0 knows: 4.2, 4.3 or 4.4"},
	{"features", "Hold", "must be hold"},
	{"features", "4.4.0", "must be hold"},
	{"features", "33", "must be hold"},
	{"features", "4.5", "must be hold"},
	{"image", "Kafka", "image reference"},
	{"image", "kafka:", "image reference"},
	{"image", "kafka@sha256:abc", "image reference"},
	{"image", "https://ghcr.io/me/kafka", "image reference"},
	{"image", "ghcr.io//kafka", "image reference"},
	{"image", "kafka image", "image reference"},
	{"image", "kafka:la:test", "image reference"},
	{"imageContext", "/srv/image", "relative path"},
	{"imageContext", "../image", "relative path"},
	{"imageContext", "image/../../x", "relative path"},
	{"imageBase", "debian:trixie-slim", "by digest"},
	{"imageBase", "debian@sha256:1234", "by digest"},
	{"imageRegistry", "https://ghcr.io", "without https"},
	{"imageRegistry", "ghcr.io/", "without https"},
	{"imageRegistry", "gh cr.io", "without https"},
	{"imageRegistry", "localhost:port", "without https"},
	{"imagePullPolicy", "", "Always, IfNotPresent or Never"},
	{"imagePullPolicy", "always", "Always, IfNotPresent or Never"},
	{"imagePullPolicy", "Sometimes", "Always, IfNotPresent or Never"},
	{"imagePullPolicy", "Always", "cannot be pulled"},
	{"replicationFactor", "-1", "from 1 to"},
	{"replicationFactor", "4", "number of brokers (3)"},
	{"replicationFactor", "40000", "from 1 to"},
	{"replicationFactor", "all", "whole number"},
	{"minInSyncReplicas", "-1", "at least 1"},
	{"minInSyncReplicas", "3", "less than the replication factor (3)"},
	{"minInSyncReplicas", "4", "less than the replication factor (3)"},
	{"minInSyncReplicas", "x", "whole number"},
	{"storage", "shared", "must be an object"},
	{"storage", "[]", "must be an object"},
	{"storage", "null", "must be an object"},
	{"storage", "", "must be an object"},
	{"storage", "{", "must be an object"},
	{"storage", "{} {}", "must be an object"},
	{"storage.mode", `"tape"`, "shared or perPod"},
	{"storage.mode", `""`, "shared or perPod"},
	{"storage.mode", `"perpod"`, "shared or perPod"},
	{"storage.mode", `1`, "must be a text"},
	{"storage.mode", `null`, "must be a text"},
	{"storage.mode", `["shared"]`, "must be a text"},
	{"storage.hostPath", `""`, "absolute path"},
	{"storage.hostPath", `"data"`, "absolute path"},
	{"storage.hostPath", `"/"`, "absolute path"},
	{"storage.hostPath", `"/mnt/../etc"`, "absolute path"},
	{"storage.hostPath", `"/mnt/"`, "absolute path"},
	{"storage.hostPath", `"//mnt"`, "absolute path"},
	{"storage.hostPath", `"/mnt:ro"`, "absolute path"},
	{"storage.hostPath", `5`, "must be a text"},
	{"storage.node", `"Node_1"`, "kubectl get nodes"},
	{"storage.node", `1`, "must be a text"},
	{"storage.volumeName", `"Volume"`, "lower-case letters"},
	{"storage.volumeName", `"a_b"`, "lower-case letters"},
	{"storage.className", `"fast"`, "without a class"},
	{"storage.className", `"Fast Disks"`, "lower-case letters"},
	{"storage.size", `""`, "Kubernetes quantity"},
	{"storage.size", `"10 GB"`, "Kubernetes quantity"},
	{"storage.size", `"ten"`, "Kubernetes quantity"},
	{"storage.size", `"10gb"`, "Kubernetes quantity"},
	{"storage.size", `"-1Gi"`, "at least 1Mi"},
	{"storage.size", `"0"`, "at least 1Mi"},
	{"storage.size", `"1e300"`, "at most 1Pi"},
	{"storage.size", `true`, "must be a text"},
	{"storage.controllerSize", `"x"`, "Kubernetes quantity"},
	{"storage.controllerSize", `"0"`, "at least 1Mi"},
	{"storage.metadataSize", `"1Gi"`, "holds metadata, too"},
	{"storage.metadataSize", `"x"`, "Kubernetes quantity"},
	{"storage.sice", `"10Gi"`, "did you mean size"},
	{"storage.zzz", `1`, "known are"},
	{"broker.heap", `"2Gi"`, "leave a quarter"},
	{"broker.heap", `"705Mi"`, "leave a quarter and at least 320Mi of broker.memoryLimit (1Gi)"},
	{"broker.heap", `"1Mi"`, "at least 64Mi"},
	{"broker.heap", `""`, "Kubernetes quantity"},
	{"broker.heap", `"512m"`, "at least 64Mi"}, // the JVM's way to write it
	{"broker.heap", `"512mb"`, "Kubernetes quantity"},
	{"broker.heap", `"-512Mi"`, "at least 64Mi"},
	{"broker.heap", `{}`, "must be a text"},
	{"broker.cpuRequest", `""`, "Kubernetes quantity"},
	{"broker.cpuRequest", `"0"`, "at least 1m"},
	{"broker.cpuRequest", `"half"`, "Kubernetes quantity"},
	{"broker.cpuRequest", `-1`, "at least 1m"},
	{"broker.cpuLimit", `"100m"`, "must not be less"},
	{"broker.cpuLimit", `"x"`, "Kubernetes quantity"},
	{"broker.memoryRequest", `"2Gi"`, "must not be less"},
	{"broker.memoryRequest", `"a lot"`, "Kubernetes quantity"},
	{"broker.memoryRequest", `""`, "Kubernetes quantity"},
	{"broker.memoryLimit", `"1M"`, "at least 64Mi"},
	{"broker.memoryLimit", `""`, "Kubernetes quantity"},
	{"broker.memoryLimit", `"512Mi"`, "must not be less"},
	{"broker.ephemeralStorage", `""`, "Kubernetes quantity"},
	{"broker.ephemeralStorage", `"1Ki"`, "at least 64Mi"},
	{"broker.jvmOptions", `"XX:+UseZGC"`, "beginning with a dash"},
	{"broker.jvmOptions", `"-Xmx1g"`, "key of its own"},
	{"broker.jvmOptions", `"-Xms1g"`, "key of its own"},
	{"broker.jvmOptions", `"-Da=b\n-Dc=d"`, "one line"},
	{"broker.jvmOptions", `["-Da=b"]`, "must be a text"},
	{"broker.propertys", `{}`, "did you mean properties"},
	{"broker.properties", `"a=b"`, "object of texts"},
	{"broker.properties", `["a=b"]`, "object of texts"},
	{"broker.properties", `{"a":null}`, "text, a number, true or false"},
	{"broker.properties", `{"a":["b"]}`, "text, a number, true or false"},
	{"broker.properties", `{"":"x"}`, "not the name of a Kafka property"},
	{"broker.properties", `{"a b":"x"}`, "not the name of a Kafka property"},
	{"broker.properties", `{"a=b":"x"}`, "not the name of a Kafka property"},
	{"broker.properties", `{"#a":"x"}`, "not the name of a Kafka property"},
	{"broker.properties", `{"a":"b\nnode.id=7"}`, "one line"},
	{"broker.properties", `{"a":" b"}`, "begin or end with a space"},
	{"broker.properties", `{"a":"${POD_NAME}"}`, "must not hold ${"},
	{"broker.properties", `{"zookeeper.connect":"z:2181"}`, "ZooKeeper"},
	{"broker.properties", `{"num.partition":3}`, "did you mean num.partitions? (if a plugin of yours reads it, add unknown-property to kafka-kraft:waive)"},
	{"broker.properties", `{"log.retension.hours":"3"}`, "did you mean log.retention.hours"},
	{"broker.properties", `{"broker.rack":"a\u0085b"}`, "without control characters"},
	{"external.type", `"loadBalancer"`, "none or nodePort"},
	{"external.type", `""`, "none or nodePort"},
	{"moves.rebalance", `"all"`, "none, new or full"},
	{"logging", `{"format":"xml"}`, "logging.format: \"xml\": must be text or json"},
	{"logging", `{"form":"json"}`, "logging.form: unknown key; did you mean format?"},
	{"moves.throttle", `"fast"`, "Kubernetes quantity"},
	{"moves.throttle", `"1"`, "at least 64Ki"},
	{"moves.concurrency", `0`, "from 1 to 1000"},
	{"external.host", `"10.0.0.1"`, "without external.type"},
	{"external.basePort", `30000`, "without external.type"},
	{"external", `{"type":"nodePort"}`, "as clients outside reach it"},
	{"external", `{"type":"nodePort","host":"10.0.0.256","basePort":30000}`, "as clients outside reach it"},
	{"external", `{"type":"nodePort","host":"a_b","basePort":30000}`, "as clients outside reach it"},
	{"external", `{"type":"nodePort","host":"host:9094","basePort":30000}`, "as clients outside reach it"},
	{"external", `{"type":"nodePort","host":"h","basePort":9094}`, "must be from 30000"},
	{"external", `{"type":"nodePort","host":"h","basePort":32765}`, "must be from 30000"},
	{"external", `{"type":"nodePort","host":"h","basePort":-1}`, "must be from 30000"},
	{"external", `{"type":"nodePort","host":"h","basePort":"30000"}`, "whole number"},
	{"external", `{"type":"nodePort","host":"h","basePort":30000.5}`, "whole number"},
	{"external", `{"type":"nodePort","host":"h","basePort":1e99}`, "whole number"},
	{"scheduling.antiAffinity", `"firm"`, "none, soft or hard"},
	{"scheduling.antiAffinity", `"hard"`, "lives on one node"},
	{"scheduling.antiAffinity", `true`, "must be a text"},
	{"scheduling.spreadKey", `"a/b/c"`, "node label"},
	{"scheduling.spreadKey", `"-"`, "node label"},
	{"scheduling.nodeSelector", `{"a b":"c"}`, "not a node label"},
	{"scheduling.nodeSelector", `{"disk":"s s d"}`, "label's value"},
	{"scheduling.nodeSelector", `{"disk":"` + strings.Repeat("x", 64) + `"}`, "label's value"},
	{"scheduling.nodeSelector", `"disk=ssd"`, "object of texts"},
	{"scheduling.priorityClass", `"High"`, "PriorityClass"},
	{"scheduling.tolerations", `{}`, "must be a list"},
	{"scheduling.tolerations", `["a"]`, "must be an object"},
	{"scheduling.tolerations", `[{}]`, "must be given unless"},
	{"scheduling.tolerations", `[{"key":"a","operator":"In"}]`, "Exists or Equal"},
	{"scheduling.tolerations", `[{"key":"a","operator":"Exists","value":"b"}]`, "left out with operator Exists"},
	{"scheduling.tolerations", `[{"key":"a","effect":"Never"}]`, "NoSchedule"},
	{"scheduling.tolerations", `[{"key":"a b"}]`, "taint's key"},
	{"scheduling.tolerations", `[{"key":"a","value":"b c"}]`, "taint's value"},
	{"scheduling.tolerations", `[{"key":"a","seconds":3}]`, "unknown key"},
	{"probes.startupSeconds", `9`, "from 10 to"},
	{"probes.startupSeconds", `100000`, "from 10 to"},
	{"probes.startupSeconds", `"1200"`, "whole number"},
	{"probes.periodSeconds", `0`, "from 1 to 300"},
	{"probes.periodSeconds", `301`, "from 1 to 300"},
	{"probes.periodSeconds", `0.5`, "whole number"},
	{"probes.livenessSeconds", `0`, "must be from 1"},
	{"probes.livenessSeconds", `4`, "at least probes.periodSeconds"},
	{"probes.timeoutSeconds", `0`, "from 1 to 60"},
	{"probes.timeoutSeconds", `61`, "from 1 to 60"},
	{"probes.failureThreshold", `3`, "unknown key"},
	{"metrics", "on", "true or false"},
	{"networkPolicy", "off", "true or false"},
	{"retainData", "no", "true or false"},
	{"protect", "TRUE", "true or false"},
	{"timeout", "", "duration"},
	{"timeout", "10", "duration"},
	{"timeout", "ten minutes", "duration"},
	{"timeout", "1s", "duration"},
	{"timeout", "25h", "duration"},
	{"timeout", "-10m", "duration"},
	{"terminationGraceSeconds", "29", "must be from 30"},
	{"terminationGraceSeconds", "-120", "must be from 30"},
	{"terminationGraceSeconds", "2m", "whole number"},
	{"external", `{"type":"nodePort","host":"[fd00::1]","basePort":31000}`, "must be without brackets"},
	{"imagePullSecrets", `["Not A Name"]`, "must be the name of a secret"},
	{"acceptLoss", `["kafka-7"]`, "or the pod whose volume was lost, such as kafka-2"},
	{"replace", `{"kafka-1":"2026-11-28"}`, "where all pods have one volume together"},
	{"replace", `["kafka-1"]`, "must be an object of texts"},
	{"replace", `{"kafka-7":"x"}`, "there is no pod of this name: name one of kafka-0 to kafka-2"},
	{"stopGateSeconds", "-1", "must be from 0"},
	{"stopGateSeconds", "691", "must leave Kafka 30"},
	{"stopGateSeconds", "720", "must leave Kafka 30"},

	{"controllerIds", "2000", "of no use in a combined cluster"},
	{"controller.heap", `"300Mi"`, "of no use in a combined cluster"},
	{"controller.jvmOptions", `"-Da=b"`, "of no use in a combined cluster"},
	{"controller.properties", `{"num.io.threads":4}`, "of no use in a combined cluster"},
	{"storage.controllerSize", `"3Gi"`, "of no use in a combined cluster"},
	{"storage", `{"mode":"perPod","hostPath":"/mnt/other"}`, "of no use with storage.mode perPod"},
	{"storage", `{"mode":"perPod","volumeName":"other"}`, "of no use with storage.mode perPod"},
	{"retainData", "false", "of no use with storage.mode shared"},
	{"monitoring", `{"labels":{"release":"prometheus"}}`, "of which there is none"},
	{"monitoring", `{"dashboards":true,"labels":{"release":"prometheus"}}`, "of which there is none"},
	{"monitoring", `{"rules":true,"dashboardLabels":{"folder":"kafka"}}`, "of no use without dashboards"},
	{"monitoring", `{"rules":true,"labels":{"app.kubernetes.io/instance":"mine"}}`, "is set by this program"},
	{"monitoring", `{"rules":true,"labels":{"a b":"c"}}`, "must have a name for a label"},
	{"monitoring", `{"dashboards":true,"dashboardLabels":{"folder":"Kafka, all of it"}}`, "must be at most 63 letters"},
	{"monitoring", `{"alerts":true}`, "unknown key"},
	{"monitoring", `{"rules":"yes"}`, "must be true or false"},
	{"scheduling.spreadKey", `"rack"`, "of no use with storage.mode shared"},
	{"imageRegistry", "localhost:5050\n", "without https"},

	{"waive", "image-digest", "must be a list"},
	{"waive", `{}`, "must be a list"},
	{"waive", `[1]`, "must be a text"},
	{"waive", `["image-digests"]`, "must be the id of a rule: odd-controllers,"},
	{"broker5", "3", "unknown key; did you mean broker"},
	{"Brokers", "3", "unknown key; did you mean brokers"},
	{"replicas", "3", "unknown key"},
	{"", "3", "unknown key"},
	{"isMinikube", "true", "unknown key"},
}

var badSeparated = []bad{
	{"topics", "[]", "must be an object"},
	{"topics.orders", `3`, "must be an object"},
	{"topics.orders", `{"partition":3}`, "topics.orders.partition: unknown key; did you mean partitions?"},
	{"topics.orders", `{"partitions":-1}`, "topics.orders.partitions: \"-1\": must be from 0 to 100000"},
	{"topics.orders", `{"replicationFactor":4}`, "must not be more than the number of brokers (3)"},
	{"topics.orders", `{"replicationFactor":-1}`, "from 1 to the number of brokers"},
	{"topics.orders", `{"configs":{"retention.ms":[1]}}`, "must be a text, a number, true or false"},
	{"topics.orders", `{"configs":{"retention ms":"1"}}`, "no name of a topic's configuration"},
	{"topics.orders", `{"deletionProtection":"no"}`, "must be true or false"},
	{"topics", `{"a b":{}}`, "must be letters"},
	{"topics", `{"..":{}}`, "choose another name"},
	{"topics", `{"__consumer_offsets":{}}`, "Kafka makes and keeps for itself"},
	{"topics", `{"` + strings.Repeat("a", 250) + `":{}}`, "has 250 characters"},
	{"topics", `{"a.b":{},"a_b":{}}`, "has the same metrics as topic a.b"},
	{"quotas.x", `{"producerByteRate":"1Mi"}`, "limits nobody"},
	{"quotas.x", `{"user":"a"}`, "sets no limit"},
	{"quotas.x", `{"user":"a","producerByteRate":"fast"}`, "must be a Kubernetes quantity"},
	{"quotas.x", `{"user":"a","requestPercentage":-1}`, "must be more than 0"},
	{"quotas.x", `{"user":"a","requestPercentage":"much"}`, "must be a number"},
	{"quotas", `{"x":{"user":"a","requestPercentage":1},"y":{"user":"a","requestPercentage":2}}`, "limits the same clients as quotas.x"},
	{"controllers", "2", "must be odd"},
	{"controllers", "6", "must be odd"},
	{"controllers", "-3", "from 1 to 9"},
	{"controllers", "10", "from 1 to 9"},
	{"controllerIds", "0", "at least 1000 away"},
	{"controllerIds", "999", "at least 1000 away"},
	{"brokerIds", "1000", "at least 1000 away"},
	{"brokerIds", "500", "at least 1000 away"},
	{"brokerIds", "1999", "at least 1000 away"},
	{"brokers", "0", "from 1 to 100"},
	{"replicationFactor", "4", "number of brokers (3)"},
	{"storage.mode", `"shared"`, "use perPod"},
	{"replace", `{"kafka-kafka-broker-3":"x"}`, "name one of kafka-kafka-controller-0 to kafka-kafka-controller-2, kafka-kafka-broker-0 to kafka-kafka-broker-2"},
	{"replace", `{"kafka-kafka-broker-1":""}`, "must be some text, such as a date"},
	{"storage.metadataSize", `"1Gi"`, "use storage.controllerSize"},
	{"controller.heap", `"449Mi"`, "leave a quarter and at least 320Mi of controller.memoryLimit (768Mi)"},
	{"controller.memoryLimit", `"128Mi"`, "must not be less"},
	{"controller.memoryRequest", `"1Gi"`, "must not be less"},
	{"controller.cpuLimit", `"1m"`, "must not be less"},
	{"controller.properties", `{"process.roles":"controller"}`, "is set by this program"},
	{"clusterName", strings.Repeat("k", 36), "no longer than"},
	{"external", `{"type":"nodePort","host":"h","basePort":40000}`, "must be from 30000"},
}

func TestBadConfigurations(t *testing.T) {
	for topology, table := range map[string][]bad{"combined": badCombined, "separated": badSeparated} {
		for _, b := range table {
			t.Run(fmt.Sprintf("%s/%s=%.40q", topology, b.key, b.value), func(t *testing.T) {
				err := judge(with(t, good[topology], b.key, b.value))
				require.Error(t, err)
				var problems Problems
				require.True(t, errors.As(err, &problems), "%T", err)
				assert.ErrorContains(t, err, b.says)
				// Reported where it is: below its key, or at the key that it contradicts.
				object, _, _ := strings.Cut(b.key, ".")
				assert.True(t, strings.HasPrefix(problems[0].Key, object) || len(problems) > 0 && strings.Contains(err.Error(), object), "%v", err)
				assert.Less(t, len(err.Error()), 2000, "a message that can be read")
			})
		}
	}
	assert.GreaterOrEqual(t, len(badCombined)+len(badSeparated), 200)
}

// with returns the configuration with one more key, which may be an object's field.
func with(t *testing.T, base map[string]string, key, value string) map[string]string {
	t.Helper()
	object, field, isField := strings.Cut(key, ".")
	if !isField {
		return merged(base, map[string]string{key: value})
	}
	fields := map[string]json.RawMessage{}
	if text, ok := base[object]; ok {
		require.NoError(t, json.Unmarshal([]byte(text), &fields))
	}
	fields[field] = json.RawMessage(value)
	text, err := json.Marshal(fields)
	require.NoError(t, err)
	return merged(base, map[string]string{object: string(text)})
}

// A key may be of no use only together with another one.
func TestKeysWithoutEffect(t *testing.T) {
	err := judge(merged(good["combined"], map[string]string{"image": "me/kafka", "imageRegistry": "ghcr.io/me", "imageContext": "image"}))
	require.ErrorContains(t, err, "kafka-kraft:imageRegistry: \"ghcr.io/me\": is where to push")
	require.ErrorContains(t, err, "kafka-kraft:imageContext")
	for _, stack := range []string{"dev", "ci"} {
		keys, err := stackfile.Of(stack)
		require.NoError(t, err)
		require.NoError(t, judge(keys), "Pulumi.%s.yaml", stack)
	}
}

// Every property that the program sets is refused by hand.
func TestOwnedPropertiesAreRefused(t *testing.T) {
	for _, name := range []string{
		"process.roles", "node.id", "listeners", "advertised.listeners", "log.dirs", "controller.quorum.voters",
		"controller.quorum.bootstrap.servers", "default.replication.factor", "min.insync.replicas", "metadata.log.dir",
		"inter.broker.listener.name", "offsets.topic.replication.factor", "broker.id", "cluster.id",
	} {
		text, err := json.Marshal(map[string]any{"properties": map[string]string{name: "x"}})
		require.NoError(t, err)
		err = judge(merged(good["combined"], map[string]string{"broker": string(text)}))
		require.ErrorContains(t, err, "kafka-kraft:broker.properties."+name)
		require.ErrorContains(t, err, "is set by this program")
	}
}

// One message lists every mistake, and says where each is.
func TestAllProblemsAtOnce(t *testing.T) {
	all := map[string]string{}
	mistakes := map[string]string{
		"topology": "x", "brokers": "0", "clusterName": "X", "timeout": "soon", "metrics": "perhaps",
		"storage": `{"mode":"x","size":"x","nothing":1}`, "broker": `{"heap":"9Gi","properties":{"node.id":"1"}}`,
	}
	for key, value := range mistakes {
		all[key] = value
	}
	config, problems := Decode(all)
	problems = append(problems, config.Problems()...)
	text := problems.Error()
	for _, key := range []string{
		"context", "topology", "brokers", "clusterName", "timeout", "metrics", "storage.mode", "storage.size", "storage.nothing",
		"broker.heap", "broker.properties.node.id",
	} {
		assert.Contains(t, text, "\n  kafka-kraft:"+key+":")
	}
}

func TestParseTakesOnlyItsOwnNamespace(t *testing.T) {
	config, err := Parse(map[string]string{"kafka-kraft:brokers": "5", "aws:region": "nowhere", "context": "c"})
	require.NoError(t, err)
	assert.Equal(t, 5, config.Brokers)
	assert.Equal(t, "c", config.Context)
	_, err = Parse(map[string]string{"kafka-kraft:brokerz": "5"})
	require.ErrorContains(t, err, "did you mean")
}

func TestDerivedValues(t *testing.T) {
	for _, c := range []struct{ brokers, replication, minInSync int }{{1, 1, 1}, {2, 2, 1}, {3, 3, 2}, {9, 3, 2}} {
		config := Default()
		config.Brokers = c.brokers
		assert.Equal(t, c.replication, config.Replication(), "brokers %d", c.brokers)
		assert.Equal(t, c.minInSync, config.MinInSync(), "brokers %d", c.brokers)
	}
}
