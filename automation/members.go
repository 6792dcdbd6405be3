package automation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Members is who takes part in the stack's Kafka: who should, by the configuration, and who
// does, as Kafka itself tells it.
type Members struct {
	// Brokers and Controllers are sorted by id. A combined node is one of each. Nil: not known.
	Brokers     []Broker     `json:"brokers"`
	Controllers []Controller `json:"controllers"`
	// Levels are the finalised levels of Kafka's features, such as metadata.version 30 (4.3-IV0)
	// and kraft.version 1, from which on voters can come and go. Nil: not known.
	Levels map[string]int16 `json:"levels"`
	// Moving are the partitions on their way to other brokers, by topic and index.
	Moving []Move `json:"moving,omitempty"`
	// Replication is how well the partitions are; nil: not known.
	Replication *Replication `json:"replication,omitempty"`
	// Groups are the consumer groups, those that are furthest behind first.
	Groups []Group `json:"groups,omitempty"`
	// Unknown is what Kafka did not tell, while it told the rest.
	Unknown []Unknown `json:"unknown,omitempty"`
}

// Unknown is a part of an answer that could not be had.
type Unknown struct {
	// Part is what is missing: pods, claims, members, brokers, replicas, controllers, levels,
	// moves, groups, min.insync.replicas, "volumes of broker 2".
	Part string `json:"part"`
	Why  string `json:"why"`
}

// Move is a partition whose replicas are on their way to other brokers.
type Move struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	// To are the brokers that get a replica, From those that give theirs up.
	To   []int32 `json:"to"`
	From []int32 `json:"from"`
}

// What a member does.
const (
	Serves        = "serves"         // a broker that takes part
	Fenced        = "fenced"         // a broker that is registered, and that the controllers do not hear
	NotRegistered = "not registered" // a broker that should be there
	Leads         = "leads"          // the active controller
	Votes         = "votes"
	Follows       = "follows, no vote" // a controller that has yet to join the quorum
	Missing       = "missing"          // a controller that should be there
)

// Broker is a broker that is registered, or should be.
type Broker struct {
	ID int `json:"id"`
	// Pod is where it runs; "" for one that the configuration does not have: somebody made
	// more by hand, or it has left and Kafka still knows it.
	Pod string `json:"pod,omitempty"`
	// State is Serves, Fenced or NotRegistered.
	State string `json:"state"`
	// Cordoned reports whether it takes no new replicas (KIP-1066), as before it leaves.
	Cordoned bool   `json:"cordoned,omitempty"`
	Rack     string `json:"rack,omitempty"`
	// Replicas are those assigned to it, Leads those that it leads; -1: not known.
	Replicas int `json:"replicas"`
	Leads    int `json:"leads"`
	// Bytes is what its replicas have on its volumes, Free what these still take; -1: not known,
	// as of one that does not answer.
	Bytes int64 `json:"bytes"`
	Free  int64 `json:"free"`
}

// Controller is one that follows the metadata log, or should.
type Controller struct {
	ID int `json:"id"`
	// Pod is where it runs; "" for one that the configuration does not have.
	Pod string `json:"pod,omitempty"`
	// State is Leads, Votes, Follows or Missing.
	State string `json:"state"`
	// Host is the host:port under which the quorum keeps a voter; "" for who does not vote.
	Host string `json:"host,omitempty"`
	// Lag is how many records of the metadata log it has yet to get; -1: not known.
	Lag int64 `json:"lag"`
	// CaughtUp is when it last had all that the leader had, by the leader's clock, and Behind how
	// long that is ago by the same clock. Zero and negative: never.
	CaughtUp time.Time     `json:"caughtUp,omitzero"`
	Behind   time.Duration `json:"behindNanoseconds"`
}

// How long it may take to get to Kafka, to have one answer, and to have all of them.
const (
	connectTime = 15 * time.Second
	partTime    = 10 * time.Second
	membersTime = time.Minute
)

