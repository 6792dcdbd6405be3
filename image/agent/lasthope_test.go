package main

import (
	"github.com/twmb/franz-go/pkg/kmsg"

	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLastHope(t *testing.T) {
	for name, test := range map[string]struct {
		partition leadership
		want      bool
	}{
		"others are in the ISR":             {leadership{leader: 2, isr: []int{1, 2}}, false},
		"it is the only one in the ISR":     {leadership{leader: -1, isr: []int{1}}, true},
		"and still counts as leader":        {leadership{leader: 1, isr: []int{1}, eligible: []int{}}, true},
		"another one is eligible":           {leadership{leader: -1, isr: []int{1}, eligible: []int{2}}, false},
		"it is eligible alone":              {leadership{leader: -1, eligible: []int{1}}, true},
		"it led last":                       {leadership{leader: -1, lastKnown: []int{1}}, true},
		"another one led last":              {leadership{leader: -1, lastKnown: []int{2}}, false},
		"it led before, others still have":  {leadership{leader: -1, eligible: []int{2}, lastKnown: []int{1}}, false},
		"another one was elected uncleanly": {leadership{leader: 2, isr: []int{2}, lastKnown: []int{1}}, false},
		"it has no replica":                 {leadership{leader: -1, replicas: []int{2, 3}, isr: []int{2}}, false},
		"nobody knows":                      {leadership{leader: -1, replicas: []int{1, 2}}, false},
	} {
		test.partition.topic = "t"
		if got := lastHopeOf(1, []leadership{test.partition}); (len(got) == 1) != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// said is an answer to DescribeTopicPartitions, as franz-go writes it.
func said(all ...leadership) []byte {
	answer := kmsg.NewPtrDescribeTopicPartitionsResponse()
	for _, p := range all { // each in a topic of its own
		partition := kmsg.NewDescribeTopicPartitionsResponseTopicPartition()
		partition.Partition, partition.LeaderID = int32(p.index), int32(p.leader)
		partition.Replicas, partition.ISR, partition.LastKnownELR = int32s(p.replicas), int32s(p.isr), int32s(p.lastKnown)
		topic := kmsg.NewDescribeTopicPartitionsResponseTopic()
		topic.Topic, topic.Partitions = kmsg.StringPtr(p.topic), append(topic.Partitions, partition)
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
	hangs := leadership{topic: "orders", index: 4, leader: -1, replicas: []int{1, 2}, lastKnown: []int{1}}
	fine := leadership{topic: "orders", index: 4, leader: 2, replicas: []int{1, 2}, isr: []int{2}}
	for name, test := range map[string]struct {
		address   string
		lived     string
		accepted  string
		formatted bool
		waits     string
	}{
		"a new broker of a new stack":           {address: nobody},
		"a new broker of a stack that runs":     {address: serving(t, said()), lived: "true"},
		"emptied, the others have all":          {address: serving(t, said(fine)), lived: "true"},
		"emptied, it was the last hope":         {address: serving(t, said(hangs)), lived: "true", waits: "broker 1 was the last one with all records of 1 partitions (orders-4)"},
		"emptied, the stack says nothing":       {address: serving(t, said(hangs)), waits: "acceptLoss[0]' kafka-1"},
		"emptied, until another is elected":     {address: serving(t, said(hangs), said(fine)), lived: "true"},
		"emptied, the loss is accepted":         {address: serving(t, said(hangs)), lived: "true", accepted: "kafka-0 kafka-1"},
		"emptied, another pod's is accepted":    {address: serving(t, said(hangs)), lived: "true", accepted: "kafka-0 quorum", waits: "orders-4"},
		"emptied, nobody answers":               {address: nobody, lived: "true", waits: "for another broker to answer"},
		"emptied, nobody answers, accepted":     {address: nobody, lived: "true", accepted: "kafka-1"},
		"emptied, nobody answers, a new quorum": {address: nobody, lived: "true", accepted: "quorum"},
		"not emptied":                           {address: serving(t, said(hangs)), lived: "true", formatted: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			host, port, _ := net.SplitHostPort(test.address)
			before := podAddresses
			podAddresses = func(context.Context, string) []string { return []string{host} }
			t.Cleanup(func() { podAddresses = before })
			folder := filepath.Join(dir, "life")
			put(t, filepath.Join(folder, "lived"), test.lived)
			put(t, filepath.Join(folder, "acceptLoss"), test.accepted)
			r := &runner{
				settings: settings{podName: "kafka-1"}, past: past{life: life(folder)},
				node: node{id: 1, broker: true, logDirs: []string{dir}, brokerAddress: "127.0.0.1:" + port},
			}
			if test.formatted {
				r.metas = []*meta{{dir: dir}}
			}
			r.state = newState(r.settings, r.node)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- r.parting(ctx) }()
			if test.waits != "" {
				time.Sleep(500 * time.Millisecond)
				if v := r.state.read().startup(); v.ok || !strings.Contains(v.why, test.waits) {
					t.Errorf("startup probe: %v", v)
				}
			}
			if err := <-done; (err != nil) != (test.waits != "") {
				t.Errorf("%v", err)
			}
		})
	}
}
