package settings

import (
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{
		"KAFKA_HEAP_OPT":            "KAFKA_HEAP_OPTS",
		"KAFKA_HEAPOPTS":            "KAFKA_HEAP_OPTS",
		"KAFKA_OPTS":                "KAFKA_JVM_OPTS",
		"KAFKA_STOP_SECOND":         "KAFKA_STOP_SECONDS",
		"KAFKA_CLUSTERID":           "KAFKA_CLUSTER_ID",
		"KAFKA_LOG_RETENTION_HOURS": "",
	} {
		if got := nearest(name, contract.Settings()); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestEdits(t *testing.T) {
	for pair, want := range map[[2]string]int{
		{"", ""}: 0, {"", "abc"}: 3, {"abc", ""}: 3, {"kitten", "sitting"}: 3, {"ab", "ba"}: 2, {"same", "same"}: 0,
	} {
		if got := edits(pair[0], pair[1]); got != want {
			t.Errorf("%v: %d, want %d", pair, got, want)
		}
	}
}
