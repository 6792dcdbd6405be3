package main

import (
	"reflect"
	"testing"
)

// noTopics is the answer of Kafka 4.3.1 to DescribeTopicPartitions in a cluster without topics.
const noTopics = "0000000001ff00"

// described writes an answer to DescribeTopicPartitions as Kafka's message definition has it.
func described(next *cursor, all ...leadership) []byte {
	var e encoder
	ints := func(ids []int) {
		if ids == nil { // no such replicas, which Kafka writes as null
			e.null()
			return
		}
		e.length(len(ids))
		for _, id := range ids {
			e.int32(int32(id))
		}
	}
	e.int32(0)
	e.length(len(all))
	for _, p := range all { // each in a topic of its own
		e.int16(0)
		e.string(p.topic)
		e.data = append(e.data, make([]byte, 16)...)
		e.bool(false)
		e.length(1)
		e.int16(0)
		e.int32(int32(p.index))
		e.int32(int32(p.leader))
		e.int32(7)
		ints(p.replicas)
		ints(p.isr)
		ints(p.eligible)
		ints(p.lastKnown)
		ints([]int{})
		e.noTags()
		e.int32(-2147483648)
		e.noTags()
	}
	if next == nil {
		e.int8(-1)
	} else {
		e.int8(1)
		e.string(next.topic)
		e.int32(int32(next.index))
		e.noTags()
	}
	e.noTags()
	return e.data
}

func TestDecodeLeaderships(t *testing.T) {
	if all, next, err := decodeLeaderships(answer(t, noTopics)); len(all) != 0 || next != nil || err != nil {
		t.Errorf("%v, %v, %v", all, next, err)
	}
	want := []leadership{
		{"a", 0, 1, []int{1, 2}, []int{1}, []int{2}, nil},
		{"b", 3, -1, []int{1, 2, 3}, []int{}, []int{}, []int{1}},
	}
	whole := described(&cursor{"b", 4}, want...)
	got, next, err := decodeLeaderships(&decoder{data: whole})
	want[0].lastKnown = []int{}
	if err != nil || *next != (cursor{"b", 4}) || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, %v", got, next, err)
	}
	for n := range len(whole) - 1 {
		if _, _, err := decodeLeaderships(&decoder{data: whole[:n]}); err == nil {
			t.Errorf("the first %d of %d bytes pass for an answer", n, len(whole))
		}
	}
}

func FuzzDecodeLeaderships(f *testing.F) {
	f.Add(described(&cursor{"b", 4}, leadership{"a", 0, 1, []int{1, 2}, []int{1}, []int{2}, nil}))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _, _ = decodeLeaderships(&decoder{data: data}) })
}

func TestLeadershipsPageByPage(t *testing.T) {
	c := client{address: serving(t, described(&cursor{"b", 0}, leadership{topic: "a"}), described(nil, leadership{topic: "b"}))}
	defer c.close()
	if all, err := c.leaderships(); err != nil || len(all) != 2 || all[1].topic != "b" {
		t.Errorf("%v, %v", all, err)
	}
	endless := client{address: serving(t, described(&cursor{"b", 0}, leadership{topic: "b"}))}
	defer endless.close()
	if _, err := endless.leaderships(); err == nil {
		t.Error("a list without an end passed")
	}
}
