// Package watch asks the node and its quorum about themselves, again and again, and writes down what it hears.
package watch

import (
	"context"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/life"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

const (
	// watchEvery is the pace of a node in service, and watchStart the one until then: what a probe cannot see costs the
	// start of a pod, and the start of a rollout as many times as it has pods.
	watchEvery = time.Second
	watchStart = 200 * time.Millisecond
	// QuorumMemory is how long the leader's last answer about this controller counts. It spans the moments in which
	// a leader changes, so that one lost answer does not take every controller out of service at once.
	QuorumMemory = 5 * time.Second
)

// Loop polls until the context ends. The poll says how long to wait for the next one.
func Loop(ctx context.Context, poll func(time.Time) time.Duration) {
	for ctx.Err() == nil {
		pause := guarded(poll)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// guarded polls once. A panic of one look would end the agent and with it the JVM, without a chance to close its logs.
func guarded(poll func(time.Time) time.Duration) (pause time.Duration) {
	defer func() {
		if r := recover(); r != nil {
			say.Error("a look at the node failed: %v", r)
			pause = watchEvery
		}
	}()
	return poll(time.Now())
}

// Controllers is what a node knows of controllers beside its own configuration.
type Controllers struct {
	Initial []contract.Voter // those that began the quorum; empty on a broker
	Life    life.Folder      // tells of those that came later
	Further func() []string  // where they may be (wire.NewLeader)
}

// planned are the ids of the controllers that there shall be.
func (c Controllers) planned() []int {
	if ids := c.Life.Controllers(); len(ids) > 0 {
		return ids
	}
	var ids []int
	for _, v := range c.Initial {
		ids = append(ids, v.ID)
	}
	return ids
}

// Start starts the watchers of a node's roles. directoryID is that of its metadata directory.
func Start(ctx context.Context, s *probes.Latest, n settings.Node, directoryID string, c Controllers) {
	if n.Broker {
		w := &brokerWatch{state: s, id: n.ID, client: wire.Client{Address: n.BrokerAddress, TLS: n.ToBrokers()}}
		go Loop(ctx, w.poll)
	}
	if !n.Controller { // one with both roles hears of its own voter what the quorum does
		go Loop(ctx, newCutOffWatch(s, n, c.Further).poll)
	}
	if n.Controller {
		w := &controlWatch{state: s, id: n.ID, directoryID: directoryID, planned: c.planned,
			quorum: wire.NewLeader(n.ControllerAddress, n.Bootstrap, n.ToControllers(), wire.LeaderTimeout, c.Further)}
		go Loop(ctx, w.poll)
	}
}
