package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"testing"
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
