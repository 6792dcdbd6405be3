package main

import (
	"sync"
	"time"
)

// quorumTimeout is shorter than quorumMemory, so that a controller that is cut off does not hide the leader.
const quorumTimeout = 2 * time.Second

// quorumClient finds the quorum's leader and asks it. The leader is whoever answers as one: a controller that lost its
// majority resigns within seconds, so the answer is proof of a working quorum, which a remembered leader id is not.
type quorumClient struct {
	local   client             // this node's controller listener; without an address on a broker
	others  map[string]*client // the other controllers' listeners, by address
	leading string             // the address of theirs that answered as leader last
}

// newQuorumClient takes this node's controller listener and the bootstrap servers, among which it may be itself.
func newQuorumClient(local string, bootstrap []string, timeout time.Duration) quorumClient {
	c := quorumClient{local: client{address: local, timeout: timeout}, others: map[string]*client{}}
	for _, address := range bootstrap {
		c.others[address] = &client{address: address, timeout: timeout}
	}
	return c
}

// describe returns the leader's answer, and apart from it how this node's own listener behaved: nil when it leads,
// errNotLeader when it does not.
func (c *quorumClient) describe() (q quorum, local, err error) {
	local = errNotLeader
	if c.local.address != "" {
		if q, local = c.local.describeQuorum(); local == nil {
			return q, nil, nil
		}
	}
	if leader, known := c.others[c.leading]; known {
		if q, err = leader.describeQuorum(); err == nil {
			return q, local, nil
		}
	}
	q, err = c.search()
	return q, local, err
}

// search asks all controllers at the same time.
func (c *quorumClient) search() (quorum, error) {
	var (
		mu    sync.Mutex
		group sync.WaitGroup
		found quorum
		err   = errNotLeader
	)
	for address, other := range c.others {
		group.Add(1)
		go func() {
			defer group.Done()
			if q, failed := other.describeQuorum(); failed == nil {
				mu.Lock()
				defer mu.Unlock()
				// Of two that call themselves leader, the older one has not noticed yet.
				if err != nil || q.leaderEpoch > found.leaderEpoch {
					found, err, c.leading = q, nil, address
				}
			}
		}()
	}
	group.Wait()
	return found, err
}

func (c *quorumClient) close() {
	c.local.close()
	for _, other := range c.others {
		other.close()
	}
}
