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
			var e encoder
			e.data = append(e.data, request[4:8]...) // which request it answers
			e.noTags()
			e.int16(notLeader)
			e.null()    // message
			e.length(0) // topics
			e.length(0) // nodes
			e.noTags()
			_, _ = conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(e.data))), e.data...))
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
	put(t, java, "#!/bin/sh\ntrap 'exit 3' TERM\nwhile :; do sleep 0.05; done\n")
	if err := os.Chmod(java, 0o755); err != nil {
		t.Fatal(err)
	}
	s := settings{nodeID: 1, stopLimit: time.Minute, initial: []voter{{id: 0}, {id: 1}, {id: 2}}}
	n := node{id: 1, controller: true, controllerAddress: follower(t)}
	r := &runner{paths: paths{java: java}, settings: s, node: n, state: newState(s, n)}
	signals, exited := make(chan os.Signal), make(chan int, 1)
	go func() { exited <- r.runNode(signals) }()
	for begin := time.Now(); !r.state.read().controlPort.everAnswers; time.Sleep(10 * time.Millisecond) {
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
	if o := r.state.read(); !o.stopping || o.told {
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
