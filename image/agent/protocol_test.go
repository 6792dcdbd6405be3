package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"testing"
)

// Answers of three combined Kafka 4.3.1 nodes, recorded while node 2 was down; topic "test" has 6 partitions,
// replication 3 and min.insync.replicas 2.
const (
	clusterAnswer  = "000000000000000117354c3667336e5368542d654d43744b2d2d5838367377000000000400000000086b61666b612d300000238400000000000001086b61666b612d310000238400000000000002086b61666b612d32000023840001008000000000"
	metadataAnswer = "000000000300000000086b61666b612d3000002384000000000001086b61666b612d3100002384000017354c3667336e5368542d654d43744b2d2d5838367377000000000200000574657374752e3b346f074a2d978b1fac6ab540d10007000000000000000000010000002d04000000010000000200000000030000000000000001020000000200000000000001000000010000002f04000000020000000000000001030000000000000001020000000200000000000002000000010000002f04000000000000000100000002030000000000000001020000000200000000000003000000010000003104000000000000000200000001030000000000000001020000000200000000000004000000010000002f04000000020000000100000000030000000000000001020000000200000000000005000000010000002e04000000010000000000000002030000000000000001020000000200800000000000"
	configsAnswer  = "000000000200000102057465737402146d696e2e696e73796e632e7265706c696361730232000300010300000000"
	quorumAnswer   = "00000102135f5f636c75737465725f6d657461646174610200000000000001000000010000002100000000000007d00400000000000102030405060708090a0b0c0d0e0000000000000007d0000001a1fc4fb99c000001a1fc4fb99c0000000001000102030405060708090a0b0c0d0e0100000000000007d0000001a1fc4fbb46000001a1fc4fbb460000000002000102030405060708090a0b0c0d0e0200000000000007ca000001a1fc4fafb3000001a1fc4fae72000100000400000000020b434f4e54524f4c4c4552086b61666b612d302385000000000001020b434f4e54524f4c4c4552086b61666b612d312385000000000002020b434f4e54524f4c4c4552086b61666b612d322385000000"
)

func answer(t testing.TB, text string) *decoder {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return &decoder{data: data}
}

