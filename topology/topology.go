// Package topology plans a Kafka cluster: which node pools there are, what every
// node is called, which node ids and ports it has, and who votes in the quorum.
//
// It is pure. Nothing here talks to Kubernetes or to Pulumi, so that all that
// Kubernetes and Kafka will remember for ever (names, ids, the voters' endpoints)
// can be computed, tested and read in a preview before anything exists.
package topology

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Mode says how the two Kafka roles are spread over pods.
type Mode string

const (
	// Combined runs broker and controller in every pod, as the tutorial does.
	Combined Mode = "combined"
	// Separated gives controllers and brokers a node pool each.
	Separated Mode = "separated"
)

// Ports of every pod. Clients use Client inside Kubernetes and External from
// outside; Controller and Agent are for the cluster's own pods only.
const (
	ClientPort     = 9092          // Kafka protocol, listener PLAINTEXT
	ControllerPort = 9093          // Raft and broker-to-controller, listener CONTROLLER
	ExternalPort   = 9094          // Kafka protocol behind a NodePort, listener EXTERNAL
	AgentPort      = contract.Port // the agent's HTTP: probes and /v1.0/getrole
	MetricsPort    = 9187          // Prometheus exposition
)

// PoolIDs is how many node ids every pool keeps to itself, so that a pool can
// grow without ever taking an id of another one.
const PoolIDs = 1000

// Shape is what a plan is made from. The caller has validated it.
type Shape struct {
	Mode      Mode
	Name      string // cluster name, a DNS label
	Namespace string // Kubernetes namespace, a DNS label
	Domain    string // cluster domain, usually cluster.local

	Brokers     int // broker pods, at least 1
	Controllers int // voters, odd; in Combined the same as Brokers

	BrokerIDs     int // first node id of the brokers (and of combined nodes)
	ControllerIDs int // first node id of controllers that are not brokers

	// External asks for one NodePort per broker and one to start from. Zero
	// value: no way in from outside.
	External External
}

// External is the cluster as seen from outside Kubernetes.
type External struct {
	Host     string // what clients resolve: a node's address or a name for it
	BasePort int    // the bootstrap NodePort; broker n has BasePort+1+n
}

// Enabled tells whether clients outside are wanted.
func (e External) Enabled() bool { return e.BasePort != 0 }

// BrokerPort is the NodePort of the broker with this ordinal.
func (e External) BrokerPort(ordinal int) int { return e.BasePort + 1 + ordinal }

// Pool is a set of equal nodes: one StatefulSet.
type Pool struct {
	Name       string // name of the StatefulSet; pods are Name-0, Name-1, …
	Component  string // value of the label app.kubernetes.io/component
	Broker     bool
	Controller bool
	Replicas   int
	FirstID    int // node id of ordinal 0
}

// Roles is the value of Kafka's process.roles.
func (p Pool) Roles() string {
	switch {
	case p.Broker && p.Controller:
		return "broker,controller"
	case p.Broker:
		return "broker"
	default:
		return "controller"
	}
}

// Pod is the name of the pod with this ordinal.
func (p Pool) Pod(ordinal int) string { return fmt.Sprintf("%s-%d", p.Name, ordinal) }

// NodeID is the Kafka node id of the pod with this ordinal.
func (p Pool) NodeID(ordinal int) int { return p.FirstID + ordinal }

// Voter is one member of the first quorum. Kafka stores its endpoint in the
// metadata log, so a voter's host name must never change (KIP-853, KIP-1347).
type Voter struct {
	NodeID int
	Pod    string
	Host   string
	Port   int
}

// Plan is the cluster to be made.
type Plan struct {
	Mode      Mode
	Name      string
	Namespace string
	Domain    string
	Pools     []Pool
	Voters    []Voter
	External  External

	Headless     string // headless service: the pods' stable DNS names
	Bootstrap    string // ClusterIP service in front of the brokers
	SharedVolume string // PersistentVolume of the shared storage mode
	SharedClaim  string // its PersistentVolumeClaim
}

