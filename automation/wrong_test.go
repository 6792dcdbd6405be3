package automation

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestWrong(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	well := func() Status {
		return Status{
			Pods: []Pod{{Name: "ci-kafka-broker-0", Ready: true, CertificateUntil: now.AddDate(0, 0, 80)}, {Name: "ci-kafka-controller-0", Ready: true}},
			Members: &Members{
				Brokers:     []Broker{{ID: 0, Pod: "ci-kafka-broker-0", State: Serves, Bytes: 90 << 30, Free: 10 << 30}},
				Controllers: []Controller{{ID: 1000, State: Leads}, {ID: 1001, State: Votes}},
				Replication: &Replication{Partitions: 50},
				Groups:      []Group{{"late", "Empty", 1 << 30}},
			},
		}
	}
	assert.Empty(t, wrong(well(), now))
	assert.Empty(t, wrong(Status{}, now), "nothing is known, and that is said elsewhere")
	for says, change := range map[string]func(*Status){
		"no controller leads":                                              func(s *Status) { s.Members.Controllers[0].State = Votes },
		"2 partitions are without a leader":                                func(s *Status) { s.Members.Replication.Offline = 2 },
		"1 partition is below min.insync.replicas":                         func(s *Status) { s.Members.Replication.UnderMinISR = 1 },
		"3 partitions are under-replicated: a replica is missing":          func(s *Status) { s.Members.Replication.UnderReplicated = 3 },
		"broker 0 is fenced":                                               func(s *Status) { s.Members.Brokers[0].State = Fenced },
		"broker 0 has 4.0 GiB left":                                        func(s *Status) { s.Members.Brokers[0].Free = 4 << 30 },
		"controller 1001: missing":                                         func(s *Status) { s.Members.Controllers[1].State = Missing },
		"pod ci-kafka-controller-0 is not ready: waiting":                  func(s *Status) { s.Pods[1].Ready, s.Pods[1].Why = false, "waiting" },
		"the certificate that ci-kafka-broker-0 runs with ends at":         func(s *Status) { s.Pods[0].CertificateUntil = now.AddDate(0, 0, 13) },
		"the certificate that ci-kafka-broker-0 runs with has expired at ": func(s *Status) { s.Pods[0].CertificateUntil = now },
	} {
		s := well()
		change(&s)
		if found := wrong(s, now); assert.Len(t, found, 1, says) {
			assert.True(t, strings.HasPrefix(found[0], says), found[0])
		}
	}
	unknown := well()
	unknown.Members.Replication.UnderMinISR = -1
	unknown.Members.Brokers[0].Free = -1
	assert.Empty(t, wrong(unknown, now))
}