func TestDecodeMembers(t *testing.T) {
	d := answer(t, clusterAnswer)
	got, err := decodeMembers(d)
	want := []member{{0, "kafka-0", false}, {1, "kafka-1", false}, {2, "kafka-2", true}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestDecodePartitions(t *testing.T) {
	got, err := decodePartitions(answer(t, metadataAnswer))
	if err != nil || len(got) != 6 {
		t.Fatalf("%v, %v", got, err)
	}
	if want := (partition{topic: "test", index: 3, leader: 1, replicas: []int{0, 2, 1}, isr: []int{0, 1}}); !reflect.DeepEqual(got[3], want) {
		t.Errorf("%+v, want %+v", got[3], want)
	}
}

func TestDecodeMinInSync(t *testing.T) {
	got, err := decodeMinInSync(answer(t, configsAnswer))
	if err != nil || !reflect.DeepEqual(got, map[string]int{"test": 2}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestDecodeQuorum(t *testing.T) {
	got, err := decodeQuorum(answer(t, quorumAnswer))
	if err != nil {
		t.Fatal(err)
	}
	if got.leaderID != 1 || got.leaderEpoch != 33 || len(got.voters) != 3 || len(got.observers) != 0 ||
		!reflect.DeepEqual(got.hosts, map[int]string{0: "kafka-0", 1: "kafka-1", 2: "kafka-2"}) {
		t.Errorf("%+v", got)
	}
	for id, want := range map[int]controlView{
		0: {leaderID: 1, leaderEpoch: 33, place: voting, behind: 426e6},
		1: {leaderID: 1, leaderEpoch: 33, place: voting},
		2: {leaderID: 1, leaderEpoch: 33, place: voting, behind: 3284e6},
	} {
		directory := "AAECAwQFBgcICQoLDA0OA" + string("AQg"[id])
		want.voters, want.alive = []int{0, 1, 2}, []int{0, 1, 2}
		if view := controlViewOf(got, id, directory); !reflect.DeepEqual(view, want) {
			t.Errorf("controller %d: %+v, want %+v", id, view, want)
		}
		if view := controlViewOf(got, id, "AAAAAAAAAAAAAAAAAAAAAA"); view.place != noPlace {
			t.Errorf("controller %d with an emptied volume counts as the old one: %+v", id, view)
		}
	}
	got.observers, got.voters = got.voters[2:], got.voters[:2]
	stop := quorumStopFrom(got)
	want := &quorumStop{leaderKnown: true, voters: []int{0, 1}, caughtUp: []int{0, 1}, observers: []int{2}}
	if !reflect.DeepEqual(stop, want) {
		t.Errorf("%+v, want %+v", stop, want)
	}
}

func TestDecodeQuorumOfAFollower(t *testing.T) {
	var e encoder
	e.int16(0)
	e.null() // message
	e.length(1)
	e.string("__cluster_metadata")
	e.length(1)
	e.int32(0)
	e.int16(codeNotLeader)
	e.null()
	e.int32(0)
	e.int32(0)
	e.data = append(e.data, make([]byte, 8)...)
	for range 7 { // no voters, no observers, tags, tags, no nodes, tags
		e.data = append(e.data, 0)
	}
	if _, err := decodeQuorum(&decoder{data: e.data}); !errors.Is(err, errNotLeader) {
		t.Errorf("%v", err)
	}
}

func TestCutAnswersAreErrors(t *testing.T) {
	for name, test := range map[string]struct {
		text   string
		decode func(*decoder) error
	}{
		"cluster":  {clusterAnswer, func(d *decoder) error { _, err := decodeMembers(d); return err }},
		"metadata": {metadataAnswer, func(d *decoder) error { _, err := decodePartitions(d); return err }},
		"configs":  {configsAnswer, func(d *decoder) error { _, err := decodeMinInSync(d); return err }},
		"quorum":   {quorumAnswer, func(d *decoder) error { _, err := decodeQuorum(d); return err }},
	} {
		whole := answer(t, test.text).data
		for n := range len(whole) - 8 { // the last bytes are fields that the agent does not read
			if err := test.decode(&decoder{data: whole[:n]}); err == nil {
				t.Errorf("%s: the first %d of %d bytes pass for an answer", name, n, len(whole))
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{clusterAnswer, metadataAnswer, configsAnswer, quorumAnswer} {
		f.Add(answer(f, text).data)
	}
	f.Fuzz(func(_ *testing.T, data []byte) { // neither a panic nor much memory
		_, _ = decodeMembers(&decoder{data: bytes.Clone(data)})
		_, _ = decodePartitions(&decoder{data: bytes.Clone(data)})
		_, _ = decodeMinInSync(&decoder{data: bytes.Clone(data)})
		_, _ = decodeQuorum(&decoder{data: bytes.Clone(data)})
	})
}

func TestEncodedRequest(t *testing.T) {
	var e encoder
	e.int8(2)
	e.string("test")
	e.bool(true)
	e.length(0)
	e.null()
	e.noTags()
	if got := hex.EncodeToString(e.data); got != "02057465737401010000" {
		t.Error(got)
	}
}

// One topic's error says nothing of the others, and a topic that was deleted since it was listed is no error at all.
func TestDecodeMinInSyncWithErrors(t *testing.T) {
	for name, test := range map[string]struct {
		code   int16
		failed bool
	}{"deleted": {codeUnknownTopic, false}, "refused": {29, true}} {
		var e encoder
		e.int32(0)  // throttle time
		e.length(2) // resources
		e.int16(test.code)
		e.string("")
		e.int8(topicResource)
		e.string("gone")
		e.length(0)
		e.noTags()
		whole, _ := hex.DecodeString(configsAnswer)
		e.data = append(e.data, whole[5:]...) // the resource of topic test, and what follows
		got, err := decodeMinInSync(&decoder{data: e.data})
		if (err != nil) != test.failed || !reflect.DeepEqual(got, map[string]int{"test": 2}) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
