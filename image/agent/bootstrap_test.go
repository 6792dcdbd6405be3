package main

import (
	"strings"
	"testing"
)

func TestDecideBootstrap(t *testing.T) {
	initials := []voter{{id: 0, host: "a"}, {id: 1, host: "b"}, {id: 2, host: "c"}}
	says := func(id int, h history, leader int) peer {
		return peer{voter: initials[id], answered: true, report: report{NodeID: id, ClusterID: ourCluster, History: h, LeaderID: leader}}
	}
	// sees is a node that hears a leader, which hears these voters of controllers 0, 1 and 2.
	sees := func(id, leader int, alive ...int) peer {
		p := says(id, lived, leader)
		p.report.Voters, p.report.Alive = []int{0, 1, 2}, alive
		return p
	}
	stranger := func(asked, id int, h history) peer {
		p := says(asked, h, -1)
		p.report.NodeID = id
		return p
	}
	mute := func(id int) peer { return peer{voter: initials[id], why: "no such host"} }
	foreign := says(1, lived, 1)
	foreign.report.ClusterID = otherOne

	for name, test := range map[string]struct {
		self  int
		own   history
		peers []peer
		want  step
		why   string
	}{
		"another node answers":                      {0, blank, []peer{stranger(1, 7, blank), says(2, blank, -1)}, wait, "controller 1 at b (node 7 answers there)"},
		"another node speaks of a quorum":           {0, blank, []peer{stranger(1, 2, lived), says(2, blank, -1)}, wait, "node 2 answers there"},
		"a broker answers":                          {0, blank, []peer{says(1, "", -1), says(2, "", -1)}, wait, "not a controller"},
		"a newer agent answers":                     {0, blank, []peer{says(1, "resting", -1), says(2, blank, -1)}, wait, `its history is "resting"`},
		"a newer agent that leads":                  {0, blank, []peer{says(1, "resting", 1), says(2, blank, -1)}, wait, `its history is "resting"`},
		"all lost their logs":                       {0, lost, []peer{says(1, lost, -1), says(2, lost, -1)}, wait, "for a decision: every controller's metadata log is gone, though there was one (/data was formatted)"},
		"a blank one among lost ones":               {0, blank, []peer{says(1, lost, -1), says(2, blank, -1)}, wait, "as controller 1 says"},
		"a single one lost its log":                 {0, lost, nil, wait, "pulumi config set --path 'acceptLoss[0]' quorum"},
		"lost, a quorum runs":                       {0, lost, []peer{sees(1, 2, 1, 2), sees(2, 2, 1, 2)}, join, ""},
		"lost, one does not answer":                 {0, lost, []peer{says(1, lost, -1), mute(2)}, wait, "controller 2"},
		"accepted here, not yet there":              {0, blank, []peer{says(1, blank, -1), says(2, lost, -1)}, wait, "as controller 2 says"},
		"accepted everywhere":                       {0, blank, []peer{says(1, blank, -1), says(2, blank, -1)}, form, ""},
		"accepted, one had to join":                 {0, blank, []peer{says(1, blank, -1), says(2, joining, -1)}, form, ""},
		"two of three volumes lost":                 {0, lost, []peer{says(1, lost, -1), says(2, lived, -1)}, wait, "no way to make a quorum out of a minority"},
		"formatted, others lost":                    {0, initial, []peer{says(1, lost, -1), says(2, initial, -1)}, wait, "controller 1"},
		"single controller":                         {0, blank, nil, form, ""},
		"all blank":                                 {0, blank, []peer{says(1, blank, -1), says(2, blank, -1)}, form, "never was a quorum"},
		"one was quicker":                           {0, blank, []peer{says(1, initial, -1), says(2, blank, -1)}, form, ""},
		"both were quicker":                         {0, blank, []peer{says(1, initial, -1), says(2, initial, -1)}, form, ""},
		"one does not answer":                       {0, blank, []peer{says(1, blank, -1), mute(2)}, wait, "controller 2 at c (no such host)"},
		"nobody answers":                            {0, blank, []peer{mute(1), mute(2)}, wait, "controller 1"},
		"emptied, a quorum runs":                    {0, blank, []peer{sees(1, 2, 1, 2), sees(2, 2, 1, 2)}, join, "its leader is 2"},
		"emptied, only one agent answers":           {0, blank, []peer{mute(1), sees(2, 2, 1, 2)}, join, ""},
		"emptied, its former self is not forgotten": {0, blank, []peer{sees(1, 2, 0, 1, 2), sees(2, 2, 0, 1, 2)}, join, ""},
		"emptied, it was the leader":                {0, blank, []peer{sees(1, 0, 0, 1, 2), sees(2, 0, 0, 1, 2)}, wait, "no leader and majority without this controller"},
		"two emptied, the third led and still does": {0, blank, []peer{says(1, blank, -1), sees(2, 2, 0, 2)}, wait, "only controller 2 still has"},
		"two emptied, remembered as alive":          {0, blank, []peer{says(1, blank, -1), sees(2, 1, 0, 1, 2)}, join, ""}, // joinPatience outlives that memory
		"emptied while the others start":            {0, blank, []peer{says(1, lived, -1), says(2, lived, -1)}, wait, "controller 1, controller 2 took part"},
		"two emptied, the third remembers":          {0, blank, []peer{says(1, blank, -1), says(2, lived, -1)}, wait, "only controller 2 still has"},
		"history and silence":                       {0, blank, []peer{mute(1), says(2, lived, -1)}, wait, "controller 2 took part"},
		"all emptied but a joiner":                  {0, blank, []peer{says(1, blank, -1), says(2, joining, -1)}, wait, "nobody remembers"},
		"another cluster's node":                    {0, blank, []peer{foreign, says(2, blank, -1)}, wait, "is of cluster " + otherOne},
		"a further controller, quorum runs":         {3, blank, []peer{sees(0, 0, 0, 1), sees(1, 0, 0, 1), mute(2)}, join, ""},
		"a further controller, no quorum yet":       {3, blank, []peer{says(0, blank, -1), says(1, blank, -1), says(2, blank, -1)}, wait, "not one of the initial"},
		"formatted, others too":                     {0, initial, []peer{says(1, initial, -1), says(2, initial, -1)}, start, ""},
		"formatted, one not yet":                    {0, initial, []peer{says(1, blank, -1), says(2, initial, -1)}, wait, "controller 1"},
		"formatted, one silent":                     {0, initial, []peer{mute(1), says(2, initial, -1)}, wait, "controller 1"},
		"formatted, a leader is there":              {0, initial, []peer{says(1, lived, 1), mute(2)}, start, ""},
		"formatted, another has history":            {0, initial, []peer{says(1, lived, -1), mute(2)}, start, ""},
		"restart with history asks nobody":          {0, lived, []peer{mute(1), mute(2)}, start, ""},
		"restart of a joiner asks nobody":           {0, joining, []peer{mute(1), mute(2)}, start, ""},
	} {
		got, why := decideBootstrap(candidate{
			id: test.self, clusterID: ourCluster, history: test.own, traces: "/data was formatted", initials: initials, accepted: strings.HasPrefix(name, "accepted"),
		}, test.peers)
		if got != test.want || !strings.Contains(why, test.why) {
			t.Errorf("%s: step %d (%q), want %d with %q", name, got, why, test.want, test.why)
		}
		if got == wait && why == "" {
			t.Errorf("%s: waits without a word", name)
		}
	}
}
