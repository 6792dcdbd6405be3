package main

import (
	"context"
	"time"
)

const (
	// watchEvery is the pace of a node in service, and watchStart the one until then: what a probe cannot see costs the
	// start of a pod, and the start of a rollout as many times as it has pods.
	watchEvery = time.Second
	watchStart = 200 * time.Millisecond
	// quorumMemory is how long the leader's last answer about this controller counts. It spans the moments in which
	// a leader changes, so that one lost answer does not take every controller out of service at once.
	quorumMemory = 5 * time.Second
)

// watch polls until the context ends. The poll says how long to wait for the next one.
func watch(ctx context.Context, poll func(time.Time) time.Duration) {
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
			say("ERROR", "a look at the node failed: %v", r)
			pause = watchEvery
		}
	}()
	return poll(time.Now())
}

// startWatching starts the watchers of a node's roles. directoryID is that of its metadata directory.
func startWatching(ctx context.Context, s *state, n node, directoryID string) {
	if n.broker {
		w := &brokerWatch{state: s, id: n.id, client: client{address: n.brokerAddress}}
		go watch(ctx, w.poll)
	}
	if !n.controller { // one with both roles hears of its own voter what the quorum does
		go watch(ctx, newCutOffWatch(s, n.bootstrap).poll)
	}
	if n.controller {
		w := &controlWatch{state: s, id: n.id, directoryID: directoryID,
			quorum: newQuorumClient(n.controllerAddress, n.bootstrap, quorumTimeout)}
		go watch(ctx, w.poll)
	}
}
