package main

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// notLeader is Kafka's error NOT_LEADER_OR_FOLLOWER.
const notLeader = 6

// follower is a controller's listener that answers every question of the quorum with: not the leader.
func follower(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	serve := func(conn net.Conn) {
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
			var e codec.Encoder
			e.Data = append(e.Data, request[4:8]...) // which request it answers
			e.NoTags()
			e.Int16(notLeader)
			e.Null()    // message
			e.Length(0) // topics
			e.Length(0) // nodes
			e.NoTags()
			_, _ = conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(e.Data))), e.Data...))
		}
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return listener.Addr().String()
}

// A container runtime may send SIGTERM twice, which must not open the gate; a person's SIGINT does.
func TestSignalsWhileAStopIsHeldBack(t *testing.T) {
	java := filepath.Join(t.TempDir(), "java")
	sample.Put(t, java, "#!/bin/sh\ntrap 'exit 3' TERM\nwhile :; do sleep 0.05; done\n")
	if err := os.Chmod(java, 0o755); err != nil {
		t.Fatal(err)
	}
	s := settings.Settings{NodeID: 1, StopLimit: time.Minute, Initial: []contract.Voter{{ID: 0}, {ID: 1}, {ID: 2}}}
	n := settings.Node{ID: 1, Controller: true, ControllerAddress: follower(t)}
	r := &runner{paths: paths{java: java}, settings: s, node: n, state: probes.NewLatest(s, n)}
	signals, exited := make(chan os.Signal), make(chan int, 1)
	go func() { exited <- r.runNode(signals).code }()
	for begin := time.Now(); !r.state.Read().ControlPort.EverAnswers; time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 10*time.Second {
			t.Fatal("the listener was never heard")
		}
	}
	signals <- syscall.SIGTERM
	signals <- syscall.SIGTERM
	select {
	case code := <-exited:
		t.Fatalf("SIGTERM twice ended the JVM, exit code %d", code)
	case <-time.After(2 * time.Second):
	}
	if o := r.state.Read(); !o.Stopping || o.Told {
		t.Errorf("held back: %+v", o)
	}
	signals <- syscall.SIGINT
	select {
	case code := <-exited:
		if code != 3 {
			t.Errorf("exit code %d", code)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("SIGINT did not hurry the stop")
	}
}
