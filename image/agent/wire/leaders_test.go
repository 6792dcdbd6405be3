package wire

import (
	"reflect"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// noTopics is the answer of Kafka 4.3.1 to DescribeTopicPartitions in a cluster without topics.
const noTopics = "0000000001ff00"

// described writes an answer to DescribeTopicPartitions as Kafka's message definition has it.
func described(next *cursor, all ...Leadership) []byte {
	var e codec.Encoder
	ints := func(ids []int) {
		if ids == nil { // no such replicas, which Kafka writes as null
			e.Null()
			return
		}
		e.Length(len(ids))
		for _, id := range ids {
			e.Int32(int32(id))
		}
	}
	e.Int32(0)
	e.Length(len(all))
	for _, p := range all { // each in a topic of its own
		e.Int16(0)
		e.Text(p.Topic)
		e.Data = append(e.Data, make([]byte, 16)...)
		e.Bool(false)
		e.Length(1)
		e.Int16(0)
		e.Int32(int32(p.Index))
		e.Int32(int32(p.Leader))
		e.Int32(7)
		ints(p.Replicas)
		ints(p.ISR)
		ints(p.Eligible)
		ints(p.LastKnown)
		ints([]int{})
		e.NoTags()
		e.Int32(-2147483648)
		e.NoTags()
	}
	if next == nil {
		e.Int8(-1)
	} else {
		e.Int8(1)
		e.Text(next.topic)
		e.Int32(int32(next.index))
		e.NoTags()
	}
	e.NoTags()
	return e.Data
}

func TestDecodeLeaderships(t *testing.T) {
	if all, next, err := decodeLeaderships(answer(t, noTopics)); len(all) != 0 || next != nil || err != nil {
		t.Errorf("%v, %v, %v", all, next, err)
	}
	want := []Leadership{
		{"a", 0, 1, []int{1, 2}, []int{1}, []int{2}, nil},
		{"b", 3, -1, []int{1, 2, 3}, []int{}, []int{}, []int{1}},
	}
	whole := described(&cursor{"b", 4}, want...)
	got, next, err := decodeLeaderships(&codec.Decoder{Data: whole})
	want[0].LastKnown = []int{}
	if err != nil || *next != (cursor{"b", 4}) || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, %v", got, next, err)
	}
	for n := range len(whole) - 1 {
		if _, _, err := decodeLeaderships(&codec.Decoder{Data: whole[:n]}); err == nil {
			t.Errorf("the first %d of %d bytes pass for an answer", n, len(whole))
		}
	}
}

func FuzzDecodeLeaderships(f *testing.F) {
	f.Add(described(&cursor{"b", 4}, Leadership{"a", 0, 1, []int{1, 2}, []int{1}, []int{2}, nil}))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _, _ = decodeLeaderships(&codec.Decoder{Data: data}) })
}

func TestLeadershipsPageByPage(t *testing.T) {
	c := Client{Address: sample.Serve(t, described(&cursor{"b", 0}, Leadership{Topic: "a"}), described(nil, Leadership{Topic: "b"}))}
	defer c.Close()
	if all, err := c.Leaderships(); err != nil || len(all) != 2 || all[1].Topic != "b" {
		t.Errorf("%v, %v", all, err)
	}
	endless := Client{Address: sample.Serve(t, described(&cursor{"b", 0}, Leadership{Topic: "b"}))}
	defer endless.Close()
	if _, err := endless.Leaderships(); err == nil {
		t.Error("a list without an end passed")
	}
}
