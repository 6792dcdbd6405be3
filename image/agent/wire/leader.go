package wire

import (
	"sync"
	"time"
)

// LeaderTimeout is the usual patience with one controller. It is shorter than watch.QuorumMemory, so that a controller that is cut off does not hide the leader.
const LeaderTimeout = 2 * time.Second

// Leader finds the quorum's leader and asks it. The leader is whoever answers as one: a controller that lost its
// majority resigns within seconds, so the answer is proof of a working quorum, which a remembered leader id is not.
type Leader struct {
	local   Client             // this node's controller listener; without an address on a broker
	others  map[string]*Client // the other controllers' listeners, by address
	leading string             // the address of theirs that answered as leader last
}

// NewLeader takes this node's controller listener and the bootstrap servers, among which it may be itself.
func NewLeader(local string, bootstrap []string, timeout time.Duration) Leader {
	c := Leader{local: Client{Address: local, Timeout: timeout}, others: map[string]*Client{}}
	for _, address := range bootstrap {
		c.others[address] = &Client{Address: address, Timeout: timeout}
	}
	return c
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
	if leader, known := c.others[c.leading]; known {
		if q, err = leader.DescribeQuorum(); err == nil {
			return q, local, nil
		}
	}
	q, err = c.search()
	return q, local, err
}

// search asks all controllers at the same time.
func (c *Leader) search() (Quorum, error) {
	var (
		mu    sync.Mutex
		group sync.WaitGroup
		found Quorum
		err   = ErrNotLeader
	)
	for address, other := range c.others {
		group.Add(1)
		go func() {
			defer group.Done()
			if q, failed := other.DescribeQuorum(); failed == nil {
				mu.Lock()
				defer mu.Unlock()
				// Of two that call themselves leader, the older one has not noticed yet.
				if err != nil || q.LeaderEpoch > found.LeaderEpoch {
					found, err, c.leading = q, nil, address
				}
			}
		}()
	}
	group.Wait()
	return found, err
}

// Close closes all connections.
func (c *Leader) Close() {
	c.local.Close()
	for _, other := range c.others {
		other.Close()
	}
}