// New plans the cluster. Combined clusters carry the tutorial's names
// (kafka-0, kafka-svc, kafka-pv-claim for the name "kafka"); separated ones those
// of the architecture document ({name}-kafka-broker-0, {name}-kafka-headless).
func New(s Shape) Plan {
	p := Plan{
		Mode: s.Mode, Name: s.Name, Namespace: s.Namespace, Domain: s.Domain, External: s.External,
		SharedVolume: s.Name + "-pv-volume",
		SharedClaim:  s.Name + "-pv-claim",
	}
	switch s.Mode {
	case Separated:
		p.Headless = s.Name + "-kafka-headless"
		p.Bootstrap = s.Name + "-kafka-broker"
		p.Pools = []Pool{
			{Name: s.Name + "-kafka-controller", Component: "controller", Controller: true, Replicas: s.Controllers, FirstID: s.ControllerIDs},
			{Name: s.Name + "-kafka-broker", Component: "broker", Broker: true, Replicas: s.Brokers, FirstID: s.BrokerIDs},
		}
	default:
		p.Headless = s.Name + "-svc"
		p.Bootstrap = s.Name + "-bootstrap"
		p.Pools = []Pool{
			{Name: s.Name, Component: "combined", Broker: true, Controller: true, Replicas: s.Brokers, FirstID: s.BrokerIDs},
		}
	}
	for _, pool := range p.Pools {
		if !pool.Controller {
			continue
		}
		for i := range pool.Replicas {
			p.Voters = append(p.Voters, Voter{
				NodeID: pool.NodeID(i), Pod: pool.Pod(i), Host: p.PodHost(pool.Pod(i)), Port: ControllerPort,
			})
		}
	}
	return p
}

// PodHost is the stable DNS name of a pod, which the headless service provides.
func (p Plan) PodHost(pod string) string {
	return pod + "." + p.serviceHost(p.Headless)
}

func (p Plan) serviceHost(service string) string {
	return fmt.Sprintf("%s.%s.svc.%s", service, p.Namespace, p.Domain)
}

// BootstrapServers is where clients inside Kubernetes start, as host:port.
func (p Plan) BootstrapServers() string {
	return fmt.Sprintf("%s:%d", p.serviceHost(p.Bootstrap), ClientPort)
}

// ExternalBootstrapServers is where clients outside start, as host:port, or "".
func (p Plan) ExternalBootstrapServers() string {
	if !p.External.Enabled() {
		return ""
	}
	return net.JoinHostPort(p.External.Host, strconv.Itoa(p.External.BasePort))
}

// QuorumBootstrapServers is the value of controller.quorum.bootstrap.servers.
func (p Plan) QuorumBootstrapServers() string {
	hosts := make([]string, len(p.Voters))
	for i, v := range p.Voters {
		hosts[i] = fmt.Sprintf("%s:%d", v.Host, v.Port)
	}
	return strings.Join(hosts, ",")
}

// InitialControllers is the value of `kafka-storage format --initial-controllers`,
// which must be the same on every controller. There is one directory id for every
// voter, in the order of p.Voters.
func (p Plan) InitialControllers(directoryIDs []string) (string, error) {
	if len(directoryIDs) != len(p.Voters) {
		return "", fmt.Errorf("%d directory ids for %d voters", len(directoryIDs), len(p.Voters))
	}
	voters := make([]string, len(p.Voters))
	for i, v := range p.Voters {
		voters[i] = contract.Voter{ID: v.NodeID, Host: v.Host, Port: v.Port, DirectoryID: directoryIDs[i]}.String()
	}
	return strings.Join(voters, ","), nil
}

// Life is the ConfigMap that tells pods what their volumes cannot know when they are lost.
func (p Plan) Life() string { return p.Name + "-life" }

// BrokerPool is the pool that clients talk to.
func (p Plan) BrokerPool() Pool {
	for _, pool := range p.Pools {
		if pool.Broker {
			return pool
		}
	}
	return Pool{}
}

// BrokerPods are the names of all pods that clients talk to.
func (p Plan) BrokerPods() []string {
	var pods []string
	for _, pool := range p.Pools {
		if !pool.Broker {
			continue
		}
		for i := range pool.Replicas {
			pods = append(pods, pool.Pod(i))
		}
	}
	return pods
}
