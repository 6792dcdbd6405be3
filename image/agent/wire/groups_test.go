package wire

import (
	"maps"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
)

func TestGroupsAreThoseOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := kmsg.NewPtrListGroupsResponse()
		var want []Group
		d := written(t, apiGroups, answer, func() {
			answer.ErrorCode = errorCode(t)
			for i := range answer.Groups {
				g := &answer.Groups[i]
				g.GroupState = rapid.SampledFrom([]string{"Stable", "Empty", "Dead"}).Draw(t, "state")
				want = append(want, Group{ID: g.Group, Type: GroupType(g.GroupType), Empty: g.GroupState != "Stable"})
			}
		})
		got, err := decodeGroups(d)
		if (err != nil) != (answer.ErrorCode != 0) || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, %v\nwant %+v", got, err, want)
		}
		allRead(t, d, 0)
	})
}

// Groups of each type are described by an answer of their own.
func TestMembersOfGroupsAreThoseOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		classic, consumer, share := kmsg.NewPtrDescribeGroupsResponse(), kmsg.NewPtrConsumerGroupDescribeResponse(), kmsg.NewPtrShareGroupDescribeResponse()
		want := map[GroupType]map[string]int{ClassicGroup: {}, ConsumerGroup: {}, ShareGroup: {}}
		count := func(kind GroupType, code *int16, group string, members int) {
			if *code = errorCode(t); *code == 0 {
				want[kind][group] = members
			}
		}
		answers := map[GroupType]*codec.Decoder{
			ClassicGroup: written(t, apiMembers, classic, func() {
				for i := range classic.Groups {
					g := &classic.Groups[i]
					count(ClassicGroup, &g.ErrorCode, g.Group, len(g.Members))
				}
			}),
			ConsumerGroup: written(t, apiConsumers, consumer, func() {
				for i := range consumer.Groups {
					g := &consumer.Groups[i]
					count(ConsumerGroup, &g.ErrorCode, g.Group, len(g.Members))
				}
			}),
			ShareGroup: written(t, apiShareMembers, share, func() {
				for i := range share.Groups {
					g := &share.Groups[i]
					count(ShareGroup, &g.ErrorCode, g.GroupID, len(g.Members))
				}
			}),
		}
		for kind, d := range answers {
			if got, err := decodeMembersOf(kind, d); err != nil || !maps.Equal(got, want[kind]) {
				t.Fatalf("%s: %v, %v\nwant %v", kind, got, err, want[kind])
			}
			allRead(t, d, 0)
		}
	})
}

func TestMembersOfAnUnknownType(t *testing.T) {
	if got, err := (&Client{Address: "nobody"}).Members("streams", []string{"g"}); err == nil {
		t.Errorf("%v", got)
	}
}

func TestCommittedIsThatOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := kmsg.NewPtrOffsetFetchResponse()
		want := map[string]map[TopicPartition]int64{}
		d := written(t, apiCommitted, answer, func() {
			for i := range answer.Groups {
				g, offsets := &answer.Groups[i], map[TopicPartition]int64{}
				for j := range g.Topics {
					for k := range g.Topics[j].Partitions {
						p := &g.Topics[j].Partitions[k]
						p.Offset = rapid.Int64Range(-1, 10).Draw(t, "offset")
						if p.ErrorCode = errorCode(t); p.ErrorCode == 0 && p.Offset >= 0 {
							offsets[TopicPartition{g.Topics[j].Topic, int(p.Partition)}] = p.Offset
						}
					}
				}
				if g.ErrorCode = errorCode(t); g.ErrorCode == 0 {
					want[g.Group] = offsets
				}
			}
		})
		if got, err := decodeCommitted(d); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v, %v\nwant %v", got, err, want)
		}
		allRead(t, d, 0)
	})
}

func TestSharePositionsAreThoseOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := kmsg.NewPtrDescribeShareGroupOffsetsResponse()
		want := map[string]map[TopicPartition]SharePosition{}
		d := written(t, apiShareOffsets, answer, func() {
			for i := range answer.Groups {
				g, positions := &answer.Groups[i], map[TopicPartition]SharePosition{}
				for j := range g.Topics {
					for k := range g.Topics[j].Partitions {
						p := &g.Topics[j].Partitions[k]
						p.StartOffset = rapid.Int64Range(-1, 10).Draw(t, "start")
						if p.ErrorCode = errorCode(t); p.ErrorCode == 0 && p.StartOffset >= 0 {
							positions[TopicPartition{g.Topics[j].Topic, int(p.Partition)}] = SharePosition{p.StartOffset, p.Lag}
						}
					}
				}
				if g.ErrorCode = errorCode(t); g.ErrorCode == 0 {
					want[g.GroupID] = positions
				}
			}
		})
		if got, err := decodeSharePositions(d); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v, %v\nwant %v", got, err, want)
		}
		allRead(t, d, 0)
	})
}

func TestEndsAreThoseOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := kmsg.NewPtrListOffsetsResponse()
		want := map[TopicPartition]int64{}
		d := written(t, apiEnds, answer, func() {
			for i := range answer.Topics {
				for j := range answer.Topics[i].Partitions {
					p := &answer.Topics[i].Partitions[j]
					p.Offset = rapid.Int64Range(-1, 10).Draw(t, "offset")
					if p.ErrorCode = errorCode(t); p.ErrorCode == 0 && p.Offset >= 0 {
						want[TopicPartition{answer.Topics[i].Topic, int(p.Partition)}] = p.Offset
					}
				}
			}
		})
		if got, err := decodeEnds(d); err != nil || !maps.Equal(got, want) {
			t.Fatalf("%v, %v\nwant %v", got, err, want)
		}
		allRead(t, d, 0)
	})
}

// FuzzDecodeGroups: what comes over the network brings neither a panic nor much memory about.
func FuzzDecodeGroups(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 2, 1, 1, 1, 0, 0})
	f.Fuzz(func(_ *testing.T, data []byte) {
		decoder := func() *codec.Decoder { return &codec.Decoder{Data: data} }
		_, _ = decodeGroups(decoder())
		for _, kind := range []GroupType{ClassicGroup, ConsumerGroup, ShareGroup} {
			_, _ = decodeMembersOf(kind, decoder())
		}
		_, _ = decodeCommitted(decoder())
		_, _ = decodeSharePositions(decoder())
		_, _ = decodeEnds(decoder())
	})
}
