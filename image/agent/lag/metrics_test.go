package lag

import (
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/expose"
)

func TestMetrics(t *testing.T) {
	now := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	report := shop().round(t)
	report.At, report.Done = now.Add(-4*time.Second), now.Add(-3*time.Second)
	var w Watch
	if got := w.Metrics(now); got != nil {
		t.Errorf("before the first report: %v", got)
	}
	w.last.Store(&report)
	var samples []string
	for line := range strings.Lines(string(expose.Text(w.Metrics(now)))) {
		if !strings.HasPrefix(line, "#") {
			samples = append(samples, line)
		}
	}
	want := `kafka_consumergroup_current_offset{consumergroup="bills",topic="bill",partition="0"} 5
kafka_consumergroup_current_offset{consumergroup="bills",topic="order",partition="0"} 10
kafka_consumergroup_current_offset{consumergroup="orders",topic="order",partition="0"} 7
kafka_consumergroup_current_offset{consumergroup="orders",topic="order",partition="1"} 40
kafka_consumergroup_current_offset{consumergroup="streams",topic="bill",partition="0"} 1
kafka_consumergroup_lag{consumergroup="bills",topic="order",partition="0"} 0
kafka_consumergroup_lag{consumergroup="orders",topic="order",partition="0"} 2
kafka_consumergroup_lag{consumergroup="orders",topic="order",partition="1"} 100
kafka_consumergroup_lag_sum{consumergroup="bills",topic="order"} 0
kafka_consumergroup_lag_sum{consumergroup="orders",topic="order"} 102
kafka_consumergroup_members{consumergroup="bills"} 1
kafka_consumergroup_members{consumergroup="idle"} 0
kafka_consumergroup_members{consumergroup="orders"} 2
kafka_sharegroup_start_offset{sharegroup="shared",topic="order",partition="0"} 3
kafka_sharegroup_lag{sharegroup="shared",topic="order",partition="0"} 7
kafka_sharegroup_lag_sum{sharegroup="shared",topic="order"} 7
kafka_sharegroup_members{sharegroup="shared"} 3
kafka_kraft_agent_lag_left_out{what="groups"} 1
kafka_kraft_agent_lag_left_out{what="partitions"} 2
kafka_kraft_agent_lag_age_seconds 4
kafka_kraft_agent_lag_round_seconds 1
`
	if got := strings.Join(samples, ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A broker that does not answer any more takes what it said along.
func TestAnOldReportCountsNoMore(t *testing.T) {
	now := time.Now()
	var w Watch
	w.last.Store(&Report{At: now.Add(-old - time.Second)})
	if got := w.Metrics(now); got != nil {
		t.Errorf("%v", got)
	}
}
