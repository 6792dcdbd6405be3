package settings

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func goodEnv() map[string]string {
	return map[string]string{
		"POD_NAME": "kafka-1", "KAFKA_CLUSTER_ID": sample.OurCluster, "KAFKA_NODE_ID_BASE": "100",
		"KAFKA_INITIAL_CONTROLLERS": "100@a:9093:AAECAwQFBgcICQoLDA0OAA,101@b.c.svc:9093:AAECAwQFBgcICQoLDA0OAQ",
		"KAFKA_HEAP_OPTS":           "-Xms1g -Xmx1g", "KAFKA_JVM_OPTS": "", "KAFKA_METRICS_PORT": "9187", "KAFKA_STOP_SECONDS": "90",
		"KAFKA_BOOTSTRAP_SERVICE_HOST": "10.0.0.1", "KAFKA_BOOTSTRAP_PORT_9092_TCP_ADDR": "10.0.0.1",
		"KAFKA_METRIC_PORT": "tcp://10.0.0.1:9187", "KAFKA_METRIC_SERVICE_PORT": "9187", "PATH": "/bin",
	}
}

func lines(env map[string]string) []string {
	var out []string
	for name, value := range env {
		out = append(out, name+"="+value)
	}
	return out
}

func TestSettings(t *testing.T) {
	got, err := Parse(lines(goodEnv()))
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{
		PodName: "kafka-1", ordinal: 1, NodeID: 101, ClusterID: sample.OurCluster,
		Initial: []contract.Voter{{ID: 100, Host: "a", Port: 9093, DirectoryID: "AAECAwQFBgcICQoLDA0OAA"}, {ID: 101, Host: "b.c.svc", Port: 9093, DirectoryID: "AAECAwQFBgcICQoLDA0OAQ"}},
		Heap:    []string{"-Xms1g", "-Xmx1g"}, JVM: []string{}, MetricsPort: 9187, StopLimit: 90 * time.Second,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if text := got.Initial[1].String(); text != "101@b.c.svc:9093:AAECAwQFBgcICQoLDA0OAQ" {
		t.Errorf("voter as text: %s", text)
	}
}

func TestSettingsDefaults(t *testing.T) {
	got, err := Parse([]string{"POD_NAME=kafka-0", "KAFKA_CLUSTER_ID=" + sample.OurCluster})
	if err != nil {
		t.Fatal(err)
	}
	if got.NodeID != 0 || got.MetricsPort != 0 || got.StopLimit != 10*time.Minute || len(got.Heap) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestSettingsRefusals(t *testing.T) {
	for name, test := range map[string]struct{ variable, value, want string }{
		"no ordinal":          {"POD_NAME", "kafka", `POD_NAME="kafka"`},
		"word for an ordinal": {"POD_NAME", "kafka-x", `POD_NAME="kafka-x"`},
		"no pod name":         {"POD_NAME", "", "-<ordinal>"},
		"short cluster id":    {"KAFKA_CLUSTER_ID", "abc", "22 characters"},
		"base is a word":      {"KAFKA_NODE_ID_BASE", "x", "whole number"},
		"negative base":       {"KAFKA_NODE_ID_BASE", "-1", "whole number"},
		"port too high":       {"KAFKA_METRICS_PORT", "70000", "65535"},
		"no form of a log":    {"KAFKA_LOG_FORMAT", "xml", `KAFKA_LOG_FORMAT="xml": text or json is expected`},
		"stop is a duration":  {"KAFKA_STOP_SECONDS", "1m", "whole number"},
		"voter without port":  {"KAFKA_INITIAL_CONTROLLERS", "0@a", "id@host:port:directoryId"},
		"voter's port":        {"KAFKA_INITIAL_CONTROLLERS", "0@a:99999:AAECAwQFBgcICQoLDA0OAA", "out of range"},
		"voter twice":         {"KAFKA_INITIAL_CONTROLLERS", "0@a:1:AAECAwQFBgcICQoLDA0OAA,0@b:1:AAECAwQFBgcICQoLDA0OAA", "named twice"},
		"misspelt port":       {"KAFKA_METRIC_PORT", "9187", "KAFKA_METRIC_PORT: unknown setting; did you mean KAFKA_METRICS_PORT?"},
		"misspelt":            {"KAFKA_HEAP_OPT", "-Xmx1g", "KAFKA_HEAP_OPT: unknown setting; did you mean KAFKA_HEAP_OPTS?"},
	} {
		env := goodEnv()
		env[test.variable] = test.value
		if _, err := Parse(lines(env)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, test.want)
		}
	}
}

func TestSettingsNameEveryProblemAtOnce(t *testing.T) {
	_, err := Parse([]string{"POD_NAME=x", "KAFKA_CLUSTER_ID=y", "KAFKA_METRICS_PORT=z", "KAFKA_FOO=1"})
	if err == nil || len(strings.Split(err.Error(), "\n")) != 4 {
		t.Errorf("want four problems: %v", err)
	}
}

func TestExternalPort(t *testing.T) {
	env := goodEnv()
	env["KAFKA_EXTERNAL_PORT_BASE"] = "30093"
	got, err := Parse(lines(env))
	if err != nil || got.Placeholders()[contract.PlaceholderExternalPort] != "30094" {
		t.Errorf("%v, %v", got.Placeholders(), err)
	}
	env["KAFKA_EXTERNAL_PORT_BASE"] = "65535"
	if _, err := Parse(lines(env)); err == nil || !strings.Contains(err.Error(), "KAFKA_EXTERNAL_PORT_BASE") {
		t.Errorf("a port beyond 65535: %v", err)
	}
	delete(env, "KAFKA_EXTERNAL_PORT_BASE")
	if got, err := Parse(lines(env)); err != nil || got.Placeholders()[contract.PlaceholderExternalPort] != "" {
		t.Errorf("%v, %v", got.Placeholders(), err)
	}
}

func TestLogFormat(t *testing.T) {
	for format, want := range map[string]bool{"": false, "text": false, "json": true} {
		env := goodEnv()
		env["KAFKA_LOG_FORMAT"] = format
		if got, err := Parse(lines(env)); err != nil || got.JSONLogs != want {
			t.Errorf("%q: %v, %v", format, got.JSONLogs, err)
		}
	}
}