// Members asks Kafka who takes part. What it does not tell is in Unknown; ErrUnreachable if no
// broker answers at all.
func (s *Stack) Members(ctx context.Context) (Members, error) {
	outputs, err := s.Outputs(ctx)
	if err != nil {
		return Members{}, err
	}
	return s.members(ctx, outputs)
}

func (s *Stack) members(ctx context.Context, outputs stacks.Outputs) (Members, error) {
	const doing = "members"
	connecting, over := context.WithTimeout(ctx, connectTime)
	defer over()
	client, err := s.connect(connecting, outputs)
	if err != nil {
		if canceled := s.canceled(ctx, doing); canceled != nil {
			return Members{}, canceled
		}
		return Members{}, err
	}
	defer client.Close()
	bounded, cancel := context.WithTimeout(ctx, membersTime)
	defer cancel()
	found := membersOf(bounded, ops.New(client), s.Config().Plan())
	a := &asker{ctx: bounded, unknown: found.Unknown}
	found.Groups = groupsOf(a, kadm.NewClient(client))
	found.Unknown = a.unknown
	if canceled := s.canceled(ctx, doing); canceled != nil {
		return found, canceled
	}
	return found, nil
}

// asker asks one thing after the other, and notes what it gets no answer to.
type asker struct {
	ctx     context.Context
	unknown []Unknown
}

// ask reports whether there was an answer.
func (a *asker) ask(part string, do func(context.Context) error) bool {
	bounded, cancel := context.WithTimeout(a.ctx, partTime)
	defer cancel()
	err := do(bounded)
	if err == nil {
		return true
	}
	why := err.Error()
	if errors.Is(err, context.DeadlineExceeded) {
		why = fmt.Sprintf("no answer within %s", partTime)
	}
	a.unknown = append(a.unknown, Unknown{part, why})
	return false
}

func membersOf(ctx context.Context, admin ops.Admin, plan topology.Plan) Members {
	var m Members
	a := &asker{ctx: ctx}
	a.ask("levels", func(ctx context.Context) (err error) {
		m.Levels, err = admin.Levels(ctx)
		return err
	})
	a.ask("moves", func(ctx context.Context) error {
		running, err := admin.Reassignments(ctx)
		for _, r := range running {
			m.Moving = append(m.Moving, Move{r.Topic, r.Index, r.Adding, r.Removing})
		}
		return err
	})
	var partitions []ops.Partition
	counted := a.ask("replicas", func(ctx context.Context) (err error) {
		partitions, err = admin.Partitions(ctx)
		return err
	})
	if counted {
		m.Replication = replicationOf(a, admin, partitions, m.Moving)
	}
	m.Brokers = brokersOf(a, admin, pods(plan, topology.Broker), partitions, counted)
	a.ask("controllers", func(ctx context.Context) error {
		quorum, err := admin.Quorum(ctx)
		if err == nil {
			m.Controllers = controllersOf(quorum, pods(plan, topology.Controller))
		}
		return err
	})
	m.Unknown = a.unknown
	return m
}

// pods are those of a role, by node id.
func pods(plan topology.Plan, role topology.Role) map[int]string {
	all := map[int]string{}
	for _, pool := range plan.Pools {
		if pool.Has(role) {
			for ordinal, pod := range pool.Pods() {
				all[pool.NodeID(ordinal)] = pod
			}
		}
	}
	return all
}

