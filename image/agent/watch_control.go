package main

import (
	"errors"
	"time"
)

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
		if !w.observes.IsZero() {
			w.last.observes = now.Sub(w.observes)
		}
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
	now := q.now()
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
