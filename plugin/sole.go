package plugin

import (
	"net"
	"sync"
)

// sole is a listener for one connection that is there already. It ends with it.
type sole struct {
	net.Conn
	first chan net.Conn
	over  chan struct{}
	end   func()
}

func newSole(connection net.Conn) *sole {
	s := &sole{Conn: connection, first: make(chan net.Conn, 1), over: make(chan struct{})}
	s.end = sync.OnceFunc(func() { close(s.over) })
	s.first <- s
	return s
}

// Accept returns the connection, and then its end.
func (s *sole) Accept() (net.Conn, error) {
	select {
	case connection := <-s.first:
		return connection, nil
	case <-s.over:
		return nil, net.ErrClosed
	}
}

// Addr is the listener's.
func (s *sole) Addr() net.Addr { return s.LocalAddr() }

// Close closes both, the listener and the connection.
func (s *sole) Close() error {
	s.end()
	return s.Conn.Close()
}
