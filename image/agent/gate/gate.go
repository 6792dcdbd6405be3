package gate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"syscall"

	"github.com/kafka-kraft/kafka-kraft/image/agent/peers"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// Gate collects what decideStop needs, again and again.
type Gate struct {
	settings   settings.Settings
	node       settings.Node
	state      *probes.Latest
	broker     wire.Client
	quorum     wire.Leader
	holds      *Holds
	further    func() []string // addresses of controllers that the configuration does not name
	hosts      map[int]string  // of brokers and controllers as last heard
	voters     []int           // as last heard from a leader
	minISR     map[string]int  // as last heard, by topic
	neighbours *neighbours
	// since when each of those that are asked is silent
	brokerSilent, minISRSilent, quorumSilent silence
	behind                                   silence // since when it catches up; it may take as long as a silence
}

var errFenced = errors.New("the controllers have fenced it")

// New makes the gate of a node. The controllers that it was planned with are known until a leader names others. further
// are addresses of controllers that came later (wire.NewLeader). holds get to know what it waits for.
func New(s settings.Settings, n settings.Node, st *probes.Latest, further func() []string, holds *Holds) *Gate {
	g := &Gate{settings: s, node: n, state: st, further: further, holds: holds,
		broker: wire.Client{Address: n.BrokerAddress, TLS: n.ToBrokers()},
		quorum: wire.NewLeader(n.ControllerAddress, n.Bootstrap, n.ToControllers(), wire.LeaderTimeout, further),
		hosts:  map[int]string{}, minISR: map[string]int{}, neighbours: &neighbours{network: peers.New(n)}}
	for _, v := range s.Initial {
		g.hosts[v.ID] = v.Host
		g.voters = append(g.voters, v.ID)
	}
	if c := st.Read().Control; len(c.Voters) > 0 { // there may be more by now, and the leader may be stopping, too
		g.voters = c.Voters
		maps.Copy(g.hosts, c.Hosts)
	}
	return g
}

// Hold waits, for the configured time at most, and returns when the stop may go on.
func (g *Gate) Hold(again <-chan syscall.Signal, ended <-chan struct{}) {
	stopHold{
		limit: g.settings.StopLimit, look: g.look, holds: g.holds,
		announce: func(leaving bool) { g.state.Update(func(o *probes.Observation) { o.Leaving = leaving }) },
	}.wait(again, ended)
}

// look asks the broker, the quorum's leader and the other agents. The error is what should have answered and did not;
// the view is then without it.
func (g *Gate) look() (stopView, error) {
	o := g.state.Read()
	view := stopView{self: g.node.ID, others: map[int]presence{}}
	if o.Wedged() != "" { // it serves nobody, and what it still leads is led again once it is gone
		return view, nil
	}
	var broker, minimum, catchUp, quorum error
	switch {
	case !o.BrokerPort.EverAnswers || o.Broker.CutOff != "":
	case o.Broker.Counts():
		view.broker, broker = g.lookAtBroker()
	default: // a pause that was too long, and it is back in a moment: its replicas may be wanted
		broker = errFenced
	}
	if g.node.Controller && o.ControlPort.EverAnswers {
		view.quorum, quorum = g.lookAtQuorum(o)
	}
	g.lookAtOthers(view)
	if view.broker != nil {
		if topics := view.incomplete(view.broker.partitions); len(topics) > 0 {
			var known map[string]int
			known, minimum = g.broker.MinInSync(topics)
			maps.Copy(g.minISR, known)
		}
		view.broker.minISR = maps.Clone(g.minISR)
		catchUp = view.broker.comesBack(view)
	}
	return view, errors.Join(
		named("the broker", g.brokerSilent.heard(broker)),
		named(wire.MinISR, g.minISRSilent.heard(minimum)),
		named("the broker", g.behind.heard(catchUp)),
		named("the controller", g.quorumSilent.heard(quorum)))
}

// named says who did not answer.
func named(who string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", who, err)
}

func (g *Gate) lookAtBroker() (*brokerStop, error) {
	members, err := g.broker.DescribeCluster()
	if err != nil {
		return nil, err
	}
	out := &brokerStop{}
	for _, m := range members {
		if m.ID != g.node.ID {
			out.peers = append(out.peers, m.ID)
			g.hosts[m.ID] = m.Host
		}
	}
	if out.partitions, err = g.broker.Partitions(); err != nil {
		return nil, err
	}
	return out, nil
}

func (g *Gate) lookAtQuorum(o probes.Observation) (*quorumStop, error) {
	q, local, err := g.quorum.Describe()
	if err == nil {
		for id, host := range q.Hosts {
			g.hosts[id] = host
		}
		out := quorumStopFrom(q)
		g.voters = out.voters
		return out, nil
	}
	if !errors.Is(local, wire.ErrNotLeader) {
		return nil, local
	}
	if o.Control.Place == probes.Observer {
		return nil, nil
	}
	return &quorumStop{voters: g.voters}, nil
}

// lookAtOthers asks the agents of all nodes that matter.
func (g *Gate) lookAtOthers(view stopView) {
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
	delete(wanted, g.node.ID)
	g.neighbours.ask(slices.Collect(maps.Values(wanted)))
	for id, host := range wanted {
		view.others[id] = g.neighbours.at(host)
	}
}
