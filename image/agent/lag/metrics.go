package lag

import (
	"strconv"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/expose"
)

// Metrics are those of the last report, under the names of kafka_exporter as far as it has any
// (https://github.com/danielqsj/kafka_exporter). Without a report that counts there are none.
func (w *Watch) Metrics(now time.Time) []expose.Family {
	report, counts := w.Last(now)
	if !counts {
		return nil
	}
	return append(append(metricsOf(report, false), metricsOf(report, true)...), metricsOfRound(report, now)...)
}

// metricsOf are those of consumer groups or of share groups.
func metricsOf(report Report, share bool) []expose.Family {
	kind, who, offsets := "consumergroup", "consumer group", "kafka_consumergroup_current_offset"
	offset := "The next record that a consumer group has to read, as it has committed it."
	if share {
		kind, who, offsets = "sharegroup", "share group", "kafka_sharegroup_start_offset"
		offset = "The first record that a share group is not done with."
	}
	gauge := func(name, help string) expose.Family {
		return expose.Family{Name: name, Help: help, Kind: expose.Gauge}
	}
	current := gauge(offsets, offset)
	lag := gauge("kafka_"+kind+"_lag", "Records of a partition that a "+who+" is behind its end.")
	sum := gauge("kafka_"+kind+"_lag_sum", "Records of a topic that a "+who+" is behind its end; partitions whose end nobody tells are missing.")
	members := gauge("kafka_"+kind+"_members", "Members of a "+who+".")
	for _, g := range report.Groups {
		if g.Share != share {
			continue
		}
		if g.Members >= 0 {
			members.Add(float64(g.Members), kind, g.ID)
		}
		var topics []string
		sums := map[string]int64{}
		for _, p := range g.Partitions {
			index := strconv.Itoa(p.Index)
			current.Add(float64(p.Offset), kind, g.ID, "topic", p.Topic, "partition", index)
			if p.Lag < 0 {
				continue
			}
			lag.Add(float64(p.Lag), kind, g.ID, "topic", p.Topic, "partition", index)
			if _, known := sums[p.Topic]; !known {
				topics = append(topics, p.Topic)
			}
			sums[p.Topic] += p.Lag
		}
		for _, topic := range topics {
			sum.Add(float64(sums[topic]), kind, g.ID, "topic", topic)
		}
	}
	return []expose.Family{current, lag, sum, members}
}

// metricsOfRound say how good the report is.
func metricsOfRound(report Report, now time.Time) []expose.Family {
	left := expose.Family{Name: "kafka_kraft_agent_lag_left_out", Kind: expose.Gauge,
		Help: "Groups and partitions of this coordinator that are not told of: beyond the limits, or nobody answered in time."}
	left.Add(float64(report.LeftOut.Groups), "what", "groups")
	left.Add(float64(report.LeftOut.Partitions), "what", "partitions")
	age := expose.Family{Name: "kafka_kraft_agent_lag_age_seconds", Help: "Since groups were last asked for.", Kind: expose.Gauge}
	age.Add(now.Sub(report.At).Seconds())
	took := expose.Family{Name: "kafka_kraft_agent_lag_round_seconds", Help: "How long it took to ask for all groups.", Kind: expose.Gauge}
	took.Add(report.Done.Sub(report.At).Seconds())
	return []expose.Family{left, age, took}
}
