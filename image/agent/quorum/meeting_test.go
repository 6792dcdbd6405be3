package quorum

import (
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func TestMeetingNever(t *testing.T) {
	here, there := sample.WrittenVoters("kafka-kraft"), sample.WrittenVoters("kafka-other")
	addresses := func(voters []contract.Voter) (all []string) {
		for _, v := range voters {
			all = append(all, v.Address())
		}
		return all
	}
	further := func(n int) []contract.Voter { // of the same stack, as somebody who scales by hand makes them
		voters := here
		for id := 3; id < n; id++ {
			v := here[0]
			v.ID, v.Host = id, strings.Replace(v.Host, "kafka-0", "kafka-"+string(rune('0'+id)), 1)
			voters = append(voters[:len(voters):len(voters)], v)
		}
		return voters
	}
	single := here[:1:1]
	withPort := append([]contract.Voter{}, here...)
	withPort[1].Port, withPort[2].Port = 9999, 9999
	for name, test := range map[string]struct {
		logged, planned []contract.Voter
		exist           bool
		want            string
	}{
		"as planned":                           {here, here, false, ""},
		"the log knows none":                   {nil, here, false, ""},
		"another namespace":                    {there, here, true, "belong to a quorum of kafka-0.kafka-svc.kafka-other.svc.cluster.local:9093, kafka-1.kafka-svc.kafka-other.svc.cluster.local:9093, kafka-2."},
		"one address is old":                   {[]contract.Voter{here[0], here[1], there[2]}, here, false, ""},
		"two addresses are old":                {[]contract.Voter{here[0], there[1], there[2]}, here, false, "set clusterName, namespace and clusterDomain back"},
		"a single voter needs no name":         {there[:1], single, false, ""},
		"another port, pods exist":             {withPort, here, true, ""},
		"five voters, three planned":           {further(5), here, false, ""},
		"seven voters, pods exist":             {further(7), here, true, ""},
		"seven voters, only three exist":       {further(7), here, false, "names 7 voters, and the pods of kafka-3."},
		"three voters, one planned":            {here, single, false, "names 3 voters, and the pods of kafka-1.kafka-svc.kafka-kraft.svc.cluster.local:9093, kafka-2."},
		"three voters, one planned, all exist": {here, single, true, ""},
	} {
		m := Meeting{Self: 0, Host: here[0].Host, Logged: test.logged, Planned: addresses(test.planned), Exists: func(string) bool { return test.exist }}
		if got := m.Never(); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
