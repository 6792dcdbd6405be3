package topology

import (
	"cmp"
	"slices"
)

// Mode says how the two roles are spread over pods, in the two ways that most clusters
// need.
type Mode string

const (
	// Combined gives both roles to every pod, as the tutorial does.
	Combined Mode = "combined"
	// Separated gives controllers and brokers a pool each.
	Separated Mode = "separated"
)

// fewest is how many nodes a pool has that says no number: the fewest that survive the
// loss of one.
const fewest = 3

// Combined completes a plan of one pool, whose nodes are brokers and controllers. It
// carries the tutorial's names (kafka-0, kafka-svc, kafka-pv-claim for the name
// "kafka"). What the plan or the pool already says is kept.
func (p Plan) Combined(nodes Pool) Plan {
	p = p.complete("-svc", "-bootstrap")
	nodes.Roles = []Role{Broker, Controller}
	p.Pools = []Pool{p.pool(nodes, p.Name, "combined", BrokerSize(), BrokerVolume)}
	return p.begin()
}

// Separated completes a plan of a pool of controllers and one of brokers. It carries the
// names of the architecture document ({name}-kafka-broker-0, {name}-kafka-headless).
// What the plan or a pool already says is kept.
func (p Plan) Separated(controllers, brokers Pool) Plan {
	p = p.complete("-kafka-headless", "-kafka-broker")
	controllers.Roles, brokers.Roles = []Role{Controller}, []Role{Broker}
	if controllers.FirstID == 0 && brokers.FirstID == 0 {
		controllers.FirstID = PoolIDs
	}
	p.Pools = []Pool{
		p.pool(controllers, p.Name+"-kafka-controller", "controller", ControllerSize(), ControllerVolume),
		p.pool(brokers, p.Name+"-kafka-broker", "broker", BrokerSize(), BrokerVolume),
	}
	return p.begin()
}

// Complete completes a plan of pools of one's own, each of which says at least its Name and
// Roles; FirstIDs must be PoolIDs apart. Services have the names that Separated gives them.
// What the plan or a pool already says is kept.
func (p Plan) Complete() Plan {
	p = p.complete("-kafka-headless", "-kafka-broker")
	p.Pools = slices.Clone(p.Pools)
	for i, pool := range p.Pools {
		size, volume := ControllerSize(), ControllerVolume
		if pool.Has(Broker) {
			size, volume = BrokerSize(), BrokerVolume
		}
		p.Pools[i] = p.pool(pool, pool.Name, pool.Name, size, volume)
	}
	return p.begin()
}

// Outside adds a listener for clients outside Kubernetes: host is the name or address
// of a Kubernetes node as they see it, basePort the NodePort to start from, which the
// ports of all brokers follow, one pool after the other. It speaks TLS once all do: with
// the Encryption Required.
func (p Plan) Outside(host string, basePort int) Plan {
	listener := Listener{
		Name: "EXTERNAL", Port: 9094, PortName: "external", Role: Broker, Protocol: Plaintext, Advertised: host,
		Exposure: Exposure{Type: NodePort, BootstrapPort: basePort, FirstPorts: map[string]int{}},
	}
	if p.Encryption == Required {
		listener.Name, listener.Port, listener.Protocol, listener.Authentication = "EXTERNALTLS", 9096, SSL, p.Authentication
	}
	next := basePort + 1
	for _, pool := range p.Pools {
		if pool.Has(Broker) {
			listener.Exposure.FirstPorts[pool.Name] = next
			next += cmp.Or(pool.Replicas, fewest)
		}
	}
	// Beside the other ones of brokers: this is the order in which all is written.
	after := slices.IndexFunc(p.Listeners, func(l Listener) bool { return l.Role != Broker })
	if after < 0 {
		after = len(p.Listeners)
	}
	p.Listeners = slices.Insert(slices.Clone(p.Listeners), after, listener)
	return p
}

func (p Plan) complete(headless, bootstrap string) Plan {
	p.Domain = cmp.Or(p.Domain, "cluster.local")
	p.Headless = cmp.Or(p.Headless, p.Name+headless)
	p.Bootstrap = cmp.Or(p.Bootstrap, p.Name+bootstrap)
	if len(p.Listeners) == 0 {
		p.Listeners = p.Encryption.listeners(p.Authentication, p.SCRAM)
	}
	if p.Shared != nil {
		shared := *p.Shared
		shared.Volume = cmp.Or(shared.Volume, p.Name+"-pv-volume")
		shared.Claim = cmp.Or(shared.Claim, p.Name+"-pv-claim")
		p.Shared = &shared
	}
	return p
}

// pool completes one, but for where its pods run: to say nothing is to say anywhere.
func (p Plan) pool(pool Pool, name, component string, size Size, volume string) Pool {
	pool.Name = cmp.Or(pool.Name, name)
	pool.Component = cmp.Or(pool.Component, component)
	pool.Replicas = cmp.Or(pool.Replicas, fewest)
	pool.Size = pool.Size.or(size)
	if len(pool.Claims) == 0 && p.Shared == nil {
		pool.Claims = []Claim{p.Claim(RecordsClaim, volume, "")}
	}
	return pool
}

// or is the size with what it does not say taken from another one.
func (s Size) or(other Size) Size {
	return Size{
		Heap:             cmp.Or(s.Heap, other.Heap),
		CPURequest:       cmp.Or(s.CPURequest, other.CPURequest),
		CPULimit:         cmp.Or(s.CPULimit, other.CPULimit),
		MemoryRequest:    cmp.Or(s.MemoryRequest, other.MemoryRequest),
		MemoryLimit:      cmp.Or(s.MemoryLimit, other.MemoryLimit),
		EphemeralStorage: cmp.Or(s.EphemeralStorage, other.EphemeralStorage),
	}
}

// begin makes the pools' controllers the first voters of a plan that names none.
func (p Plan) begin() Plan {
	if len(p.Initial) == 0 {
		p.Initial = p.Controllers()
	}
	return p
}
