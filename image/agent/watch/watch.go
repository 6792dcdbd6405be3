// Package watch asks the node and its quorum about themselves, again and again, and writes down what it hears.
package watch

import (
	"context"
	"time"

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

// loop polls until the context ends. The poll says how long to wait for the next one.
func loop(ctx context.Context, poll func(time.Time) time.Duration) {
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

// Start starts the watchers of a node's roles. directoryID is that of its metadata directory.
func Start(ctx context.Context, s *probes.Latest, n settings.Node, directoryID string) {
	if n.Broker {
		w := &brokerWatch{state: s, id: n.ID, client: wire.Client{Address: n.BrokerAddress}}
		go loop(ctx, w.poll)
	}
	if !n.Controller { // one with both roles hears of its own voter what the quorum does
		go loop(ctx, newCutOffWatch(s, n.Bootstrap).poll)
	}
	if n.Controller {
		w := &controlWatch{state: s, id: n.ID, directoryID: directoryID,
			quorum: wire.NewLeader(n.ControllerAddress, n.Bootstrap, wire.LeaderTimeout)}
		go loop(ctx, w.poll)
	}
}
