package main

import (
	"context"
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// at is a piece of log whose one batch was written by the leader of an epoch.
func at(piece string, epoch uint32) string {
	b := []byte(piece)
	binary.BigEndian.PutUint32(b[batchEpoch:], epoch)
	return string(b)
}

func TestCopyAge(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  age
	}{
		"nothing there": {nil, age{}},
		"nothing yet":   {map[string]string{"00000000000000000000.log": "", "quorum-state": `{"leaderEpoch":0}`}, age{}},
		"one batch":     {map[string]string{"00000000000000000000.log": bytesOf(t, votersBatch)}, age{1, 3}},
		"two batches":   {map[string]string{"00000000000000000000.log": bytesOf(t, votersBatch) + at(log(t, 3, 30), 4)}, age{4, 9}},
		"a later epoch was heard of": {map[string]string{"00000000000000000000.log": bytesOf(t, votersBatch),
			"quorum-state": `{"leaderId":2,"leaderEpoch":7,"votedId":-1,"data_version":1}`}, age{7, 3}},
		"damaged quorum-state": {map[string]string{"00000000000000000000.log": bytesOf(t, votersBatch), "quorum-state": `{`}, age{1, 3}},
		"only a snapshot":      {map[string]string{"00000000000000004711-0000000003.checkpoint": "x", "00000000000000004711.log": ""}, age{3, 4711}},
		"behind a snapshot": {map[string]string{"00000000000000004711-0000000003.checkpoint": "x",
			"00000000000000004711.log": at(log(t, 4711, 30), 5)}, age{5, 4717}},
	} {
		dir := t.TempDir()
		for file, text := range test.files {
			put(t, filepath.Join(dir, metadataLog, file), text)
		}
		if got, err := copyAge(dir); err != nil || got != test.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, test.want)
		}
	}
}

func TestYounger(t *testing.T) {
	ours := age{epoch: 5, end: 1000}
	for name, test := range map[string]struct {
		quorum quorum
		want   string
	}{
		"the same leader":                   {quorum{leaderEpoch: 5, highWatermark: 1000}, ""},
		"a later one, further on":           {quorum{leaderEpoch: 9, highWatermark: 5000}, ""},
		"a new leader, does not know yet":   {quorum{leaderEpoch: 6, highWatermark: -1}, ""},
		"an earlier epoch":                  {quorum{leaderEpoch: 1, highWatermark: 40}, "its epoch is 1, and this broker's copy of the metadata log has seen epoch 5"},
		"an earlier epoch, further on":      {quorum{leaderEpoch: 4, highWatermark: 5000}, "its epoch is 4"},
		"the epochs passed, the log is not": {quorum{leaderEpoch: 6, highWatermark: 40}, "its log has 40 records, and this broker's copy of it 1000"},
	} {
		if got := younger(ours, test.quorum); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// leads answers DescribeQuorum as a controller that leads, with the recorded answer (leader 1, epoch 33, offset 2000).
func leads(t *testing.T) (address string) {
	t.Helper()
	body := answer(t, quorumAnswer).data
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			head := make([]byte, 12)
			if _, err := conn.Read(head); err == nil {
				reply := binary.BigEndian.AppendUint32(nil, uint32(len(body)+5))
				reply = append(reply, head[8:12]...) // the request's number
				_, _ = conn.Write(append(append(reply, 0), body...))
			}
		}
	}()
	return listener.Addr().String()
}

// TestCompare starts a broker in front of a real socket.
func TestCompare(t *testing.T) {
	leader := leads(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	_ = free.Close()
	for name, test := range map[string]struct {
		address  string
		epoch    string // that the broker's copy has seen; empty: it has none
		accepted bool
		waits    string
		watched  bool // goes on asking beside the JVM
		forgets  bool // its copy
	}{
		"a new broker asks nobody":        {address: nobody},
		"the quorum that it knows":        {address: leader, epoch: "33"},
		"a later leader of it":            {address: leader, epoch: "7"},
		"a younger quorum":                {address: leader, epoch: "34", waits: "its epoch is 33, and this broker's copy of the metadata log has seen epoch 34"},
		"a younger quorum, accepted":      {address: leader, epoch: "34", accepted: true, forgets: true},
		"no quorum yet":                   {address: nobody, epoch: "34", watched: true},
		"no quorum yet, one was accepted": {address: nobody, epoch: "34", accepted: true, watched: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			host, port, _ := net.SplitHostPort(test.address)
			before := podAddresses
			podAddresses = func(context.Context, string) []string { return []string{host} }
			t.Cleanup(func() { podAddresses = before })
			r := &runner{node: node{broker: true, metadataDir: dir, bootstrap: []string{"c:" + port}}, past: past{life: life(filepath.Join(dir, "life"))}}
			r.state = newState(r.settings, r.node)
			copied := filepath.Join(dir, metadataLog, "quorum-state")
			if test.epoch != "" {
				put(t, copied, `{"leaderEpoch":`+test.epoch+`}`)
				put(t, filepath.Join(dir, metadataLog, "00000000000000000000.log"), bytesOf(t, votersBatch))
			}
			if test.accepted {
				put(t, filepath.Join(dir, "life", "acceptLoss"), contract.LossOfQuorum)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.waits != "" {
				time.AfterFunc(time.Second, func() {
					if v := r.state.read().startup(); v.ok || !strings.Contains(v.why, test.waits) {
						t.Errorf("startup probe: %v", v)
					}
					cancel()
				})
			}
			begin := time.Now()
			e, err := r.compare(ctx)
			if (err != nil) != (test.waits != "") || (e != nil) != test.watched {
				t.Fatalf("%v, %v", e, err)
			}
			if took := time.Since(begin); test.waits == "" && took > 2*firstLook {
				t.Errorf("a start was held up for %s", took)
			}
			if _, err := os.Stat(copied); test.epoch != "" && (err != nil) != test.forgets {
				t.Errorf("its copy: %v", err)
			}
			if !test.watched {
				return
			}
			e.controllers = func(context.Context) []string { return []string{leader} }
			if why := e.beside(ctx); !strings.Contains(why, "its epoch is 33") {
				t.Errorf("beside the JVM: %q", why)
			}
		})
	}
}
