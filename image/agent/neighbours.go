package main

import (
	"context"
	"sync"
	"time"
)

// presence is what is known of another node while this one stops.
type presence int

const (
	present  presence = iota // its agent answers, or it is only out of reach: it may come back
	stopping                 // its agent said that it is stopping too
	leaving                  // its agent said that it was let through, or it is silent since it said that it is stopping
	away                     // its pod has no address just now: between two lives, or not placed yet
	absent                   // its pod does not exist
)

// absentAfter is how long a name has to be unknown before its pod counts as one that does not exist. One that was deleted
// to be made anew has no address for a moment, and is no reason to think that all are stopping.
const absentAfter = 10 * time.Second

// neighbour is another node as its agent was last heard.
type neighbour struct {
	presence presence
	since    time.Time // when its name became unknown
}

// neighbours are other nodes by host. A gate that gave up may still be asking when the next question comes.
type neighbours struct {
	mu  sync.Mutex
	all map[string]neighbour
}

// at is what is known of the node at this host.
func (n *neighbours) at(host string) presence {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all[host].presence
}

// ask asks the agents at these hosts, all at the same time, and takes 2 s at most.
func (n *neighbours) ask(hosts []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var group sync.WaitGroup
	for _, host := range hosts {
		if host == "" {
			continue
		}
		group.Add(1)
		go func() {
			defer group.Done()
			r, reach, _ := ask(ctx, host)
			n.mu.Lock()
			defer n.mu.Unlock()
			if n.all == nil {
				n.all = map[string]neighbour{}
			}
			n.all[host] = n.all[host].then(time.Now(), reach, r)
		}()
	}
	group.Wait()
}

// then is what is known after another question. Once an agent has said that its node is stopping, its silence means that
// it has stopped.
func (n neighbour) then(now time.Time, reach reachable, r report) neighbour {
	switch {
	case reach == answers && r.Leaving:
		return neighbour{presence: leaving}
	case reach == answers && r.Stopping:
		return neighbour{presence: stopping}
	case reach == answers:
		return neighbour{}
	case reach == silent && (n.presence == stopping || n.presence == leaving):
		return neighbour{presence: leaving}
	case reach == silent:
		return neighbour{}
	case n.presence == stopping || n.presence == leaving || n.presence == absent:
		return neighbour{presence: absent}
	}
	if n.since.IsZero() {
		n.since = now
	}
	n.presence = away
	if now.Sub(n.since) >= absentAfter {
		n.presence = absent
	}
	return n
}
