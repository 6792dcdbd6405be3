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
}

func newStopGate(s settings, n node, st *state) *stopGate {
	g := &stopGate{settings: s, node: n, state: st,
		broker: client{address: n.brokerAddress},
		quorum: newQuorumClient(n.controllerAddress, n.bootstrap),
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
	var silent error
	if g.node.broker && o.brokerPort.everAnswers && o.broker.registered && !o.broker.fenced {
		var err error
		if view.broker, err = g.lookAtBroker(); err != nil {
			silent = errors.Join(silent, fmt.Errorf("the broker: %w", err))
		}
	}
	if g.node.controller && o.controlPort.everAnswers {
		var err error
		if view.quorum, err = g.lookAtQuorum(o); err != nil {
			silent = errors.Join(silent, fmt.Errorf("the controller: %w", err))
		}
	}
	g.lookAtOthers(view)
	if view.broker != nil {
		if topics := view.incomplete(view.broker.partitions); len(topics) > 0 {
			minimum, err := g.broker.minInSync(topics)
			if err != nil {
				silent = errors.Join(silent, fmt.Errorf("%s: %w", minISR, err))
			}
			maps.Copy(g.minISR, minimum)
		}
		view.broker.minISR = maps.Clone(g.minISR)
	}
	return view, silent
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
