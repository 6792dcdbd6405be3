package lag

import (
	"encoding/binary"
	"io"
	"net"
	"reflect"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// kafka is a broker that speaks Kafka's protocol as franz-go writes it, coordinates one group and leads its partition.
type kafka struct {
	t       *testing.T
	address string
	asked   atomic.Int32 // for its groups
}

func startKafka(t *testing.T) *kafka {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	k := &kafka{t: t, address: listener.Addr().String()}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go k.serve(conn)
		}
	}()
	return k
}

func (k *kafka) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	for {
		var size [4]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		request := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(conn, request); err != nil {
			return
		}
		response := k.answer(int16(binary.BigEndian.Uint16(request)))
		response.SetVersion(int16(binary.BigEndian.Uint16(request[2:])))
		body := append(append([]byte{}, request[4:8]...), 0) // the request's number, no tags
		body = response.AppendTo(body)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)); err != nil {
			return
		}
	}
}

func (k *kafka) answer(key int16) kmsg.Response {
	host, text, _ := net.SplitHostPort(k.address)
	port, _ := strconv.Atoi(text)
	switch answer := kmsg.ResponseForKey(key).(type) {
	case *kmsg.ListGroupsResponse:
		k.asked.Add(1)
		answer.Groups = []kmsg.ListGroupsResponseGroup{{Group: "orders", ProtocolType: "consumer", GroupState: "Stable", GroupType: "consumer"}}
		return answer
	case *kmsg.ConsumerGroupDescribeResponse:
		answer.Groups = []kmsg.ConsumerGroupDescribeResponseGroup{{Group: "orders", Members: []kmsg.ConsumerGroupDescribeResponseGroupMember{{MemberID: "a"}, {MemberID: "b"}}}}
		return answer
	case *kmsg.OffsetFetchResponse:
		answer.Groups = []kmsg.OffsetFetchResponseGroup{{Group: "orders", Topics: []kmsg.OffsetFetchResponseGroupTopic{
			{Topic: "order", Partitions: []kmsg.OffsetFetchResponseGroupTopicPartition{{Partition: 3, Offset: 30}}},
		}}}
		return answer
	case *kmsg.MetadataResponse:
		answer.Brokers = []kmsg.MetadataResponseBroker{{NodeID: 7, Host: host, Port: int32(port)}}
		answer.Topics = []kmsg.MetadataResponseTopic{{Topic: kmsg.StringPtr("order"), Partitions: []kmsg.MetadataResponseTopicPartition{{Partition: 3, Leader: 7}}}}
		return answer
	case *kmsg.ListOffsetsResponse:
		answer.Topics = []kmsg.ListOffsetsResponseTopic{{Topic: "order", Partitions: []kmsg.ListOffsetsResponseTopicPartition{{Partition: 3, Offset: 100}}}}
		return answer
	default:
		k.t.Errorf("request %d was not expected", key)
		return answer
	}
}

// A broker that serves is asked over the network; one that does not answer yet, is fenced or is cut off, is let alone.
func TestLook(t *testing.T) {
	k := startKafka(t)
	broker := &wire.Client{Address: k.address}
	var w Watch
	up := probes.Port{Answering: true, EverAnswers: true}
	for name, o := range map[string]probes.Observation{
		"starting": {},
		"fenced":   {BrokerPort: up, Broker: probes.Broker{Registered: true, Fenced: true}},
		"cut off":  {BrokerPort: up, Broker: probes.Broker{Registered: true, CutOff: "for a minute"}},
		"silent":   {Broker: probes.Broker{Registered: true}},
	} {
		pause := w.look(time.Now(), o, broker, newBrokers(nil))
		if _, counts := w.Last(time.Now()); counts || k.asked.Load() != 0 || pause >= Every {
			t.Errorf("%s: it was asked, or is not looked at again soon", name)
		}
	}
	pause := w.look(time.Now(), probes.Observation{BrokerPort: up, Broker: probes.Broker{Registered: true}}, broker, newBrokers(nil))
	report, counts := w.Last(time.Now())
	want := []Group{{ID: "orders", Members: 2, Partitions: []Partition{{at("order", 3), 30, 70}}}}
	if !counts || pause != Every || !reflect.DeepEqual(report.Groups, want) || report.LeftOut != (LeftOut{}) {
		t.Errorf("%+v\nwant %+v", report, want)
	}
}

// Connections that a round did not need are closed behind it, and the others kept.
func TestConnectionsOfARound(t *testing.T) {
	k := startKafka(t)
	b := newBrokers(nil)
	if _, err := b.ends(k.address, nil); err != nil {
		t.Fatal(err)
	}
	b.rest()
	if b.clients[k.address] == nil {
		t.Error("a connection that was needed is gone")
	}
	b.rest()
	if len(b.clients) != 0 {
		t.Errorf("kept: %v", b.clients)
	}
}
