package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// dialTimeout bounds how long a client waits when nobody listens behind.
const dialTimeout = 5 * time.Second

// runForward carries TCP connections: each argument is LISTEN=TARGET, for example
// 172.30.0.1:6443=127.0.0.1:6443. It knows nothing of what flows through, so TLS
// stays end to end. It is how nodes reach servers that listen on loopback only.
func runForward(args []string) error {
	if len(args) == 0 {
		return errors.New("usage: forward LISTEN=TARGET …")
	}
	failed := make(chan error, len(args))
	for _, arg := range args {
		listen, target, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("%q: must be LISTEN=TARGET", arg)
		}
		listener, err := net.Listen("tcp", listen)
		if err != nil {
			return err
		}
		go func() { failed <- accept(listener, target) }()
	}
	return <-failed
}

func accept(listener net.Listener, target string) error {
	for {
		client, err := listener.Accept()
		if err != nil {
			return err
		}
		go carry(client, target)
	}
}

// carry joins client with a new connection to target until both directions have
// ended. An end of one direction is passed on as such (half close), since a client
// may send its last byte long before it has read the answer.
func carry(client net.Conn, target string) {
	defer client.Close()
	server, err := net.DialTimeout("tcp", target, dialTimeout)
	if err != nil {
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	both.Go(func() { pour(server, client) })
	both.Go(func() { pour(client, server) })
	both.Wait()
}

func pour(to, from net.Conn) {
	_, err := io.Copy(to, from)
	if err != nil {
		// A broken connection, unlike a finished one, ends both directions.
		_ = to.Close()
		_ = from.Close()
		return
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}