// brokersOf asks for the brokers; counted: the partitions are known.
func brokersOf(a *asker, admin ops.Admin, planned map[int]string, partitions []ops.Partition, counted bool) []Broker {
	var registered []ops.Broker
	if !a.ask("brokers", func(ctx context.Context) (err error) {
		registered, err = admin.Brokers(ctx)
		return err
	}) {
		return nil
	}
	var brokers []Broker
	known := map[int]bool{}
	for _, r := range registered {
		b := Broker{ID: int(r.ID), Pod: planned[int(r.ID)], State: Serves, Rack: r.Rack, Replicas: -1, Leads: -1, Bytes: -1, Free: -1}
		known[b.ID] = true
		if counted {
			b.count(partitions)
		}
		if r.Fenced {
			b.State = Fenced // and does not answer
		} else {
			a.ask(fmt.Sprintf("volumes of broker %d", r.ID), func(ctx context.Context) error {
				dirs, err := admin.LogDirs(ctx, r.ID)
				if err == nil {
					b.weigh(dirs)
				}
				return err
			})
		}
		brokers = append(brokers, b)
	}
	for id, pod := range planned {
		if !known[id] {
			brokers = append(brokers, Broker{ID: id, Pod: pod, State: NotRegistered, Bytes: -1, Free: -1})
		}
	}
	slices.SortFunc(brokers, func(a, b Broker) int { return cmp.Compare(a.ID, b.ID) })
	return brokers
}

// count counts the replicas of a broker, and those that it leads.
func (b *Broker) count(partitions []ops.Partition) {
	b.Replicas, b.Leads = 0, 0
	for _, p := range partitions {
		if slices.Contains(p.Replicas, int32(b.ID)) {
			b.Replicas++
		}
		if p.Leader == int32(b.ID) {
			b.Leads++
		}
	}
}

// weigh sums up what lies on a broker's volumes, and what still fits there.
func (b *Broker) weigh(dirs []ops.LogDir) {
	b.Bytes, b.Free = 0, 0
	for _, dir := range dirs {
		b.Cordoned = b.Cordoned || dir.Cordoned
		for _, log := range dir.Logs {
			b.Bytes += log.Size
		}
		if dir.Free < 0 || b.Free < 0 {
			b.Free = -1
			continue
		}
		b.Free += dir.Free
	}
}

func controllersOf(quorum ops.Quorum, planned map[int]string) []Controller {
	var leader ops.Voter // which says what time it is
	for _, v := range quorum.Voters {
		if v.ID == quorum.Leader {
			leader = v
		}
	}
	var controllers []Controller
	known := map[int]bool{}
	add := func(v ops.Voter, state string) {
		c := Controller{ID: int(v.ID), Pod: planned[int(v.ID)], State: state, Host: v.Host, Lag: -1, Behind: -1}
		if v.End >= 0 && leader.End > 0 {
			c.Lag = max(0, leader.End-v.End)
		}
		if v.CaughtUp >= 0 && leader.CaughtUp > 0 {
			c.CaughtUp = time.UnixMilli(v.CaughtUp).UTC()
			c.Behind = max(0, time.Duration(leader.CaughtUp-v.CaughtUp)*time.Millisecond)
		}
		known[c.ID] = true
		controllers = append(controllers, c)
	}
	for _, v := range quorum.Voters {
		state := Votes
		if v.ID == quorum.Leader {
			state = Leads
		}
		add(v, state)
	}
	for _, v := range quorum.Observers { // brokers are observers, too
		if _, controls := planned[int(v.ID)]; controls && !known[int(v.ID)] {
			add(v, Follows)
		}
	}
	for id, pod := range planned {
		if !known[id] {
			controllers = append(controllers, Controller{ID: id, Pod: pod, State: Missing, Lag: -1, Behind: -1})
		}
	}
	slices.SortFunc(controllers, func(a, b Controller) int { return cmp.Compare(a.ID, b.ID) })
	return controllers
}

// String says what a broker does, in words.
func (b Broker) String() string {
	state := b.State
	if b.Cordoned {
		state += ", cordoned"
	}
	if b.Pod == "" {
		state += ", beyond the plan"
	}
	return state
}

// String says what a controller does, in words.
func (c Controller) String() string {
	state := c.State
	if c.Behind > 2*time.Second && c.State != Leads {
		state += fmt.Sprintf(", %s behind", c.Behind.Round(time.Second))
	}
	if c.Pod == "" {
		state += ", beyond the plan"
	}
	return state
}
