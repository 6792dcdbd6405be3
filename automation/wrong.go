package automation

import (
	"fmt"
	"time"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

const (
	// certificateLeft is how soon before its end a certificate is told of.
	certificateLeft = 14 * 24 * time.Hour
	// freeShare of what a broker's volumes hold is little: the same as in the alert
	// KafkaVolumeFillsUp.
	freeShare = 20
)

// wrong says what is not as it should be, each in a sentence, the worst first. What is not known
// is not wrong: it stands in Unknown. Lag is not, either: one look does not tell whether it grows.
func wrong(s Status, now time.Time) (found []string) {
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if m := s.Members; m != nil {
		leads := false
		for _, c := range m.Controllers {
			leads = leads || c.State == Leads
		}
		if m.Controllers != nil && !leads {
			say("no controller leads the quorum: nothing can be changed, and no leader that fails is replaced")
		}
		if r := m.Replication; r != nil {
			if r.Offline > 0 {
				say("%s without a leader: nobody can read or write there", partitions(r.Offline))
			}
			if r.UnderMinISR > 0 {
				say("%s below min.insync.replicas: producers with acks=all are refused", partitions(r.UnderMinISR))
			}
			if r.UnderReplicated > 0 {
				say("%s under-replicated: a replica is missing or behind", partitions(r.UnderReplicated))
			}
		}
		for _, b := range m.Brokers {
			if b.State != Serves {
				say("broker %d is %s", b.ID, b)
			}
			if b.Free >= 0 && b.Bytes >= 0 && b.Free < (b.Bytes+b.Free)/freeShare {
				say("broker %d has %s left on its volumes", b.ID, placement.Bytes(b.Free))
			}
		}
		for _, c := range m.Controllers {
			if c.State == Missing || c.State == Follows {
				say("controller %d: %s", c.ID, c)
			}
		}
	}
	for _, p := range s.Pods {
		if !p.Ready {
			say("pod %s is not ready: %s", p.Name, p.Why)
		}
		switch left := p.CertificateUntil.Sub(now); {
		case p.CertificateUntil.IsZero():
		case left <= 0:
			say("the certificate that %s runs with has expired at %s", p.Name, p.CertificateUntil.Format(time.RFC3339))
		case left < certificateLeft:
			say("the certificate that %s runs with ends at %s: up renews it, and rolls", p.Name, p.CertificateUntil.Format(time.RFC3339))
		}
	}
	return found
}

func partitions(n int) string {
	if n == 1 {
		return "1 partition is"
	}
	return fmt.Sprintf("%d partitions are", n)
}
