package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
		pause := poll(time.Now())
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// brokerWatch asks the broker about itself.
type brokerWatch struct {
	state  *state
	id     int
	client client
	port   portWatch
	latch  bool
}

func (w *brokerWatch) poll(now time.Time) time.Duration {
	members, err := w.client.describeCluster()
	view := brokerView{}
	if err == nil {
		at := slices.IndexFunc(members, func(m member) bool { return m.id == w.id })
		view.registered = at >= 0
		view.fenced = at >= 0 && members[at].fenced
		if view.registered && !view.fenced && !w.latch {
			var partitions []partition
			if partitions, err = w.client.partitions(); err == nil {
				view.outOfSync, view.example = outOfSync(w.id, partitions)
				w.latch = view.outOfSync == 0
			}
		}
	}
	view.caughtUp = w.latch
	port := w.port.saw(now, err == nil, errors.Is(err, errNotListening))
	w.state.update(func(o *observation) { o.broker, o.brokerPort = view, port })
	if !view.registered || view.fenced {
		return watchStart
	}
	return watchEvery // also while it catches up, since every look asks for all partitions
}

// outOfSync counts the partitions with a replica on this broker that is not in the ISR, and names one.
func outOfSync(id int, partitions []partition) (int, string) {
	n, example := 0, ""
	for _, p := range partitions {
		if slices.Contains(p.replicas, id) && !slices.Contains(p.isr, id) {
			n++
			example = fmt.Sprintf("%s-%d", p.topic, p.index)
		}
	}
	return n, example
}

// controlWatch asks the quorum about this controller.
type controlWatch struct {
	state       *state
	id          int
	directoryID string
	quorum      quorumClient
	port        portWatch
	last        controlView // the leader's last word
	heard       time.Time   // and when it came
}

func (w *controlWatch) poll(now time.Time) time.Duration {
	q, local, err := w.quorum.describe()
	if err == nil {
		w.last, w.heard = controlViewOf(q, w.id, w.directoryID), now
	}
	view := controlView{leaderID: -1}
	if !w.heard.IsZero() && now.Sub(w.heard) <= quorumMemory {
		view = w.last
	}
	port := w.port.saw(now, local == nil || errors.Is(local, errNotLeader), errors.Is(local, errNotListening))
	w.state.update(func(o *observation) { o.control, o.controlPort = view, port })
	if w.heard.IsZero() {
		return watchStart
	}
	return watchEvery
}

// controlViewOf finds this controller, by id and directory, in the leader's answer. A replica with this id but another
// directory is a former self, whose volume was emptied.
func controlViewOf(q quorum, id int, directoryID string) controlView {
	view := controlView{leaderID: q.leaderID, leaderEpoch: q.leaderEpoch}
	now := leaderNow(q)
	for _, r := range q.voters {
		view.voters = append(view.voters, r.id)
		if r.id == q.leaderID || now.Sub(r.fetched) <= stillFetching {
			view.alive = append(view.alive, r.id)
		}
	}
	find := func(replicas []replica, as place) {
		for _, r := range replicas {
			if r.id != id || r.directoryID != directoryID {
				continue
			}
			view.place = as
			if r.caughtUp.IsZero() {
				view.behind = time.Hour // never yet
			} else {
				view.behind = now.Sub(r.caughtUp)
			}
		}
	}
	find(q.observers, observer)
	find(q.voters, voting)
	return view
}
