package kafkaclient

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"k8s.io/streaming/pkg/httpstream"
)

// lastWord is how long the end of a connection waits for the reason.
const lastWord = time.Second

// streams is the pair that carries one forwarded TCP connection.
type streams struct {
	data, failure io.ReadWriteCloser
}

// conn is one forwarded TCP connection. Streams know no deadlines, a pipe does, so
// the caller holds one end of a pipe and two goroutines copy between its other end
// and the data stream.
type conn struct {
	net.Conn // the caller's end of the pipe
	address  addr
	upgraded httpstream.Connection

	mu  sync.Mutex
	why error // what the kubelet said, or how the stream broke
}

func newConn(upgraded httpstream.Connection, s streams, address string) *conn {
	ours, theirs := net.Pipe()
	c := &conn{Conn: theirs, address: addr(address), upgraded: upgraded}

	failed := make(chan struct{})
	go func() { // ends with the upgraded connection at the latest
		defer close(failed)
		message, err := io.ReadAll(s.failure)
		if len(message) > 0 {
			c.fail(fmt.Errorf("%s: %s", address, message))
			_ = upgraded.Close()
		} else if err != nil {
			c.fail(fmt.Errorf("%s: %w", address, err))
		}
	}()
	go func() { // pod to caller
		_, err := io.Copy(ours, s.data)
		if err != nil {
			c.fail(fmt.Errorf("%s: %w", address, err))
		}
		// The pod's side is over. Kafka never half-closes a connection, so all of
		// it ends here, once the kubelet had the time to say why.
		select {
		case <-failed:
		case <-time.After(lastWord):
		}
		_ = upgraded.Close()
		_ = ours.Close()
	}()
	go func() { // caller to pod
		_, err := io.Copy(s.data, ours)
		if err != nil {
			c.fail(fmt.Errorf("%s: %w", address, err))
		}
		_ = upgraded.Close()
		_ = ours.Close()
	}()
	return c
}

// fail keeps the first reason. That the pipe is closed is never the reason, but
// follows from one.
func (c *conn) fail(err error) {
	if errors.Is(err, io.ErrClosedPipe) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why == nil {
		c.why = broken{err}
	}
}

// broken is why a connection has ended. It is net.ErrClosed, too, by which clients know that they
// may try again on another one.
type broken struct{ error }

func (b broken) Unwrap() []error { return []error{b.error, net.ErrClosed} }

// explain puts the reason in the place of the pipe's bare "closed".
func (c *conn) explain(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why != nil {
		return c.why
	}
	return err
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		err = c.explain(err)
	}
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		err = c.explain(err)
	}
	return n, err
}

// Close ends the connection on both sides at once; what was not yet sent is lost.
func (c *conn) Close() error {
	c.fail(net.ErrClosed)
	return errors.Join(c.Conn.Close(), c.upgraded.Close())
}

func (c *conn) LocalAddr() net.Addr  { return addr("port-forward") }
func (c *conn) RemoteAddr() net.Addr { return c.address }

// addr is a name, since what lies behind a port-forward has no address out here.
type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }
