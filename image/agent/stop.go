package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"syscall"
)

// stopGate collects what decideStop needs, again and again.
type stopGate struct {
	settings   settings
	node       node
	state      *state
	broker     client
	quorum     quorumClient
	hosts      map[int]string // of brokers and controllers as last heard
	voters     []int          // as last heard from a leader
	minISR     map[string]int // as last heard, by topic
	neighbours *neighbours
	// since when each of those that are asked is silent
	brokerSilent, minISRSilent, quorumSilent silence
}

func newStopGate(s settings, n node, st *state) *stopGate {
	g := &stopGate{settings: s, node: n, state: st,
		broker: client{address: n.brokerAddress},
		quorum: newQuorumClient(n.controllerAddress, n.bootstrap, quorumTimeout),
		hosts:  map[int]string{}, minISR: map[string]int{}, neighbours: &neighbours{}}
	for _, v := range s.initial {
		g.hosts[v.id] = v.host
		g.voters = append(g.voters, v.id)
	}
	return g
}

// hold returns when the stop may go on.
func (g *stopGate) hold(again <-chan syscall.Signal, ended <-chan struct{}) {
	stopHold{
		limit: g.settings.stopLimit, look: g.look,
		announce: func(leaving bool) { g.state.update(func(o *observation) { o.leaving = leaving }) },
	}.wait(again, ended)
}

// look asks the broker, the quorum's leader and the other agents. The error is what should have answered and did not;
// the view is then without it.
func (g *stopGate) look() (stopView, error) {
	o := g.state.read()
	view := stopView{self: g.node.id, others: map[int]presence{}}
	if o.wedged() != "" { // it serves nobody, and what it still leads is led again once it is gone
		return view, nil
	}
	var broker, minimum, quorum error
	if o.broker.counts() && o.brokerPort.everAnswers {
		view.broker, broker = g.lookAtBroker()
	}
	if g.node.controller && o.controlPort.everAnswers {
		view.quorum, quorum = g.lookAtQuorum(o)
	}
	g.lookAtOthers(view)
	if view.broker != nil {
		if topics := view.incomplete(view.broker.partitions); len(topics) > 0 {
			var known map[string]int
			known, minimum = g.broker.minInSync(topics)
			maps.Copy(g.minISR, known)
		}
		view.broker.minISR = maps.Clone(g.minISR)
	}
	return view, errors.Join(
		named("the broker", g.brokerSilent.heard(broker)),
		named(minISR, g.minISRSilent.heard(minimum)),
		named("the controller", g.quorumSilent.heard(quorum)))
}

// named says who did not answer.
func named(who string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", who, err)
}

func (g *stopGate) lookAtBroker() (*brokerStop, error) {
	members, err := g.broker.describeCluster()
	if err != nil {
		return nil, err
	}
	out := &brokerStop{}
	for _, m := range members {
		if m.id != g.node.id {
			out.peers = append(out.peers, m.id)
			g.hosts[m.id] = m.host
		}
	}
	if out.partitions, err = g.broker.partitions(); err != nil {
		return nil, err
	}
	return out, nil
}

func (g *stopGate) lookAtQuorum(o observation) (*quorumStop, error) {
	q, local, err := g.quorum.describe()
	if err == nil {
		for id, host := range q.hosts {
			g.hosts[id] = host
		}
		out := quorumStopFrom(q)
		g.voters = out.voters
		return out, nil
	}
	if !errors.Is(local, errNotLeader) {
		return nil, local
	}
	if o.control.place == observer {
		return nil, nil
	}
	return &quorumStop{voters: g.voters}, nil
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
		view.others[id] = g.neighbours.at(host)
	}
}
