package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func answer(t testing.TB, text string) *codec.Decoder {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return &codec.Decoder{Data: data}
}

func TestDecodeMembers(t *testing.T) {
	d := answer(t, sample.ClusterAnswer)
	got, err := decodeMembers(d)
	want := []Member{{0, "kafka-0", false}, {1, "kafka-1", false}, {2, "kafka-2", true}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestDecodePartitions(t *testing.T) {
	brokers, got, err := decodeMetadata(answer(t, sample.MetadataAnswer))
	if err != nil || len(got) != 6 || brokers[1] != "kafka-1:9092" {
		t.Fatalf("%v, %v, %v", got, brokers, err)
	}
	if want := (Partition{Topic: "test", Index: 3, Leader: 1, Replicas: []int{0, 2, 1}, ISR: []int{0, 1}}); !reflect.DeepEqual(got[3], want) {
		t.Errorf("%+v, want %+v", got[3], want)
	}
}

func TestDecodeMinInSync(t *testing.T) {
	got, err := decodeMinInSync(answer(t, sample.ConfigsAnswer))
	if err != nil || !reflect.DeepEqual(got, map[string]int{"test": 2}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestDecodeQuorum(t *testing.T) {
	got, err := decodeQuorum(answer(t, sample.QuorumAnswer))
	if err != nil {
		t.Fatal(err)
	}
	if got.LeaderID != 1 || got.LeaderEpoch != 33 || len(got.Voters) != 3 || len(got.Observers) != 0 ||
		!reflect.DeepEqual(got.Hosts, map[int]string{0: "kafka-0", 1: "kafka-1", 2: "kafka-2"}) {
		t.Errorf("%+v", got)
	}
}

// followers is what a controller answers to DescribeQuorum that does not lead.
func followers() []byte {
	var e codec.Encoder
	e.Int16(0)
	e.Null() // message
	e.Length(1)
	e.Text("__cluster_metadata")
	e.Length(1)
	e.Int32(0)
	e.Int16(codeNotLeader)
	e.Null()
	e.Int32(0)
	e.Int32(0)
	e.Data = append(e.Data, make([]byte, 8)...)
	for range 7 { // no voters, no observers, tags, tags, no nodes, tags
		e.Data = append(e.Data, 0)
	}
	return e.Data
}

func TestDecodeQuorumOfAFollower(t *testing.T) {
	if _, err := decodeQuorum(&codec.Decoder{Data: followers()}); !errors.Is(err, ErrNotLeader) {
		t.Errorf("%v", err)
	}
}

func TestCutAnswersAreErrors(t *testing.T) {
	for name, test := range map[string]struct {
		text   string
		decode func(*codec.Decoder) error
	}{
		"cluster":  {sample.ClusterAnswer, func(d *codec.Decoder) error { _, err := decodeMembers(d); return err }},
		"metadata": {sample.MetadataAnswer, func(d *codec.Decoder) error { _, _, err := decodeMetadata(d); return err }},
		"configs":  {sample.ConfigsAnswer, func(d *codec.Decoder) error { _, err := decodeMinInSync(d); return err }},
		"quorum":   {sample.QuorumAnswer, func(d *codec.Decoder) error { _, err := decodeQuorum(d); return err }},
	} {
		whole := answer(t, test.text).Data
		for n := range len(whole) - 8 { // the last bytes are fields that the agent does not read
			if err := test.decode(&codec.Decoder{Data: whole[:n]}); err == nil {
				t.Errorf("%s: the first %d of %d bytes pass for an answer", name, n, len(whole))
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{sample.ClusterAnswer, sample.MetadataAnswer, sample.ConfigsAnswer, sample.QuorumAnswer} {
		f.Add(answer(f, text).Data)
	}
	f.Fuzz(func(_ *testing.T, data []byte) { // neither a panic nor much memory
		_, _ = decodeMembers(&codec.Decoder{Data: bytes.Clone(data)})
		_, _, _ = decodeMetadata(&codec.Decoder{Data: bytes.Clone(data)})
		_, _ = decodeMinInSync(&codec.Decoder{Data: bytes.Clone(data)})
		_, _ = decodeQuorum(&codec.Decoder{Data: bytes.Clone(data)})
	})
}

// One topic's error says nothing of the others, and a topic that was deleted since it was listed is no error at all.
func TestDecodeMinInSyncWithErrors(t *testing.T) {
	for name, test := range map[string]struct {
		code   int16
		failed bool
	}{"deleted": {codeUnknownTopic, false}, "refused": {29, true}} {
		var e codec.Encoder
		e.Int32(0)  // throttle time
		e.Length(2) // resources
		e.Int16(test.code)
		e.Text("")
		e.Int8(topicResource)
		e.Text("gone")
		e.Length(0)
		e.NoTags()
		whole, _ := hex.DecodeString(sample.ConfigsAnswer)
		e.Data = append(e.Data, whole[5:]...) // the resource of topic test, and what follows
		got, err := decodeMinInSync(&codec.Decoder{Data: e.Data})
		if (err != nil) != test.failed || !reflect.DeepEqual(got, map[string]int{"test": 2}) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// Who asks says how large an answer may be, and does not read a larger one.
func TestTooLargeAnAnswer(t *testing.T) {
	answer := []byte(sample.Bytes(t, sample.QuorumAnswer))
	for largest, fits := range map[uint32]bool{0: true, uint32(len(answer)) + 100: true, 10: false} {
		c := Client{Address: sample.Serve(t, answer), Largest: largest}
		if _, err := c.DescribeQuorum(); (err == nil) != fits || !fits && !strings.Contains(err.Error(), "is too large") {
			t.Errorf("%d: %v", largest, err)
		}
		c.Close()
	}
}
