package plugin

import (
	"context"
	"sync"
	"time"
)

// How long a shared connection is kept.
const (
	// idle is how long it may be of no use to anybody before it is closed.
	idle = 30 * time.Second
	// rested is how long it may have been of no use before it is tried: brokers may have come
	// and gone meanwhile.
	rested = time.Second
)

// shared are connections that all who need one to the same place use together, each made when
// it is first needed. Hundreds of topics are looked after side by side, and to get to a broker
// takes longer than to make one of them.
//
// Nothing is remembered but what is open: a failure is that of those who waited for it.
type shared[Place comparable, Conn any] struct {
	connect func(context.Context, Place) (Conn, error)
	alive   func(context.Context, Conn) error
	end     func(Conn)

	mutex sync.Mutex
	open  map[Place]*connection[Conn]
}

type connection[Conn any] struct {
	tried chan struct{} // closed when conn or err is there
	conn  Conn
	err   error

	users int
	since time.Time // that nobody uses it
	last  *time.Timer
}

// get returns the connection, and what says that it is no longer needed.
func (s *shared[Place, Conn]) get(ctx context.Context, at Place) (conn Conn, release func(), err error) {
	for {
		c, first, slept := s.take(at)
		if first {
			if c.conn, c.err = s.connect(ctx, at); c.err != nil {
				s.forget(at, c)
			}
			close(c.tried)
		}
		select {
		case <-c.tried:
			err = c.err
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err == nil && slept && s.alive(ctx, c.conn) != nil {
			s.forget(at, c)
			s.release(at, c)
			continue
		}
		if err != nil {
			s.release(at, c)
			return conn, nil, err
		}
		return c.conn, sync.OnceFunc(func() { s.release(at, c) }), nil
	}
}

// take finds a connection or begins one, which is the caller's to make then.
func (s *shared[Place, Conn]) take(at Place) (c *connection[Conn], first, slept bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	c = s.open[at]
	switch {
	case c == nil:
		if s.open == nil {
			s.open = map[Place]*connection[Conn]{}
		}
		c, first = &connection[Conn]{tried: make(chan struct{})}, true
		s.open[at] = c
	case c.users == 0:
		c.last.Stop()
		slept = time.Since(c.since) > rested
	}
	c.users++
	return c, first, slept
}

// forget lets nobody else have it.
func (s *shared[Place, Conn]) forget(at Place, c *connection[Conn]) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.open[at] == c {
		delete(s.open, at)
	}
}

// release gives it back. Who is the last one leaves it open for a while, unless it is forgotten.
func (s *shared[Place, Conn]) release(at Place, c *connection[Conn]) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if c.users--; c.users > 0 {
		return
	}
	c.since = time.Now()
	if s.open[at] == c {
		c.last = time.AfterFunc(idle, func() { s.close(at, c) })
	} else if c.err == nil {
		s.end(c.conn)
	}
}

func (s *shared[Place, Conn]) close(at Place, c *connection[Conn]) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if c.users == 0 && s.open[at] == c {
		delete(s.open, at)
		s.end(c.conn)
	}
}
