package main

import (
	"io"
	"net"
	"testing"
)

// A client that has said all still gets the whole answer.
func TestForwardCarriesBothWaysAndHalfCloses(t *testing.T) {
	t.Parallel()
	server := listen(t)
	go func() {
		connection, err := server.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		heard, err := io.ReadAll(connection) // until the client is done
		if err == nil {
			_, _ = connection.Write(append([]byte("heard: "), heard...))
		}
	}()
	front := listen(t)
	go func() { _ = accept(front, server.Addr().String()) }()

	client, err := net.Dial("tcp", front.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if err := client.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(client)
	if err != nil || string(answer) != "heard: hello" {
		t.Errorf("%q, %v", answer, err)
	}
}

func TestForwardClosesWhenNobodyListensBehind(t *testing.T) {
	t.Parallel()
	gone := listen(t)
	target := gone.Addr().String()
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	front := listen(t)
	go func() { _ = accept(front, target) }()
	client, err := net.Dial("tcp", front.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if answer, err := io.ReadAll(client); err != nil || len(answer) > 0 {
		t.Errorf("%q, %v", answer, err)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}
