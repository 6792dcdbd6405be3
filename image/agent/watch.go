package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"
)

const (
	watchEvery = time.Second
	// quorumMemory is how long the leader's last answer about this controller counts. It spans the moments in which
	// a leader changes, so that one lost answer does not take every controller out of service at once.
	quorumMemory = 5 * time.Second
)

// watch polls until the context ends.
func watch(ctx context.Context, poll func(time.Time)) {
	for ctx.Err() == nil {
		poll(time.Now())
		select {
		case <-ctx.Done():
		case <-time.After(watchEvery):
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

func (w *brokerWatch) poll(now time.Time) {
	c, err := w.client.describeCluster(brokers)
	view := brokerView{}
	if err == nil {
		at := slices.IndexFunc(c.members, func(m member) bool { return m.id == w.id })
		view.registered = at >= 0
		view.fenced = at >= 0 && c.members[at].fenced
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

// controlWatch asks the controllers about this one.
type controlWatch struct {
	state       *state
	id          int
	directoryID string
	quorum      quorumClient
	port        portWatch
	last        controlView // the leader's last word
	heard       time.Time   // and when it came
}

func (w *controlWatch) poll(now time.Time) {
	leaderID, err := w.quorum.leader()
	port := w.port.saw(now, err == nil, errors.Is(err, errNotListening))
	view := controlView{leaderID: -1}
	if err == nil && leaderID >= 0 {
		if q, err := w.quorum.describe(leaderID); err == nil {
			w.last, w.heard = controlViewOf(q, w.id, w.directoryID), now
		}
		view = w.last
		view.leaderID = leaderID
		view.known = now.Sub(w.heard) <= quorumMemory
	}
	w.state.update(func(o *observation) { o.control, o.controlPort = view, port })
}

// controlViewOf finds this controller, by id and directory, in the leader's answer. A replica with this id but another
// directory is a former self, whose volume was emptied.
func controlViewOf(q quorum, id int, directoryID string) controlView {
	view := controlView{leaderID: q.leaderID, leaderEpoch: q.leaderEpoch}
	find := func(replicas []replica, as place) {
		for _, r := range replicas {
			if r.id != id || r.directoryID != directoryID {
				continue
			}
			view.place = as
			if r.caughtUp.IsZero() {
				view.behind = time.Hour // never yet
			} else {
				view.behind = leaderNow(q).Sub(r.caughtUp)
			}
		}
	}
	find(q.observers, observer)
	find(q.voters, voting)
	return view
}

// quorumClient asks the quorum's leader, wherever it is.
type quorumClient struct {
	id        int // of this node
	initials  []voter
	local     client
	remote    client
	addresses map[int]string // controllers' listeners as last heard
}

// leader asks this controller who leads; -1: nobody that it knows of.
func (c *quorumClient) leader() (int, error) {
	answer, err := c.local.describeCluster(controllers)
	if err != nil {
		return -1, err
	}
	c.addresses = map[int]string{}
	for _, v := range c.initials {
		c.addresses[v.id] = net.JoinHostPort(v.host, strconv.Itoa(v.port))
	}
	for _, m := range answer.members {
		c.addresses[m.id] = net.JoinHostPort(m.host, strconv.Itoa(m.port))
	}
	return answer.leaderID, nil
}

// describe asks the leader that leader named.
func (c *quorumClient) describe(leaderID int) (quorum, error) {
	if leaderID == c.id {
		return c.local.describeQuorum()
	}
	address, ok := c.addresses[leaderID]
	if !ok {
		return quorum{}, fmt.Errorf("controller %d has not registered its address yet", leaderID)
	}
	if c.remote.address != address {
		c.remote.close()
		c.remote.address = address
	}
	return c.remote.describeQuorum()
}

func (c *quorumClient) close() {
	c.local.close()
	c.remote.close()
}
