package main

import (
	"errors"
	"maps"
	"slices"
	"syscall"
	"time"
)

// stopLooks is how often the gate looks again while it holds a stop back.
const stopLooks = 500 * time.Millisecond

// stopGate collects what decideStop needs, again and again.
type stopGate struct {
	settings   settings
	node       node
	state      *state
	broker     client
	quorum     quorumClient
	hosts      map[int]string // of brokers and controllers as last heard
	voters     []int          // as last heard from a leader
	neighbours neighbours
}

func newStopGate(s settings, n node, st *state) *stopGate {
	g := &stopGate{settings: s, node: n, state: st,
		broker: client{address: n.brokerAddress},
		quorum: newQuorumClient(n.controllerAddress, n.bootstrap),
		hosts:  map[int]string{}, neighbours: neighbours{}}
	for _, v := range s.initial {
		g.hosts[v.id] = v.host
		g.voters = append(g.voters, v.id)
	}
	return g
}

// hold returns when the stop may go on: because nothing speaks against it, because the limit is over, because a
// second signal came, or because the JVM ended by itself.
func (g *stopGate) hold(again <-chan syscall.Signal, ended <-chan struct{}) {
	defer g.broker.close()
	begin, told := time.Now(), time.Time{}
	for {
		reason := decideStop(g.look())
		held := time.Since(begin).Round(100 * time.Millisecond)
		switch {
		case reason == "" && held < time.Second:
			say("INFO", "stop: nothing speaks against it")
			return
		case reason == "":
			say("INFO", "stop: held back for %s, nothing speaks against it any more", held)
			return
		case held >= g.settings.stopLimit:
			say("WARN", "stop: held back for %s and going on all the same (KAFKA_STOP_SECONDS), although %s", held, reason)
			return
		case time.Since(told) >= 5*time.Second:
			say("WARN", "stop: held back, since %s", reason)
			told = time.Now()
		}
		select {
		case <-ended:
			return
		case <-again:
			say("WARN", "stop: a second signal came, going on although %s", reason)
			return
		case <-time.After(stopLooks):
		}
	}
}

// look asks the broker, the quorum's leader and the other agents. What does not answer cannot hold a stop back: a node
// that is out of service has nothing to lose.
func (g *stopGate) look() stopView {
	o := g.state.read()
	view := stopView{self: g.node.id, others: map[int]presence{}}
	if g.node.broker && o.brokerPort.everAnswers && o.broker.registered && !o.broker.fenced {
		view.broker = g.lookAtBroker()
	}
	if g.node.controller && o.controlPort.everAnswers {
		view.quorum = g.lookAtQuorum(o)
	}
	g.lookAtOthers(view)
	if view.broker != nil {
		if topics := view.incomplete(view.broker.partitions); len(topics) > 0 {
			minimum, err := g.broker.minInSync(topics)
			if err != nil {
				say("WARN", "stop: cannot ask for %s: %v", minISR, err)
			}
			view.broker.minISR = minimum
		}
	}
	return view
}

func (g *stopGate) lookAtBroker() *brokerStop {
	members, err := g.broker.describeCluster()
	if err != nil {
		return nil
	}
	out := &brokerStop{}
	for _, m := range members {
		if m.id != g.node.id {
			out.peers = append(out.peers, m.id)
			g.hosts[m.id] = m.host
		}
	}
	if out.partitions, err = g.broker.partitions(); err != nil {
		return nil
	}
	return out
}

func (g *stopGate) lookAtQuorum(o observation) *quorumStop {
	q, local, err := g.quorum.describe()
	if err == nil {
		for id, host := range q.hosts {
			g.hosts[id] = host
		}
		out := quorumStopFrom(q)
		g.voters = out.voters
		return out
	}
	if !errors.Is(local, errNotLeader) || o.control.place == observer {
		return nil
	}
	return &quorumStop{voters: g.voters}
}

// lookAtOthers asks the agents of all nodes that matter.
func (g *stopGate) lookAtOthers(view stopView) {
	wanted := map[int]string{}
	if view.broker != nil {
		for _, id := range view.broker.peers {
			wanted[id] = g.hosts[id]
		}
	}
	if view.quorum != nil {
		for _, id := range view.quorum.voters {
			wanted[id] = g.hosts[id]
		}
	}
	delete(wanted, g.node.id)
	g.neighbours.ask(slices.Collect(maps.Values(wanted)))
	for id, host := range wanted {
		view.others[id] = g.neighbours[host]
	}
}
