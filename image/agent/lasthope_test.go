package main

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafka-kraft/kafka-kraft/image/agent/life"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/agent/volume"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func TestLastHope(t *testing.T) {
	for name, test := range map[string]struct {
		partition wire.Leadership
		want      bool
	}{
		"others are in the ISR":             {wire.Leadership{Leader: 2, ISR: []int{1, 2}}, false},
		"it is the only one in the ISR":     {wire.Leadership{Leader: -1, ISR: []int{1}}, true},
		"and still counts as leader":        {wire.Leadership{Leader: 1, ISR: []int{1}, Eligible: []int{}}, true},
		"another one is eligible":           {wire.Leadership{Leader: -1, ISR: []int{1}, Eligible: []int{2}}, false},
		"it is eligible alone":              {wire.Leadership{Leader: -1, Eligible: []int{1}}, true},
		"it led last":                       {wire.Leadership{Leader: -1, LastKnown: []int{1}}, true},
		"another one led last":              {wire.Leadership{Leader: -1, LastKnown: []int{2}}, false},
		"it led before, others still have":  {wire.Leadership{Leader: -1, Eligible: []int{2}, LastKnown: []int{1}}, false},
		"another one was elected uncleanly": {wire.Leadership{Leader: 2, ISR: []int{2}, LastKnown: []int{1}}, false},
		"it has no replica":                 {wire.Leadership{Leader: -1, Replicas: []int{2, 3}, ISR: []int{2}}, false},
		"nobody knows":                      {wire.Leadership{Leader: -1, Replicas: []int{1, 2}}, false},
	} {
		test.partition.Topic = "t"
		if got := lastHopeOf(1, []wire.Leadership{test.partition}); (len(got) == 1) != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// said is an answer to DescribeTopicPartitions, as franz-go writes it.
func said(all ...wire.Leadership) []byte {
	answer := kmsg.NewPtrDescribeTopicPartitionsResponse()
	for _, p := range all { // each in a topic of its own
		partition := kmsg.NewDescribeTopicPartitionsResponseTopicPartition()
		partition.Partition, partition.LeaderID = int32(p.Index), int32(p.Leader)
		partition.Replicas, partition.ISR, partition.LastKnownELR = int32s(p.Replicas), int32s(p.ISR), int32s(p.LastKnown)
		topic := kmsg.NewDescribeTopicPartitionsResponseTopic()
		topic.Topic, topic.Partitions = kmsg.StringPtr(p.Topic), append(topic.Partitions, partition)
		answer.Topics = append(answer.Topics, topic)
	}
	return answer.AppendTo(nil)
}

func int32s(ids []int) (out []int32) {
	for _, id := range ids {
		out = append(out, int32(id))
	}
	return out
}

// TestParting starts a broker with an empty volume in front of a real socket.
func TestParting(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	_ = free.Close()
	hangs := wire.Leadership{Topic: "orders", Index: 4, Leader: -1, Replicas: []int{1, 2}, LastKnown: []int{1}}
	fine := wire.Leadership{Topic: "orders", Index: 4, Leader: 2, Replicas: []int{1, 2}, ISR: []int{2}}
	for name, test := range map[string]struct {
		address   string
		Lived     string
		accepted  string
		formatted bool
		waits     string
	}{
		"a new broker of a new stack":           {address: nobody},
		"a new broker of a stack that runs":     {address: sample.Serve(t, said()), Lived: "true"},
		"emptied, the others have all":          {address: sample.Serve(t, said(fine)), Lived: "true"},
		"emptied, it was the last hope":         {address: sample.Serve(t, said(hangs)), Lived: "true", waits: "broker 1 was the last one with all records of 1 partitions (orders-4)"},
		"emptied, the stack says nothing":       {address: sample.Serve(t, said(hangs)), waits: "acceptLoss[0]' kafka-1"},
		"emptied, until another is elected":     {address: sample.Serve(t, said(hangs), said(fine)), Lived: "true"},
		"emptied, the loss is accepted":         {address: sample.Serve(t, said(hangs)), Lived: "true", accepted: "kafka-0 kafka-1"},
		"emptied, another pod's is accepted":    {address: sample.Serve(t, said(hangs)), Lived: "true", accepted: "kafka-0 quorum", waits: "orders-4"},
		"emptied, nobody answers":               {address: nobody, Lived: "true", waits: "for another broker to answer"},
		"emptied, nobody answers, accepted":     {address: nobody, Lived: "true", accepted: "kafka-1"},
		"emptied, nobody answers, a new quorum": {address: nobody, Lived: "true", accepted: "quorum"},
		"not emptied":                           {address: sample.Serve(t, said(hangs)), Lived: "true", formatted: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			host, port, _ := net.SplitHostPort(test.address)
			before := podAddresses
			podAddresses = func(context.Context, string) []string { return []string{host} }
			t.Cleanup(func() { podAddresses = before })
			folder := filepath.Join(dir, "life")
			sample.Put(t, filepath.Join(folder, "lived"), test.Lived)
			sample.Put(t, filepath.Join(folder, "acceptLoss"), test.accepted)
			r := &runner{
				settings: settings.Settings{PodName: "kafka-1"}, past: quorum.Past{Life: life.Folder(folder)},
				node: settings.Node{ID: 1, Broker: true, LogDirs: []string{dir}, BrokerAddress: "127.0.0.1:" + port},
			}
			if test.formatted {
				r.metas = []*volume.Meta{{Dir: dir}}
			}
			r.state = probes.NewLatest(r.settings, r.node)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- r.parting(ctx) }()
			if test.waits != "" {
				time.Sleep(500 * time.Millisecond)
				if v := r.state.Read().Startup(); v.OK || !strings.Contains(v.Why, test.waits) {
					t.Errorf("startup probe: %v", v)
				}
			}
			if err := <-done; (err != nil) != (test.waits != "") {
				t.Errorf("%v", err)
			}
		})
	}
}
