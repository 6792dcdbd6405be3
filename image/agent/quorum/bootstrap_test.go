package quorum

import (
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func TestDecideBootstrap(t *testing.T) {
	initials := []contract.Voter{{ID: 0, Host: "a"}, {ID: 1, Host: "b"}, {ID: 2, Host: "c"}}
	says := func(id int, h contract.History, leader int) Peer {
		return Peer{Voter: initials[id], Answered: true, State: contract.State{NodeID: id, ClusterID: sample.OurCluster, History: h, LeaderID: leader}}
	}
	// sees is a node that hears a leader, which hears these voters of controllers 0, 1 and 2.
	sees := func(id, leader int, alive ...int) Peer {
		p := says(id, contract.Lived, leader)
		p.State.Voters, p.State.Alive = []int{0, 1, 2}, alive
		return p
	}
	stranger := func(asked, id int, h contract.History) Peer {
		p := says(asked, h, -1)
		p.State.NodeID = id
		return p
	}
	mute := func(id int) Peer { return Peer{Voter: initials[id], Why: "no such host"} }
	foreign := says(1, contract.Lived, 1)
	foreign.State.ClusterID = sample.OtherOne

	for name, test := range map[string]struct {
		self  int
		own   contract.History
		peers []Peer
		want  Step
		why   string
	}{
		"another node answers":                      {0, contract.Blank, []Peer{stranger(1, 7, contract.Blank), says(2, contract.Blank, -1)}, Wait, "controller 1 at b (node 7 answers there)"},
		"another node speaks of a quorum":           {0, contract.Blank, []Peer{stranger(1, 2, contract.Lived), says(2, contract.Blank, -1)}, Wait, "node 2 answers there"},
		"a broker answers":                          {0, contract.Blank, []Peer{says(1, "", -1), says(2, "", -1)}, Wait, "not a controller"},
		"a newer agent answers":                     {0, contract.Blank, []Peer{says(1, "resting", -1), says(2, contract.Blank, -1)}, Wait, `its history is "resting"`},
		"a newer agent that leads":                  {0, contract.Blank, []Peer{says(1, "resting", 1), says(2, contract.Blank, -1)}, Wait, `its history is "resting"`},
		"all lost their logs":                       {0, contract.Lost, []Peer{says(1, contract.Lost, -1), says(2, contract.Lost, -1)}, Wait, "for a decision: every controller's metadata log is gone, though there was one (/data was formatted)"},
		"a blank one among lost ones":               {0, contract.Blank, []Peer{says(1, contract.Lost, -1), says(2, contract.Blank, -1)}, Wait, "as controller 1 says"},
		"a single one lost its log":                 {0, contract.Lost, nil, Wait, "pulumi config set --path 'acceptLoss[0]' quorum"},
		"lost, a quorum runs":                       {0, contract.Lost, []Peer{sees(1, 2, 1, 2), sees(2, 2, 1, 2)}, Join, ""},
		"lost, one does not answer":                 {0, contract.Lost, []Peer{says(1, contract.Lost, -1), mute(2)}, Wait, "controller 2"},
		"accepted here, not yet there":              {0, contract.Blank, []Peer{says(1, contract.Blank, -1), says(2, contract.Lost, -1)}, Wait, "as controller 2 says"},
		"accepted everywhere":                       {0, contract.Blank, []Peer{says(1, contract.Blank, -1), says(2, contract.Blank, -1)}, Form, ""},
		"accepted, one had to join":                 {0, contract.Blank, []Peer{says(1, contract.Blank, -1), says(2, contract.Joining, -1)}, Form, ""},
		"two of three volumes lost":                 {0, contract.Lost, []Peer{says(1, contract.Lost, -1), says(2, contract.Lived, -1)}, Wait, "no way to make a quorum out of a minority"},
		"formatted, others lost":                    {0, contract.Initial, []Peer{says(1, contract.Lost, -1), says(2, contract.Initial, -1)}, Wait, "controller 1"},
		"single controller":                         {0, contract.Blank, nil, Form, ""},
		"all blank":                                 {0, contract.Blank, []Peer{says(1, contract.Blank, -1), says(2, contract.Blank, -1)}, Form, "never was a quorum"},
		"one was quicker":                           {0, contract.Blank, []Peer{says(1, contract.Initial, -1), says(2, contract.Blank, -1)}, Form, ""},
		"both were quicker":                         {0, contract.Blank, []Peer{says(1, contract.Initial, -1), says(2, contract.Initial, -1)}, Form, ""},
		"one does not answer":                       {0, contract.Blank, []Peer{says(1, contract.Blank, -1), mute(2)}, Wait, "controller 2 at c (no such host)"},
		"nobody answers":                            {0, contract.Blank, []Peer{mute(1), mute(2)}, Wait, "controller 1"},
		"emptied, a quorum runs":                    {0, contract.Blank, []Peer{sees(1, 2, 1, 2), sees(2, 2, 1, 2)}, Join, "its leader is 2"},
		"emptied, only one agent answers":           {0, contract.Blank, []Peer{mute(1), sees(2, 2, 1, 2)}, Join, ""},
		"emptied, its former self is not forgotten": {0, contract.Blank, []Peer{sees(1, 2, 0, 1, 2), sees(2, 2, 0, 1, 2)}, Join, ""},
		"emptied, it was the leader":                {0, contract.Blank, []Peer{sees(1, 0, 0, 1, 2), sees(2, 0, 0, 1, 2)}, Wait, "no leader and majority without this controller"},
		"two emptied, the third led and still does": {0, contract.Blank, []Peer{says(1, contract.Blank, -1), sees(2, 2, 0, 2)}, Wait, "only controller 2 still has"},
		"two emptied, remembered as alive":          {0, contract.Blank, []Peer{says(1, contract.Blank, -1), sees(2, 1, 0, 1, 2)}, Join, ""}, // joinPatience outlives that memory
		"emptied while the others start":            {0, contract.Blank, []Peer{says(1, contract.Lived, -1), says(2, contract.Lived, -1)}, Wait, "controller 1, controller 2 took part"},
		"two emptied, the third remembers":          {0, contract.Blank, []Peer{says(1, contract.Blank, -1), says(2, contract.Lived, -1)}, Wait, "only controller 2 still has"},
		"history and silence":                       {0, contract.Blank, []Peer{mute(1), says(2, contract.Lived, -1)}, Wait, "controller 2 took part"},
		"all emptied but a joiner":                  {0, contract.Blank, []Peer{says(1, contract.Blank, -1), says(2, contract.Joining, -1)}, Wait, "nobody remembers"},
		"another cluster's node":                    {0, contract.Blank, []Peer{foreign, says(2, contract.Blank, -1)}, Wait, "is of cluster " + sample.OtherOne},
		"a further controller, quorum runs":         {3, contract.Blank, []Peer{sees(0, 0, 0, 1), sees(1, 0, 0, 1), mute(2)}, Join, ""},
		"a further controller, no quorum yet":       {3, contract.Blank, []Peer{says(0, contract.Blank, -1), says(1, contract.Blank, -1), says(2, contract.Blank, -1)}, Wait, "not one of the initial"},
		"formatted, others too":                     {0, contract.Initial, []Peer{says(1, contract.Initial, -1), says(2, contract.Initial, -1)}, Start, ""},
		"formatted, one not yet":                    {0, contract.Initial, []Peer{says(1, contract.Blank, -1), says(2, contract.Initial, -1)}, Wait, "controller 1"},
		"formatted, one silent":                     {0, contract.Initial, []Peer{mute(1), says(2, contract.Initial, -1)}, Wait, "controller 1"},
		"formatted, a leader is there":              {0, contract.Initial, []Peer{says(1, contract.Lived, 1), mute(2)}, Start, ""},
		"formatted, another has history":            {0, contract.Initial, []Peer{says(1, contract.Lived, -1), mute(2)}, Start, ""},
		"restart with history asks nobody":          {0, contract.Lived, []Peer{mute(1), mute(2)}, Start, ""},
		"restart of a joiner asks nobody":           {0, contract.Joining, []Peer{mute(1), mute(2)}, Start, ""},
	} {
		got, why := Decide(Candidate{
			ID: test.self, ClusterID: sample.OurCluster, History: test.own, Traces: "/data was formatted", Initials: initials, Accepted: strings.HasPrefix(name, "accepted"),
		}, test.peers)
		if got != test.want || !strings.Contains(why, test.why) {
			t.Errorf("%s: step %d (%q), want %d with %q", name, got, why, test.want, test.why)
		}
		if got == Wait && why == "" {
			t.Errorf("%s: waits without a word", name)
		}
	}
}
