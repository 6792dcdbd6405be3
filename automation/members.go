package automation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Members is who takes part in the stack's Kafka: who should, by the configuration, and who
// does, as Kafka itself tells it.
type Members struct {
	// Brokers and Controllers are sorted by id. A combined node is one of each.
	Brokers     []Broker     `json:"brokers"`
	Controllers []Controller `json:"controllers"`
	// MetadataVersion is the finalised level of metadata.version, such as 30 (4.3-IV0).
	MetadataVersion int `json:"metadataVersion"`
	// Moving is how many partitions are on their way to other brokers.
	Moving int `json:"moving"`
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
	// Replicas are those assigned to it, Leads those that it leads.
	Replicas int `json:"replicas"`
	Leads    int `json:"leads"`
	// Bytes is what its replicas have on its volumes; -1 if it does not answer.
	Bytes int64 `json:"bytes"`
}

// Controller is one that follows the metadata log, or should.
type Controller struct {
	ID int `json:"id"`
	// Pod is where it runs; "" for one that the configuration does not have.
	Pod string `json:"pod,omitempty"`
	// State is Leads, Votes, Follows or Missing.
	State string `json:"state"`
	// Behind is how long ago it last had all that the leader had; negative: never.
	Behind time.Duration `json:"behind"`
}

// membersTime is how long Kafka may take to tell.
const membersTime = 30 * time.Second

// Members asks Kafka who takes part; ErrUnreachable if it does not answer.
func (s *Stack) Members(ctx context.Context) (Members, error) {
	const doing = "members"
	client, err := s.Client(ctx)
	if err != nil {
		return Members{}, err
	}
	defer client.Close()
	bounded, cancel := context.WithTimeout(ctx, membersTime)
	defer cancel()
	found, err := membersOf(bounded, ops.New(client), s.config.Plan())
	if err != nil {
		if canceled := s.canceled(ctx, doing); canceled != nil {
			return found, canceled
		}
		return found, s.fail(doing, ErrUnreachable, err, "")
	}
	return found, nil
}

func membersOf(ctx context.Context, admin ops.Admin, plan topology.Plan) (Members, error) {
	var m Members
	version, err := admin.MetadataVersion(ctx)
	if err != nil {
		return m, err
	}
	m.MetadataVersion = int(version)
	running, err := admin.Reassignments(ctx)
	if err != nil {
		return m, err
	}
	m.Moving = len(running)
	if m.Brokers, err = brokersOf(ctx, admin, pods(plan, topology.Broker)); err != nil {
		return m, err
	}
	m.Controllers, err = controllersOf(ctx, admin, pods(plan, topology.Controller))
	return m, err
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

func brokersOf(ctx context.Context, admin ops.Admin, planned map[int]string) ([]Broker, error) {
	registered, err := admin.Brokers(ctx)
	if err != nil {
		return nil, err
	}
	partitions, err := admin.Partitions(ctx)
	if err != nil {
		return nil, err
	}
	var brokers []Broker
	known := map[int]bool{}
	for _, r := range registered {
		b := Broker{ID: int(r.ID), Pod: planned[int(r.ID)], State: Serves, Rack: r.Rack, Bytes: -1}
		known[b.ID] = true
		for _, p := range partitions {
			if slices.Contains(p.Replicas, r.ID) {
				b.Replicas++
			}
			if p.Leader == r.ID {
				b.Leads++
			}
		}
		if r.Fenced {
			b.State = Fenced
		} else if dirs, err := admin.LogDirs(ctx, r.ID); err == nil { // what one cannot tell is no reason to hide the others
			b.Bytes = 0
			for _, dir := range dirs {
				b.Cordoned = b.Cordoned || dir.Cordoned
				for _, log := range dir.Logs {
					b.Bytes += log.Size
				}
			}
		}
		brokers = append(brokers, b)
	}
	for id, pod := range planned {
		if !known[id] {
			brokers = append(brokers, Broker{ID: id, Pod: pod, State: NotRegistered, Bytes: -1})
		}
	}
	slices.SortFunc(brokers, func(a, b Broker) int { return cmp.Compare(a.ID, b.ID) })
	return brokers, nil
}

func controllersOf(ctx context.Context, admin ops.Admin, planned map[int]string) ([]Controller, error) {
	quorum, err := admin.Quorum(ctx)
	if err != nil {
		return nil, err
	}
	var now int64 // by the leader's clock
	for _, v := range quorum.Voters {
		if v.ID == quorum.Leader {
			now = v.CaughtUp
		}
	}
	var controllers []Controller
	known := map[int]bool{}
	add := func(v ops.Voter, state string) {
		c := Controller{ID: int(v.ID), Pod: planned[int(v.ID)], State: state, Behind: -1}
		if v.CaughtUp >= 0 && now > 0 {
			c.Behind = max(0, time.Duration(now-v.CaughtUp)*time.Millisecond)
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
			controllers = append(controllers, Controller{ID: id, Pod: pod, State: Missing, Behind: -1})
		}
	}
	slices.SortFunc(controllers, func(a, b Controller) int { return cmp.Compare(a.ID, b.ID) })
	return controllers, nil
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
