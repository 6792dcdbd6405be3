package wire

import (
	"bytes"
	"encoding/base64"
	"errors"
	"maps"
	"math"
	"net"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
)

// franz-go's messages are generated from Kafka's own definitions: an oracle for what is written out by hand here. Each request
// has to be what franz-go writes, and what it reads; each answer that franz-go writes, with random values in every field and
// tagged fields behind every structure, has to be read for what it says.

// requests are all that the agent asks for, with what franz-go calls them.
func requests(t *rapid.T) map[kmsg.Request]struct {
	api  api
	body []byte
} {
	type ours = struct {
		api  api
		body []byte
	}
	cluster := kmsg.NewPtrDescribeClusterRequest()
	cluster.EndpointType, cluster.IncludeFencedBrokers = 1, true

	metadata := kmsg.NewPtrMetadataRequest() // of all topics
	metadataOf := kmsg.NewPtrMetadataRequest()
	metadataOf.Topics = []kmsg.MetadataRequestTopic{}

	quorum := kmsg.NewPtrDescribeQuorumRequest()
	quorum.Topics = []kmsg.DescribeQuorumRequestTopic{{Topic: "__cluster_metadata", Partitions: []kmsg.DescribeQuorumRequestTopicPartition{{Partition: 0}}}}

	topics := rapid.SliceOfN(rapid.String(), 0, 5).Draw(t, "topics")
	configs := kmsg.NewPtrDescribeConfigsRequest()
	for _, topic := range topics {
		configs.Resources = append(configs.Resources, kmsg.DescribeConfigsRequestResource{
			ResourceType: kmsg.ConfigResourceTypeTopic, ResourceName: topic, ConfigNames: []string{MinISR},
		})
		metadataOf.Topics = append(metadataOf.Topics, kmsg.MetadataRequestTopic{Topic: kmsg.StringPtr(topic)})
	}

	groups := rapid.SliceOfN(rapid.String(), 0, 5).Draw(t, "groups")
	members, consumers, shares := kmsg.NewPtrDescribeGroupsRequest(), kmsg.NewPtrConsumerGroupDescribeRequest(), kmsg.NewPtrShareGroupDescribeRequest()
	members.Groups, consumers.Groups, shares.GroupIDs = groups, groups, groups
	committed, positions := kmsg.NewPtrOffsetFetchRequest(), kmsg.NewPtrDescribeShareGroupOffsetsRequest()
	for _, group := range groups {
		committed.Groups = append(committed.Groups, kmsg.OffsetFetchRequestGroup{Group: group})
		positions.Groups = append(positions.Groups, kmsg.DescribeShareGroupOffsetsRequestGroup{GroupID: group})
	}
	ends, asked := kmsg.NewPtrListOffsetsRequest(), []TopicPartition{}
	ends.ReplicaID = -1
	for _, topic := range slices.Compact(slices.Sorted(slices.Values(topics))) {
		of := kmsg.ListOffsetsRequestTopic{Topic: topic}
		for index := range int32(rapid.IntRange(1, 3).Draw(t, "partitions")) {
			asked = append(asked, TopicPartition{topic, int(index)})
			of.Partitions = append(of.Partitions, kmsg.ListOffsetsRequestTopicPartition{Partition: index, CurrentLeaderEpoch: -1, Timestamp: -1})
		}
		ends.Topics = append(ends.Topics, of)
	}

	leaders := kmsg.NewPtrDescribeTopicPartitionsRequest()
	leaders.ResponsePartitionLimit = largestPage
	var next *cursor
	if rapid.Bool().Draw(t, "goes on") {
		next = &cursor{topic: rapid.String().Draw(t, "topic"), index: int(rapid.Int32().Draw(t, "index"))}
		from := kmsg.NewDescribeTopicPartitionsRequestCursor()
		from.Topic, from.Partition = next.topic, int32(next.index)
		leaders.Cursor = &from
	}

	return map[kmsg.Request]ours{
		cluster: {apiCluster, encodeMembers()}, quorum: {apiQuorum, encodeQuorum()},
		metadata: {apiMetadata, encodeMetadata(nil)}, metadataOf: {apiMetadata, encodeMetadata(topics)},
		kmsg.NewPtrListGroupsRequest(): {apiGroups, encodeGroups()}, members: {apiMembers, encodeMembersOf(groups)},
		consumers: {apiConsumers, encodeMembersOf(groups)}, shares: {apiShareMembers, encodeMembersOf(groups)},
		committed: {apiCommitted, encodeCommitted(groups)}, positions: {apiShareOffsets, encodeSharePositions(groups)},
		ends:    {apiEnds, encodeEnds(asked)},
		configs: {apiConfigs, encodeMinInSync(topics)}, leaders: {apiLeaders, encodeLeaderships(next)},
	}
}

