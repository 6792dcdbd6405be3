package watch

import (
	"errors"
	"slices"
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
	planned     func() []int   // ids of the controllers that there shall be; none: nobody knows
	strange     time.Time      // since when there are other voters, too
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
		w.last.Unplanned = w.unplanned(now)
	}
	view := probes.Control{LeaderID: -1}
	if !w.heard.IsZero() && now.Sub(w.heard) <= QuorumMemory {
		view = w.last
	}
	port := w.port.saw(now, local == nil || errors.Is(local, wire.ErrNotLeader), shut(local))
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

// toldWithin is how long what the stack tells its pods may take to reach them (life.Folder), with room for the voters that
// come and go meanwhile.
const toldWithin = 2 * time.Minute

// unplanned are voters that there shall not be, once they have been there for longer than it takes to hear of them:
// somebody scaled by hand, and nothing takes them out again.
func (w *controlWatch) unplanned(now time.Time) []int {
	planned := w.planned()
	extra := slices.DeleteFunc(slices.Clone(w.last.Voters), func(id int) bool { return slices.Contains(planned, id) })
	switch {
	case len(planned) == 0 || len(extra) == 0:
		w.strange = time.Time{}
		return nil
	case w.strange.IsZero():
		w.strange = now
	}
	if now.Sub(w.strange) < toldWithin {
		return nil
	}
	return extra
}

// controlViewOf finds this controller, by id and directory, in the leader's answer. A replica with this id but another
// directory is a former self, whose volume was emptied.
func controlViewOf(q wire.Quorum, id int, directoryID string) probes.Control {
	view := probes.Control{LeaderID: q.LeaderID, LeaderEpoch: q.LeaderEpoch, Hosts: q.Hosts}
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
