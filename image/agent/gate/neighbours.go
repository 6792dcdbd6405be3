package gate

import (
	"context"
	"sync"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/peers"
)

// presence is what is known of another node while this one stops.
type presence int

const (
	present  presence = iota // its agent says that it is in service, or has not for long: it may come back
	quiet                    // its agent does not say so since a moment: what Kafka says of it may be older than its death
	stopping                 // its agent said that it is stopping too
	leaving                  // its agent said that it was let through, or it is silent since it said that it is stopping
	away                     // its pod has no address just now: between two lives, or not placed yet
	absent                   // its pod does not exist
)

// absentAfter is how long a name has to be unknown before its pod counts as one that does not exist. One that was deleted
// to be made anew has no address for a moment, and is no reason to think that all are stopping; and a name server may
// remember for half a minute that it had none (CoreDNS caches denials, too: 30 s as kubeadm sets it up).
const absentAfter = 40 * time.Second

// quietFor is how long a node may still stand in the ISR and among the voters that are up to date although it is dead:
// until the controllers give a broker up (contract.BrokerSession) and the leader a voter (probes.BehindLimit). A node
// that Kafka believes in for longer than its agent does not say so lives.
const quietFor = 10 * time.Second

// neighbour is another node as its agent was last heard.
type neighbour struct {
	presence    presence
	silentSince time.Time // its name is known, but nobody answers, or only the agent of a JVM that is not in service
	goneSince   time.Time // its name is unknown
}

// neighbours are other nodes by host. A gate that gave up may still be asking when the next question comes.
type neighbours struct {
	network peers.Network
	mu      sync.Mutex
	all     map[string]neighbour
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
			r, reach, _ := n.network.Ask(ctx, host)
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
// it has stopped. An agent outlives its JVM, which may be killed, and answers on.
func (n neighbour) then(now time.Time, reach peers.Reach, r contract.State) neighbour {
	switch {
	case reach == peers.Answers && r.Leaving:
		return neighbour{presence: leaving}
	case reach == peers.Answers && r.Stopping:
		return neighbour{presence: stopping}
	case reach == peers.Answers && r.Ready:
		return neighbour{}
	case reach == peers.Silent && (n.presence == stopping || n.presence == leaving):
		return neighbour{presence: leaving}
	case reach == peers.Silent, reach == peers.Answers:
		next := neighbour{presence: quiet, silentSince: first(n.silentSince, now)}
		if now.Sub(next.silentSince) >= quietFor {
			next.presence = present
		}
		return next
	case n.presence == stopping || n.presence == leaving || n.presence == absent:
		return neighbour{presence: absent}
	}
	next := neighbour{presence: away, goneSince: first(n.goneSince, now)}
	if now.Sub(next.goneSince) >= absentAfter {
		next.presence = absent
	}
	return next
}

// first is when something began: earlier, or now.
func first(since, now time.Time) time.Time {
	if since.IsZero() {
		return now
	}
	return since
}

// stays reports whether the node may still be there when this one is gone.
func (p presence) stays() bool { return p == present || p == quiet }