func TestRequestsAreThoseOfFranzGo(t *testing.T) {
	formatter := kmsg.NewRequestFormatter(kmsg.FormatterClientID(clientID))
	rapid.Check(t, func(t *rapid.T) {
		for theirs, ours := range requests(t) {
			if theirs.Key() != ours.api.key {
				t.Fatalf("%T has key %d, not %d", theirs, theirs.Key(), ours.api.key)
			}
			theirs.SetVersion(ours.api.version)
			number := rapid.Int32().Draw(t, "number")
			if got, want := ours.api.request(number, ours.body), formatter.AppendRequest(nil, theirs, number); !bytes.Equal(got, want) {
				t.Fatalf("%T:\ngot  %x\nwant %x", theirs, got, want)
			}
			read := kmsg.RequestForKey(ours.api.key)
			read.SetVersion(ours.api.version)
			if err := read.ReadFrom(ours.body); err != nil {
				t.Fatalf("%T cannot be read: %v", theirs, err)
			}
			if got := read.AppendTo(nil); !bytes.Equal(got, ours.body) {
				t.Fatalf("%T is read as %x, not %x", theirs, got, ours.body)
			}
		}
	})
}

// TestVersionsAreKnown: franz-go would write a version that it does not know as if it were its last one.
func TestVersionsAreKnown(t *testing.T) {
	for _, a := range []api{
		apiEnds, apiMetadata, apiCommitted, apiMembers, apiGroups, apiConfigs, apiQuorum, apiCluster, apiConsumers, apiLeaders,
		apiShareMembers, apiShareOffsets,
	} {
		if request := kmsg.RequestForKey(a.key); request == nil || request.MaxVersion() < a.version || !flexible(request, a.version) {
			t.Errorf("request %d: version %d is not known, or has no tagged fields", a.key, a.version)
		}
	}
}

func flexible(request kmsg.Request, version int16) bool {
	request.SetVersion(version)
	return request.IsFlexible()
}

func TestAnswerTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number, asked := rapid.Int32().Draw(t, "number"), rapid.Int32().Draw(t, "asked")
		if rapid.Bool().Draw(t, "it is the answer") {
			asked = number
		}
		var e codec.Encoder
		e.Int32(number)
		head := tags(t)
		e.Length(head.Len() - 1) // a count, without the one that lengths have
		head.Each(func(tag uint32, value []byte) {
			e.Length(int(tag) - 1)
			e.Length(len(value) - 1)
			e.Data = append(e.Data, value...)
		})
		body := rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		e.Data = append(e.Data, body...)
		d, err := answerTo(asked, e.Data)
		if (err == nil) != (asked == number) || err == nil && !bytes.Equal(d.Data, body) {
			t.Fatalf("%v, %v", d, err)
		}
	})
}

// written fills an answer with random values, lets change give sense to some of them, and returns it as franz-go writes it.
func written(t *rapid.T, a api, answer kmsg.Response, change func()) *codec.Decoder {
	if answer.Key() != a.key {
		t.Fatalf("%T has key %d, not %d", answer, answer.Key(), a.key)
	}
	fill(t, reflect.ValueOf(answer).Elem())
	answer.SetVersion(a.version)
	change()
	return &codec.Decoder{Data: answer.AppendTo(nil)}
}

func TestMembersAreThoseOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := kmsg.NewPtrDescribeClusterResponse()
		d := written(t, apiCluster, answer, func() { answer.ErrorCode = errorCode(t) })
		var want []Member
		for _, b := range answer.Brokers {
			want = append(want, Member{ID: int(b.NodeID), Host: b.Host, Fenced: b.IsFenced})
		}
		got, err := decodeMembers(d)
		if (err != nil) != (answer.ErrorCode != 0) || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, %v\nwant %+v", got, err, want)
		}
		allRead(t, d, 4) // authorized operations
	})
}

func TestPartitionsAreThoseOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := kmsg.NewPtrMetadataResponse()
		d := written(t, apiMetadata, answer, func() {})
		var want []Partition
		for _, topic := range answer.Topics {
			for _, p := range topic.Partitions {
				want = append(want, Partition{Topic: text(topic.Topic), Index: int(p.Partition), Leader: int(p.Leader), Replicas: ints(p.Replicas), ISR: ints(p.ISR)})
			}
		}
		brokers := map[int]string{}
		for _, b := range answer.Brokers {
			brokers[int(b.NodeID)] = net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port)))
		}
		if addresses, got, err := decodeMetadata(d); err != nil || !reflect.DeepEqual(got, want) || !maps.Equal(addresses, brokers) {
			t.Fatalf("%+v, %v, %v\nwant %+v, %v", got, addresses, err, want, brokers)
		}
		allRead(t, d, 0)
	})
}

func TestMinInSyncIsThatOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := kmsg.NewPtrDescribeConfigsResponse()
		failed, want := false, map[string]int{}
		d := written(t, apiConfigs, answer, func() {
			for i := range answer.Resources {
				r := &answer.Resources[i]
				r.ErrorCode = errorCode(t)
				failed = failed || r.ErrorCode != 0 && r.ErrorCode != codeUnknownTopic
				for j := range r.Configs {
					c := &r.Configs[j]
					c.Name = rapid.SampledFrom([]string{MinISR, "retention.ms"}).Draw(t, "name")
					c.Value = kmsg.StringPtr(rapid.SampledFrom([]string{"1", "2", "", "a few"}).Draw(t, "value"))
					if n, err := strconv.Atoi(*c.Value); err == nil && c.Name == MinISR {
						want[r.ResourceName] = n
					}
				}
			}
		})
		got, err := decodeMinInSync(d)
		if (err != nil) != failed || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v, %v\nwant %v", got, err, want)
		}
		allRead(t, d, 0)
	})
}

func TestLeadershipsAreThoseOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := kmsg.NewPtrDescribeTopicPartitionsResponse()
		failed := false
		d := written(t, apiLeaders, answer, func() {
			for i := range answer.Topics {
				answer.Topics[i].ErrorCode = errorCode(t)
				failed = failed || answer.Topics[i].ErrorCode != 0
			}
		})
		var want []Leadership
		for _, topic := range answer.Topics {
			for _, p := range topic.Partitions {
				want = append(want, Leadership{
					Topic: text(topic.Topic), Index: int(p.Partition), Leader: int(p.LeaderID), Replicas: ints(p.Replicas), ISR: ints(p.ISR),
					Eligible: ints(p.EligibleLeaderReplicas), LastKnown: ints(p.LastKnownELR),
				})
			}
		}
		var following *cursor
		if next := answer.NextCursor; next != nil {
			following = &cursor{topic: next.Topic, index: int(next.Partition)}
		}
		got, next, err := decodeLeaderships(d)
		if (err != nil) != failed || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(next, following) {
			t.Fatalf("%+v, %v, %v\nwant %+v, %v", got, next, err, want, following)
		}
		allRead(t, d, 0)
	})
}

func TestQuorumIsThatOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := kmsg.NewPtrDescribeQuorumResponse()
		var p *kmsg.DescribeQuorumResponseTopicPartition
		d := written(t, apiQuorum, answer, func() {
			answer.ErrorCode = errorCode(t)
			topic := filled[kmsg.DescribeQuorumResponseTopic](t) // one topic and one partition were asked for
			topic.Partitions = []kmsg.DescribeQuorumResponseTopicPartition{filled[kmsg.DescribeQuorumResponseTopicPartition](t)}
			answer.Topics = []kmsg.DescribeQuorumResponseTopic{topic}
			p = &topic.Partitions[0]
			p.ErrorCode = errorCode(t)
		})
		want := Quorum{
			LeaderID: int(p.LeaderID), LeaderEpoch: int(p.LeaderEpoch), HighWatermark: p.HighWatermark,
			Voters: replicas(p.CurrentVoters), Observers: replicas(p.Observers), Hosts: map[int]string{},
		}
		for _, n := range answer.Nodes {
			for _, l := range n.Listeners {
				want.Hosts[int(n.NodeID)] = l.Host
			}
		}
		got, err := decodeQuorum(d)
		switch fails := answer.ErrorCode != 0 || p.ErrorCode != 0 || p.LeaderID < 0; {
		case fails != (err != nil):
			t.Fatalf("%v, %v", got, err)
		case errors.Is(err, ErrNotLeader) != (answer.ErrorCode == codeNotLeader || answer.ErrorCode == 0 && p.ErrorCode == codeNotLeader):
			t.Fatalf("%v", err)
		case !fails && !reflect.DeepEqual(got, want):
			t.Fatalf("%+v\nwant %+v", got, want)
		}
		allRead(t, d, 0)
	})
}

// allRead: what is left is the last fields, of so many bytes, and the answer's own tagged fields, which no decoder needs.
func allRead(t *rapid.T, d *codec.Decoder, last int) {
	d.Take(last)
	if d.SkipTags(); d.Err != nil || len(d.Data) != 0 {
		t.Fatalf("%v; %d bytes are left", d.Err, len(d.Data))
	}
}

func errorCode(t *rapid.T) int16 {
	return rapid.SampledFrom([]int16{0, 0, 0, codeUnknownTopic, codeNotLeader, 29}).Draw(t, "error")
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func ints(numbers []int32) []int {
	out := make([]int, 0, len(numbers))
	for _, n := range numbers {
		out = append(out, int(n))
	}
	return out
}

func replicas(all []kmsg.DescribeQuorumResponseTopicPartitionReplicaState) (out []Replica) {
	since := func(ms int64) time.Time {
		if ms < 0 {
			return time.Time{}
		}
		return time.UnixMilli(ms)
	}
	for _, r := range all {
		out = append(out, Replica{
			ID: int(r.ReplicaID), DirectoryID: base64.RawURLEncoding.EncodeToString(r.ReplicaDirectoryID[:]),
			Fetched: since(r.LastFetchTimestamp), CaughtUp: since(r.LastCaughtUpTimestamp),
		})
	}
	return out
}

func filled[T any](t *rapid.T) (v T) {
	fill(t, reflect.ValueOf(&v).Elem())
	return v
}

// fill gives every field a random value.
func fill(t *rapid.T, v reflect.Value) {
	if v.Type() == reflect.TypeFor[kmsg.Tags]() {
		v.Set(reflect.ValueOf(tags(t)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, "length"), 3))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "there") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "flag"))
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		most := int64(math.MaxInt64) >> (64 - v.Type().Bits())
		v.SetInt(rapid.Int64Range(-most-1, most).Draw(t, "number"))
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(rapid.Uint64Range(0, 1<<v.Type().Bits()-1).Draw(t, "number"))
	default:
		t.Fatalf("no random value for a %s", v.Type())
	}
}

// tags are fields of a release to come.
func tags(t *rapid.T) (out kmsg.Tags) {
	for tag := range rapid.IntRange(0, 2).Draw(t, "tags") {
		out.Set(uint32(1000+tag*100000), rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "tag"))
	}
	return out
}
