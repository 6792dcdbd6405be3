package watch

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/peers"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// A broker that reaches no controller is fenced by them, and its own metadata, by which clients and this agent go, never
// learns of it: it would serve a picture that is old, and take records with acks=1 for partitions that others lead by now.

const (
	// cutOffLooks is the pace of the question; it is one small request to the leader.
	cutOffLooks = 3 * time.Second
	// cutOffAfter is how long the leader may be out of reach for the broker, though others have one, before it is taken
	// from its clients: longer than contract.BrokerSession, so that it is fenced by then.
	cutOffAfter = 15 * time.Second
)

// cutOffWatch asks whether this broker is cut off.
type cutOffWatch struct {
	state   *probes.Latest
	reaches func() bool          // a controller answers as leader, as the broker's own requests would find it
	others  func() (leader bool) // another agent knows a leader: the quorum works, only not for this node
	since   time.Time            // when the leader was first out of reach
}

func newCutOffWatch(s *probes.Latest, n settings.Node, further func() []string) *cutOffWatch {
	quorum, network := wire.NewLeader("", n.Bootstrap, n.ToControllers(), wire.LeaderTimeout, further), peers.New(n)
	var initials []contract.Voter
	for _, address := range n.Bootstrap {
		if host, _, err := net.SplitHostPort(address); err == nil {
			initials = append(initials, contract.Voter{ID: -1 - len(initials), Host: host})
		}
	}
	return &cutOffWatch{
		state: s,
		reaches: func() bool {
			_, _, err := quorum.Describe()
			return err == nil
		},
		others: func() bool {
			for _, p := range network.AskInitials(context.Background(), 0, initials) {
				if p.Answered && p.State.LeaderID >= 0 {
					return true
				}
			}
			return false
		},
	}
}

// poll looks once. A quorum without a leader is no reason to take all brokers from their clients: they serve on.
func (w *cutOffWatch) poll(now time.Time) time.Duration {
	why := ""
	switch {
	case w.reaches():
		w.since = time.Time{}
	case w.since.IsZero():
		w.since = now
	case now.Sub(w.since) >= cutOffAfter && w.others():
		why = fmt.Sprintf("the broker is cut off from the controllers for %s: they will have fenced it, and what it says is old", now.Sub(w.since).Round(time.Second))
	}
	w.state.Update(func(o *probes.Observation) { o.Broker.CutOff = why })
	return cutOffLooks
}
