package main

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
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

// serving answers every request with these bodies, one after the other and the last one for ever.
func serving(t *testing.T, bodies ...[]byte) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for n := 0; ; {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			for {
				size := make([]byte, 4)
				if _, err := io.ReadFull(conn, size); err != nil {
					break
				}
				request := make([]byte, binary.BigEndian.Uint32(size))
				if _, err := io.ReadFull(conn, request); err != nil {
					break
				}
				body := bodies[min(n, len(bodies)-1)]
				n++
				reply := binary.BigEndian.AppendUint32(nil, uint32(len(body)+5))
				reply = append(append(reply, request[4:8]...), 0)
				_, _ = conn.Write(append(reply, body...))
			}
		}
	}()
	return listener.Addr().String()
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
		"a new broker of a stack that runs":     {address: serving(t, described(nil)), lived: "true"},
		"emptied, the others have all":          {address: serving(t, described(nil, fine)), lived: "true"},
		"emptied, it was the last hope":         {address: serving(t, described(nil, hangs)), lived: "true", waits: "broker 1 was the last one with all records of 1 partitions (orders-4)"},
		"emptied, the stack says nothing":       {address: serving(t, described(nil, hangs)), waits: "acceptLoss[0]' kafka-1"},
		"emptied, until another is elected":     {address: serving(t, described(nil, hangs), described(nil, fine)), lived: "true"},
		"emptied, the loss is accepted":         {address: serving(t, described(nil, hangs)), lived: "true", accepted: "kafka-0 kafka-1"},
		"emptied, another pod's is accepted":    {address: serving(t, described(nil, hangs)), lived: "true", accepted: "kafka-0 quorum", waits: "orders-4"},
		"emptied, nobody answers":               {address: nobody, lived: "true", waits: "for another broker to answer"},
		"emptied, nobody answers, accepted":     {address: nobody, lived: "true", accepted: "kafka-1"},
		"emptied, nobody answers, a new quorum": {address: nobody, lived: "true", accepted: "quorum"},
		"not emptied":                           {address: serving(t, described(nil, hangs)), lived: "true", formatted: true},
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
