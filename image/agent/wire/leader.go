package wire

import (
	"crypto/tls"
	"maps"
	"slices"
	"sync"
	"time"
)

// LeaderTimeout is the usual patience with one controller. It is shorter than watch.QuorumMemory, so that a controller that is cut off does not hide the leader.
const LeaderTimeout = 2 * time.Second

// Leader finds the quorum's leader and asks it. The leader is whoever answers as one: a controller that lost its
// majority resigns within seconds, so the answer is proof of a working quorum, which a remembered leader id is not.
type Leader struct {
	local   Client             // this node's controller listener; without an address on a broker
	others  map[string]*Client // the listeners of the controllers that the configuration names, by address
	further func() []string    // addresses of controllers that it may not name; nil: there are none
	leading *Client            // that answered as leader last
	tls     *tls.Config
	timeout time.Duration
}

// NewLeader takes this node's controller listener and the bootstrap servers, among which it may be itself, and how to ask
// all of them (Client.TLS). further are asked for when none of those leads: controllers that came later lead, too, and no
// configuration names them. nil: there are none.
func NewLeader(local string, bootstrap []string, security *tls.Config, timeout time.Duration, further func() []string) Leader {
	c := Leader{others: map[string]*Client{}, further: further, tls: security, timeout: timeout}
	c.local = *c.client(local)
	for _, address := range bootstrap {
		c.others[address] = c.client(address)
	}
	return c
}

func (c *Leader) client(address string) *Client {
	return &Client{Address: address, TLS: c.tls, Timeout: c.timeout}
}

// Describe returns the leader's answer, and apart from it how this node's own listener behaved: nil when it leads,
// ErrNotLeader when it does not.
func (c *Leader) Describe() (q Quorum, local, err error) {
	local = ErrNotLeader
	if c.local.Address != "" {
		if q, local = c.local.DescribeQuorum(); local == nil {
			return q, nil, nil
		}
	}
	if c.leading != nil {
		if q, err = c.leading.DescribeQuorum(); err == nil {
			return q, local, nil
		}
		c.forget()
	}
	q, c.leading, err = search(slices.Collect(maps.Values(c.others)))
	if err != nil && c.further != nil {
		q, err = c.searchFurther()
	}
	return q, local, err
}

// searchFurther asks the controllers that the configuration does not name.
func (c *Leader) searchFurther() (q Quorum, err error) {
	var all []*Client
	for _, address := range c.further() {
		all = append(all, c.client(address))
	}
	q, c.leading, err = search(all)
	for _, other := range all {
		if other != c.leading {
			other.Close()
		}
	}
	return q, err
}

// forget is for a leader that answers as one no more.
func (c *Leader) forget() {
	if c.leading != nil && c.others[c.leading.Address] != c.leading {
		c.leading.Close()
	}
	c.leading = nil
}

// search asks all of them at the same time. The error is ErrNotLeader where none answers as leader.
func search(all []*Client) (Quorum, *Client, error) {
	var (
		mu      sync.Mutex
		group   sync.WaitGroup
		found   Quorum
		leading *Client
	)
	for _, other := range all {
		group.Add(1)
		go func() {
			defer group.Done()
			if q, failed := other.DescribeQuorum(); failed == nil {
				mu.Lock()
				defer mu.Unlock()
				// Of two that call themselves leader, the older one has not noticed yet.
				if leading == nil || q.LeaderEpoch > found.LeaderEpoch {
					found, leading = q, other
				}
			}
		}()
	}
	group.Wait()
	if leading == nil {
		return found, nil, ErrNotLeader
	}
	return found, leading, nil
}

// Close closes all connections.
func (c *Leader) Close() {
	c.local.Close()
	c.forget()
	for _, other := range c.others {
		other.Close()
	}
}
