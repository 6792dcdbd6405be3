package monitoring

import (
	"bytes"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/image/agent/expose"
)

// Prometheus' own parser reads what an agent writes: names, kinds, values, and labels with whatever
// is in a group's name.
func TestExposition(t *testing.T) {
	odd := "a \"quoted\" \\ group\nof ünïcode {x=\"y\"} 7"
	lag := expose.Family{Name: "kafka_consumergroup_lag", Help: "Records\nbehind \\ the end.", Kind: expose.Gauge}
	lag.Add(70, "consumergroup", odd, "topic", "orders", "partition", "0")
	lag.Add(0, "consumergroup", "late", "topic", "orders", "partition", "1")
	starts := expose.Family{Name: "kafka_kraft_agent_starts_total", Help: "Starts.", Kind: expose.Counter}
	starts.Add(1.829005323e9)

	parser := expfmt.NewTextParser(model.UTF8Validation)
	got, err := parser.TextToMetricFamilies(bytes.NewReader(expose.Text([]expose.Family{lag, starts})))
	require.NoError(t, err)
	require.Len(t, got, 2)
	read := got["kafka_consumergroup_lag"]
	assert.Equal(t, "GAUGE", read.GetType().String())
	assert.Equal(t, "Records\nbehind \\ the end.", read.GetHelp())
	values := map[string]float64{}
	for _, metric := range read.GetMetric() {
		labels := map[string]string{}
		for _, label := range metric.GetLabel() {
			labels[label.GetName()] = label.GetValue()
		}
		assert.Equal(t, "orders", labels["topic"])
		values[labels["consumergroup"]+"|"+labels["partition"]] = metric.GetGauge().GetValue()
	}
	assert.Equal(t, map[string]float64{odd + "|0": 70, "late|1": 0}, values)
	counter := got["kafka_kraft_agent_starts_total"]
	assert.Equal(t, "COUNTER", counter.GetType().String())
	assert.InDelta(t, 1.829005323e9, counter.GetMetric()[0].GetCounter().GetValue(), 0)
}
