package watch

import (
	"errors"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// controlWatch asks the quorum about this controller.
type controlWatch struct {
	state       *probes.Latest
	id          int
	directoryID string
	quorum      wire.Leader
	port        portWatch
	last        probes.Control // the leader's last word
	heard       time.Time      // and when it came
	observes    time.Time      // since when it is an observer
	told        string         // what the log has of voters beyond the plan
}

func (w *controlWatch) poll(now time.Time) time.Duration {
	q, local, err := w.quorum.Describe()
	if err == nil {
		w.last, w.heard = controlViewOf(q, w.id, w.directoryID), now
		if w.last.Place != probes.Observer {
			w.observes = time.Time{}
		} else if w.observes.IsZero() {
			w.observes = now
		}
		if !w.observes.IsZero() {
			w.last.Observes = now.Sub(w.observes)
		}
	}
	view := probes.Control{LeaderID: -1}
	if !w.heard.IsZero() && now.Sub(w.heard) <= QuorumMemory {
		view = w.last
	}
	port := w.port.saw(now, local == nil || errors.Is(local, wire.ErrNotLeader), errors.Is(local, wire.ErrNotListening))
	w.state.Update(func(o *probes.Observation) { o.Control, o.ControlPort = view, port })
	if why := w.state.Read().ExtraVoters(); why != w.told && view.LeaderID >= 0 {
		if why != "" {
			say.Warn("quorum: %s", why)
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
func controlViewOf(q wire.Quorum, id int, directoryID string) probes.Control {
	view := probes.Control{LeaderID: q.LeaderID, LeaderEpoch: q.LeaderEpoch}
	now := q.Now()
	for _, r := range q.Voters {
		view.Voters = append(view.Voters, r.ID)
		if r.ID == q.LeaderID || now.Sub(r.Fetched) <= wire.StillFetching {
			view.Alive = append(view.Alive, r.ID)
		}
	}
	find := func(replicas []wire.Replica, as probes.Place) {
		for _, r := range replicas {
			if r.ID != id || r.DirectoryID != directoryID {
				continue
			}
			view.Place = as
			if r.CaughtUp.IsZero() {
				view.Behind = time.Hour // never yet
			} else {
				view.Behind = now.Sub(r.CaughtUp)
			}
		}
	}
	find(q.Observers, probes.Observer)
	find(q.Voters, probes.Voting)
	return view
}
