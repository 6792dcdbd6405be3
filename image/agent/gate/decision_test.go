package gate

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/peers"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// A broker that is not in the ISR loses nothing by a stop of its own, but a partition that has too few without it waits
// for it.
func TestComesBack(t *testing.T) {
	three := []int{0, 1, 2}
	for name, test := range map[string]struct {
		partition wire.Partition
		minimum   int
		others    map[int]presence
		want      bool
	}{
		"needed":                       {wire.Partition{Replicas: three, ISR: []int{0}}, 2, nil, true},
		"in sync":                      {wire.Partition{Replicas: three, ISR: []int{0, 1}}, 2, nil, false},
		"enough without it":            {wire.Partition{Replicas: three, ISR: []int{0, 2}}, 2, nil, false},
		"enough, but one of them goes": {wire.Partition{Replicas: three, ISR: []int{0, 2}}, 2, map[int]presence{0: leaving}, true},
		"no leader to catch up with":   {wire.Partition{Leader: -1, Replicas: three, ISR: []int{0}}, 2, nil, false},
		"no replica here":              {wire.Partition{Replicas: []int{0, 2}, ISR: []int{0}}, 2, nil, false},
		"never enough without it":      {wire.Partition{Replicas: three, ISR: []int{0}}, 3, nil, false},
		"a full stop":                  {wire.Partition{Replicas: three, ISR: []int{0}}, 2, map[int]presence{0: stopping, 2: stopping}, false},
	} {
		test.partition.Topic = "t"
		b := &brokerStop{peers: []int{0, 2}, partitions: []wire.Partition{test.partition}, minISR: map[string]int{"t": test.minimum}}
		if err := b.comesBack(stopView{self: 1, broker: b, others: test.others}); (err != nil) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecideStop(t *testing.T) {
	// Three brokers, replication 3, min.insync.replicas 2; this node is 1.
	full := wire.Partition{Topic: "t", Replicas: []int{0, 1, 2}, ISR: []int{0, 1, 2}}
	short := wire.Partition{Topic: "t", Replicas: []int{0, 1, 2}, ISR: []int{0, 1}}
	broker := func(peers []int, minimum int, partitions ...wire.Partition) *brokerStop {
		return &brokerStop{peers: peers, partitions: partitions, minISR: map[string]int{"t": minimum}}
	}
	two := []int{0, 2}
	three := []int{0, 1, 2}

	for name, test := range map[string]struct {
		broker *brokerStop
		quorum *quorumStop
		others map[int]presence
		hold   string // part of the reason; "": it may go
	}{
		"nothing to lose":                        {nil, nil, nil, ""},
		"all in sync":                            {broker(two, 2, full), nil, nil, ""},
		"one replica is missing":                 {broker(two, 2, full, short), nil, nil, "t-0 (ISR 2 of 3, min.insync.replicas=2)"},
		"missing, but the topic allows it":       {broker(two, 1, short), nil, nil, ""},
		"this one is not in the ISR itself":      {broker(two, 2, wire.Partition{Topic: "t", Replicas: three, ISR: []int{0}}), nil, nil, ""},
		"no replica here":                        {broker(two, 2, wire.Partition{Topic: "t", Replicas: two, ISR: []int{0}}), nil, nil, ""},
		"one replica only":                       {broker(two, 1, wire.Partition{Topic: "t", Replicas: []int{1}, ISR: []int{1}}), nil, nil, ""},
		"the topic allows no replica to miss":    {broker(two, 3, full), nil, nil, ""},
		"min.insync.replicas could not be asked": {&brokerStop{peers: two, partitions: []wire.Partition{short}}, nil, nil, ""},
		"alone in the cluster":                   {broker(nil, 1, wire.Partition{Topic: "t", Replicas: []int{1}, ISR: []int{1}}), nil, nil, ""},

		"lower one stops too: it goes first":      {broker(two, 2, full), nil, map[int]presence{0: stopping}, "t-0"},
		"higher one stops too: this goes first":   {broker(two, 2, full), nil, map[int]presence{2: stopping}, ""},
		"higher one was let through":              {broker(two, 2, full), nil, map[int]presence{2: leaving}, "t-0"},
		"a pod has no address for now":            {broker(two, 2, full), nil, map[int]presence{0: away, 2: away}, "t-0"},
		"lower one stops, but the topic has room": {broker(two, 1, full), nil, map[int]presence{0: stopping}, ""},
		"a pod is away":                           {broker(two, 2, full), nil, map[int]presence{2: absent}, "t-0"},
		"full stop":                               {broker(two, 2, short), nil, map[int]presence{0: stopping, 2: stopping}, ""},
		"one died a moment ago":                   {broker(two, 2, full), nil, map[int]presence{2: quiet}, "t-0"},
		"dead ones are no full stop":              {broker(two, 2, short), nil, map[int]presence{0: quiet, 2: quiet}, "t-0"},
		"full stop, some are gone already":        {broker(two, 2, short), nil, map[int]presence{0: stopping, 2: absent}, ""},
		"one of five stays":                       {broker([]int{0, 2, 3, 4}, 2, short), nil, map[int]presence{0: stopping, 2: stopping, 3: stopping}, "t-0"},

		"quorum complete":                 {nil, &quorumStop{leaderKnown: true, voters: three, caughtUp: three}, nil, ""},
		"a voter is down":                 {nil, &quorumStop{leaderKnown: true, voters: three, caughtUp: []int{0, 1}}, nil, "only 1 of 3 voters"},
		"five voters, one down":           {nil, &quorumStop{leaderKnown: true, voters: []int{0, 1, 2, 3, 4}, caughtUp: []int{0, 1, 2, 3}}, nil, ""},
		"five voters, two down":           {nil, &quorumStop{leaderKnown: true, voters: []int{0, 1, 2, 3, 4}, caughtUp: []int{0, 1, 2}}, nil, "only 2 of 5"},
		"no leader":                       {nil, &quorumStop{voters: three}, nil, "no leader"},
		"no leader, full stop":            {nil, &quorumStop{voters: three}, map[int]presence{0: stopping, 2: absent}, ""},
		"single controller":               {nil, &quorumStop{leaderKnown: true, voters: []int{1}, caughtUp: []int{1}}, nil, ""},
		"single controller with brokers":  {nil, &quorumStop{leaderKnown: true, voters: []int{1}, caughtUp: []int{1}, observers: []int{3}}, nil, ""},
		"two controllers":                 {nil, &quorumStop{leaderKnown: true, voters: []int{0, 1}, caughtUp: []int{0, 1}}, nil, ""},
		"not a voter":                     {nil, &quorumStop{leaderKnown: true, voters: []int{0, 2, 3}, caughtUp: []int{0}}, nil, ""},
		"a voter died a moment ago":       {nil, &quorumStop{leaderKnown: true, voters: three, caughtUp: three}, map[int]presence{2: quiet}, "only 1 of 3"},
		"lower voter stops too":           {nil, &quorumStop{leaderKnown: true, voters: three, caughtUp: three}, map[int]presence{0: stopping}, "only 1 of 3"},
		"higher voter stops too":          {nil, &quorumStop{leaderKnown: true, voters: three, caughtUp: three}, map[int]presence{2: stopping}, ""},
		"higher voter was let through":    {nil, &quorumStop{leaderKnown: true, voters: three, caughtUp: three}, map[int]presence{2: leaving}, "only 1 of 3"},
		"full stop, brokers are left":     {nil, &quorumStop{leaderKnown: true, voters: three, caughtUp: three, observers: []int{3, 4}}, map[int]presence{0: stopping, 2: stopping}, "brokers (3, 4)"},
		"full stop, brokers are gone":     {nil, &quorumStop{leaderKnown: true, voters: three, caughtUp: three}, map[int]presence{0: stopping, 2: stopping}, ""},
		"rolling restart with brokers":    {nil, &quorumStop{leaderKnown: true, voters: three, caughtUp: three, observers: []int{3, 4}}, nil, ""},
		"combined: the quorum holds back": {broker(two, 2, full), &quorumStop{leaderKnown: true, voters: three, caughtUp: []int{1, 2}}, nil, "only 1 of 3"},
		"combined: both hold back":        {broker(two, 2, short), &quorumStop{leaderKnown: true, voters: three, caughtUp: []int{0, 1}}, nil, "; without this controller"},
		"combined: full stop":             {broker(two, 2, short), &quorumStop{voters: three}, map[int]presence{0: stopping, 2: stopping}, ""},
	} {
		got, _ := decideStop(stopView{self: 1, broker: test.broker, quorum: test.quorum, others: test.others})
		if (got == "") != (test.hold == "") || !strings.Contains(got, test.hold) {
			t.Errorf("%s: %q, want one with %q", name, got, test.hold)
		}
	}
}

func TestManyBlockedPartitionsAreNotAllNamed(t *testing.T) {
	b := &brokerStop{peers: []int{0}, minISR: map[string]int{"t": 1}}
	for i := range 100 {
		b.partitions = append(b.partitions, wire.Partition{Topic: "t", Index: i, Replicas: []int{0, 1}, ISR: []int{1}})
	}
	got, _ := decideStop(stopView{self: 1, broker: b})
	if !strings.Contains(got, "and 97 more") || strings.Contains(got, "t-3") {
		t.Errorf("%q", got)
	}
}

func TestIncompleteTopics(t *testing.T) {
	partitions := []wire.Partition{
		{Topic: "full", Replicas: []int{0, 1, 2}, ISR: []int{0, 1, 2}},
		{Topic: "short", Replicas: []int{0, 1, 2}, ISR: []int{0, 1}},
		{Topic: "short", Replicas: []int{0, 1, 2}, ISR: []int{1, 2}},
		{Topic: "elsewhere", Replicas: []int{0, 2}, ISR: []int{0}},
	}
	view := stopView{self: 1, others: map[int]presence{}}
	if got := view.incomplete(partitions); len(got) != 1 || got[0] != "short" {
		t.Errorf("quiet cluster: %v", got)
	}
	view.others[0] = stopping
	if got := view.incomplete(partitions); len(got) != 2 {
		t.Errorf("another one is leaving: %v", got)
	}
}

func TestPresence(t *testing.T) {
	now := time.Now()
	for name, test := range map[string]struct {
		before neighbour
		reach  peers.Reach
		State  contract.State
		want   presence
	}{
		"answers":                        {neighbour{}, peers.Answers, contract.State{Ready: true}, present},
		"says that it stops":             {neighbour{}, peers.Answers, contract.State{Stopping: true}, stopping},
		"says that it was let through":   {neighbour{presence: stopping}, peers.Answers, contract.State{Stopping: true, Leaving: true}, leaving},
		"silent":                         {neighbour{}, peers.Silent, contract.State{}, quiet},
		"silent for a moment longer":     {neighbour{presence: quiet, silentSince: now.Add(-time.Second)}, peers.Silent, contract.State{}, quiet},
		"silent, but Kafka counts on it": {neighbour{presence: quiet, silentSince: now.Add(-quietFor)}, peers.Silent, contract.State{}, present},
		"silent for long already":        {neighbour{silentSince: now.Add(-time.Hour)}, peers.Silent, contract.State{}, present},
		"answers again":                  {neighbour{presence: quiet, silentSince: now}, peers.Answers, contract.State{Ready: true}, present},
		"its JVM is dead":                {neighbour{}, peers.Answers, contract.State{}, quiet},
		"dead, but Kafka counts on it":   {neighbour{presence: quiet, silentSince: now.Add(-quietFor)}, peers.Answers, contract.State{}, present},
		"starts after it had stopped":    {neighbour{presence: leaving}, peers.Answers, contract.State{}, quiet},
		"silent, then starts":            {neighbour{presence: present, silentSince: now.Add(-time.Hour)}, peers.Answers, contract.State{}, present},
		"stopped after it said so":       {neighbour{presence: stopping}, peers.Silent, contract.State{}, leaving},
		"still silent":                   {neighbour{presence: leaving}, peers.Silent, contract.State{}, leaving},
		"came back":                      {neighbour{presence: leaving}, peers.Answers, contract.State{Ready: true}, present},
		"pod is gone after it said so":   {neighbour{presence: leaving}, peers.Gone, contract.State{}, absent},
		"pod has no address for now":     {neighbour{}, peers.Gone, contract.State{}, away},
		"and for longer":                 {neighbour{presence: away, goneSince: now.Add(-absentAfter)}, peers.Gone, contract.State{}, absent},
		"pod is there again, silent":     {neighbour{presence: absent}, peers.Silent, contract.State{}, quiet},
		"pod was away, answers":          {neighbour{presence: away, goneSince: now}, peers.Answers, contract.State{Ready: true}, present},
		"pod away, for a moment longer":  {neighbour{presence: away, goneSince: now.Add(-time.Second)}, peers.Gone, contract.State{}, away},
	} {
		if got := test.before.then(now, test.reach, test.State); got.presence != test.want {
			t.Errorf("%s: %d, want %d", name, got.presence, test.want)
		}
	}
}

func TestConsentIsHopeless(t *testing.T) {
	for name, test := range map[string]struct {
		leaderless time.Duration
		leave      bool
		want       bool
	}{
		"a leader answers":           {0, true, false},
		"an election":                {5 * time.Second, false, false},
		"the quorum is lost":         {21 * time.Second, false, true},
		"the controllers leave":      {3 * time.Second, true, true},
		"they have just begun to go": {time.Second, true, false},
	} {
		if got := consentIsHopeless(test.leaderless, test.leave); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestQuorumStop has the recorded answer of a quorum.
func TestQuorumStop(t *testing.T) {
	c := wire.Client{Address: sample.Serve(t, []byte(sample.Bytes(t, sample.QuorumAnswer)))}
	defer c.Close()
	got, err := c.DescribeQuorum()
	if err != nil {
		t.Fatal(err)
	}
	got.Observers, got.Voters = got.Voters[2:], got.Voters[:2]
	stop := quorumStopFrom(got)
	want := &quorumStop{leaderKnown: true, voters: []int{0, 1}, caughtUp: []int{0, 1}, observers: []int{2}}
	if !reflect.DeepEqual(stop, want) {
		t.Errorf("%+v, want %+v", stop, want)
	}
}
