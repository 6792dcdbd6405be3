package monitoring

import (
	"fmt"
	"time"
)

const (
	// certificateLeft is how soon before its end a certificate is told of, caLeft the same for a
	// CA, the next one of which has to reach all clients before. Those that live shorter are told
	// of later: a certificate when a quarter of its time is left (an up renews it with a third
	// left), a CA when it ends before a certificate that was made now would.
	certificateLeft = 14 * 24 * time.Hour
	caLeft          = 60 * 24 * time.Hour
)

// certificates are about those that Kafka runs with, whatever is in the Secret by now.
func (c Cluster) certificates() []Rule {
	end, begin := c.perPod("kafka_kraft_agent_certificate_not_after_seconds"), c.perPod("kafka_kraft_agent_certificate_not_before_seconds")
	left, caIsLeft := end+" - time()", c.perPod("kafka_kraft_agent_ca_not_after_seconds")+" - time()"
	return []Rule{
		{
			Alert:       "KafkaCertificateEnds",
			Expr:        fmt.Sprintf("%s < %d and %s < (%s - %s) / 4", left, certificateLeft/time.Second, left, end, begin),
			For:         5 * time.Minute,
			Severity:    Warning,
			Summary:     "The certificate that {{ $labels.pod }} runs with ends in {{ $value | humanizeDuration }}.",
			Description: "From then on no client and no other node talks to it. Certificates are renewed by an up, and taken up by a restart.",
		}, {
			Alert:       "KafkaAuthorityEnds",
			Expr:        fmt.Sprintf("%s < %d and %s < %s - %s", caIsLeft, caLeft/time.Second, caIsLeft, end, begin),
			For:         5 * time.Minute,
			Severity:    Warning,
			Summary:     "The CA of the certificate that {{ $labels.pod }} runs with ends in {{ $value | humanizeDuration }}.",
			Description: "From then on nobody trusts any node's certificate. Clients have to be given the next CA before.",
		},
	}
}

// lagWindow is how long lag has to grow, twice, before it is told of.
const lagWindow = 15 * time.Minute

// consumers are about groups that fall further and further behind: whatever they have been at for
// a quarter of an hour is more than it ever was in the quarter before. Lag that goes up and down,
// or that nobody works off and nobody adds to, is left alone.
func (c Cluster) consumers() []Rule {
	lag := "max by (namespace, consumergroup, topic) (" + c.of("kafka_consumergroup_lag_sum") + ")"
	window := minutes(lagWindow)
	return []Rule{
		{
			Alert: "KafkaConsumerLagGrows",
			Expr:  fmt.Sprintf("min_over_time(%[1]s[%[2]s:1m]) > max_over_time(%[1]s[%[2]s:1m] offset %[2]s)", lag, window),
			For:   lagWindow, Severity: Warning,
			Summary:     "Consumer group {{ $labels.consumergroup }} falls behind in {{ $labels.topic }}: {{ $value | humanize }} records and more.",
			Description: "It has done so for half an hour: its members stand still, are gone, or do not keep up with what is written.",
		},
	}
}
