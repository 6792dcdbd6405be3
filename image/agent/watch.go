package main

import (
	"context"
	"errors"
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

// brokerWatch asks the broker about itself.
type brokerWatch struct {
	state  *state
	id     int
	client client
	port   portWatch
	last   brokerView // what it last said
	heard  time.Time  // and when
	looked time.Time  // when it was last asked for all partitions
	// when it last was, or may have been, out of the controllers' sight without its own metadata saying so
	doubted time.Time
}

// sessionTime is how long the controllers wait for a broker's heartbeats before they fence it
// (broker.session.timeout.ms). One that was silent for longer may have been fenced and be back before it is asked again.
const sessionTime = 6 * time.Second

func (w *brokerWatch) poll(now time.Time) time.Duration {
	members, err := w.client.describeCluster()
	if err == nil {
		at := slices.IndexFunc(members, func(m member) bool { return m.id == w.id })
		w.last.registered, w.last.fenced = at >= 0, at >= 0 && members[at].fenced
		behind := w.mustCatchUp(now)
		w.last.caughtUp = w.last.caughtUp && !behind
		w.heard = now
		if w.last.registered && !w.last.fenced && (!w.last.caughtUp || now.Sub(w.looked) >= lookAgain) {
			var partitions []partition
			if partitions, err = w.client.partitions(); err == nil {
				w.looked = now
				w.last.saw(isrOf(w.id, partitions))
				w.last.caughtUp = w.last.caughtUp && !behind
			}
		}
	}
	// One answer that was lost takes nothing back; that the broker does not answer is the port's to say.
	port := w.port.saw(now, err == nil, errors.Is(err, errNotListening))
	w.state.update(func(o *observation) {
		cutOff := o.broker.cutOff
		o.broker, o.brokerPort = w.last, port
		o.broker.cutOff = cutOff
	})
	if !w.last.registered || w.last.fenced {
		return watchStart
	}
	return watchEvery // also while it catches up, since every look asks for all partitions
}

// lookAgain is how often a broker that was in sync is asked for its partitions once more. A fencing that was over between two
// looks shows nowhere else. The answer is as long as the cluster has partitions, so it is not asked at every look.
const lookAgain = 30 * time.Second

// settled is how long what a broker says of ISRs is not believed after it was out of the controllers' sight: it may not
// have read yet that it was fenced, and takes itself to be in all of them.
const settled = 10 * time.Second

// mustCatchUp reports whether the controllers have, or may have, fenced the broker since it was last in sync: that takes it
// out of every ISR. What is fenced cannot see it, so silence and a cut cable count, too.
func (w *brokerWatch) mustCatchUp(now time.Time) bool {
	switch {
	case !w.last.registered || w.last.fenced:
		w.doubted = time.Time{} // it has read it
		return true
	case w.heard.IsZero(): // a start: it answers nobody before it has read everything
		return false
	case w.state.read().broker.cutOff != "" || now.Sub(w.heard) > sessionTime:
		w.doubted = now
		return true
	}
	return !w.doubted.IsZero() && now.Sub(w.doubted) < settled
}

// isrs counts the partitions with a replica on a broker.
type isrs struct {
	in         int // it is in their ISR
	out        int // it is not
	leaderless int // it is not, and cannot get there, since they have no leader
}

func isrOf(id int, partitions []partition) (n isrs) {
	for _, p := range partitions {
		switch {
		case !slices.Contains(p.replicas, id):
		case slices.Contains(p.isr, id):
			n.in++
		case p.leader < 0:
			n.leaderless++
		default:
			n.out++
		}
	}
	return n
}

// saw takes a look at all partitions. Once in sync, a broker may fall behind in some of them without losing the latch; one
// that is in no ISR any more was fenced, which takes it out of all of them at once.
func (b *brokerView) saw(n isrs) {
	b.outOfSync, b.leaderless = n.out, n.leaderless
	b.caughtUp = n.out == 0 || b.caughtUp && n.in > 0
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
	observes    time.Time   // since when it is an observer
	told        string      // what the log has of voters beyond the plan
}

func (w *controlWatch) poll(now time.Time) time.Duration {
	q, local, err := w.quorum.describe()
	if err == nil {
		w.last, w.heard = controlViewOf(q, w.id, w.directoryID), now
		if w.last.place != observer {
			w.observes = time.Time{}
		} else if w.observes.IsZero() {
			w.observes = now
		}
		w.last.observes = now.Sub(first(w.observes, now))
	}
	view := controlView{leaderID: -1}
	if !w.heard.IsZero() && now.Sub(w.heard) <= quorumMemory {
		view = w.last
	}
	port := w.port.saw(now, local == nil || errors.Is(local, errNotLeader), errors.Is(local, errNotListening))
	w.state.update(func(o *observation) { o.control, o.controlPort = view, port })
	if why := w.state.read().tooMany(); why != w.told && view.leaderID >= 0 {
		if why != "" {
			say("WARN", "quorum: %s", why)
		}
		w.told = why
	}
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
