package topology

import "slices"

// Listener is a port on which nodes of one role speak Kafka's protocol.
type Listener struct {
	// Name is Kafka's for it, as in server.properties: capital letters, digits and
	// underscores.
	Name string `pulumi:"name"`
	// Port of every pod that listens.
	Port int `pulumi:"port"`
	// PortName is Kubernetes' for it, and the end of the names of services that are
	// made for it: at most 15 lower-case letters, digits and dashes.
	PortName string `pulumi:"portName"`
	// Role is that of the nodes that listen.
	Role Role `pulumi:"role"`
	// Protocol is what is spoken.
	Protocol Protocol `pulumi:"protocol"`
	// Authentication is how clients say who they are. Empty: they do not.
	Authentication Authentication `pulumi:"authentication,optional"`
	// Exposure is from where it can be reached.
	Exposure Exposure `pulumi:"exposure"`
	// Advertised is the host that clients are told to connect to: each Kubernetes node's
	// name or address that answers at the NodePorts. Empty: each pod's own DNS name.
	Advertised string `pulumi:"advertised,optional"`
}

// Protocol is a security protocol in Kafka's word for it.
type Protocol string

const (
	// Plaintext is not encrypted.
	Plaintext Protocol = "PLAINTEXT"
	// SSL is Kafka's word for TLS. Whoever listens needs a certificate.
	SSL Protocol = "SSL"
	// SASLSSL is TLS in which a client says by SASL who it is, whatever certificate it has
	// (DefaultKafkaPrincipalBuilder).
	SASLSSL Protocol = "SASL_SSL"
)

// Authentication is a way of clients to say who they are.
type Authentication string

const (
	// Anonymous asks nobody.
	Anonymous Authentication = ""
	// MutualTLS asks for a certificate, whose common name is the user's.
	MutualTLS Authentication = "mtls"
	// SCRAM asks for a user's name and password, by the mechanism SCRAM-SHA-512.
	SCRAM Authentication = "scram"
)

// ExposureType is from where a listener can be reached.
type ExposureType string

const (
	// Nodes is for the cluster's own nodes only: by their pods' names, and by nobody
	// else where there are network policies.
	Nodes ExposureType = "nodes"
	// ClusterIP is for everybody in Kubernetes: by the service in front of all brokers,
	// and by the pods' names.
	ClusterIP ExposureType = "clusterIP"
	// NodePort is for clients outside: by a port of every Kubernetes node to start from,
	// and by one for each pod.
	NodePort ExposureType = "nodePort"
)

// Exposure is from where a listener can be reached, and how.
type Exposure struct {
	Type ExposureType `pulumi:"type"`
	// BootstrapPort is the NodePort to start from.
	BootstrapPort int `pulumi:"bootstrapPort,optional"`
	// FirstPorts are, by pool, the NodePort of its first pod; the others have the next
	// ones. They are numbers of ours, so that a broker knows what to advertise without
	// asking Kubernetes.
	FirstPorts map[string]int `pulumi:"firstPorts,optional"`
}

// Inside reports whether the cluster's own nodes reach each other by the listener.
func (l Listener) Inside() bool { return l.Exposure.Type != NodePort }

// TLS reports whether what is spoken is encrypted.
func (l Listener) TLS() bool { return l.Protocol == SSL || l.Protocol == SASLSSL }

// ForClients reports whether anybody but the cluster's own nodes may connect.
func (l Listener) ForClients() bool { return l.Exposure.Type != Nodes }

// NodePort is that of the pod with this ordinal; 0 if it has none.
func (l Listener) NodePort(pool Pool, ordinal int) int {
	first, exposed := l.Exposure.FirstPorts[pool.Name]
	if l.Exposure.Type != NodePort || !exposed {
		return 0
	}
	return first + ordinal
}

// Of are the listeners of a pool's nodes.
func (p Plan) Of(pool Pool) []Listener {
	var listeners []Listener
	for _, l := range p.Listeners {
		if pool.Has(l.Role) {
			listeners = append(listeners, l)
		}
	}
	return listeners
}

// TLS reports whether any listener speaks it, so that every node has a certificate.
func (p Plan) TLS() bool {
	return slices.ContainsFunc(p.Listeners, Listener.TLS)
}

// ListenerNames are those of the listeners of nodes with this role, in their order.
func (p Plan) ListenerNames(role Role) []string {
	var names []string
	for _, l := range p.Listeners {
		if l.Role == role {
			names = append(names, l.Name)
		}
	}
	return names
}

// InterBroker is the listener by which brokers reach each other, the first one of theirs.
func (p Plan) InterBroker() Listener {
	for _, l := range p.Listeners {
		if l.Role == Broker {
			return l
		}
	}
	return Listener{}
}

// NodePortService is a service that opens a port of every Kubernetes node.
type NodePortService struct {
	// Name of the service, and the listener that it leads to.
	Name     string
	Listener Listener
	// Pod is the only one that it leads to. Empty: all brokers, to start from.
	Pod string
	// Port of every Kubernetes node.
	Port int
}

// NodePortServices are all services for clients outside: of every listener one to start
// from, and one for each pod.
func (p Plan) NodePortServices() []NodePortService {
	var services []NodePortService
	for _, l := range p.Listeners {
		if l.Exposure.Type != NodePort {
			continue
		}
		services = append(services, NodePortService{Name: p.Name + "-" + l.PortName, Listener: l, Port: l.Exposure.BootstrapPort})
		for _, pool := range p.Pools {
			if !pool.Has(l.Role) {
				continue
			}
			for i := range pool.Replicas {
				pod := pool.Pod(i)
				services = append(services, NodePortService{Name: pod + "-" + l.PortName, Listener: l, Pod: pod, Port: l.NodePort(pool, i)})
			}
		}
	}
	return services
}
