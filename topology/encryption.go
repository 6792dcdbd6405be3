package topology

import "slices"

// Encryption is how far a cluster has come on its way from plaintext to TLS. Every step is
// one rolling update in which nodes of both sides of it understand each other; a new cluster
// begins at any of them.
type Encryption string

const (
	// None speaks plaintext only.
	None Encryption = "none"
	// Offered adds listeners with TLS to those without. Nodes do not use them yet.
	Offered Encryption = "offered"
	// Preferred lets nodes reach each other by TLS. Clients are served in both ways.
	Preferred Encryption = "preferred"
	// Required has no plaintext any more.
	Required Encryption = "required"
)

// Encryptions are all of them, in the order in which a cluster takes them.
func Encryptions() []Encryption { return []Encryption{None, Offered, Preferred, Required} }

// Next reports whether a cluster that lives with e may go to other in one update: one step on
// or one back. Nobody goes back from Required, since who left plaintext behind relies on it.
func (e Encryption) Next(other Encryption) bool {
	steps := Encryptions()
	is, then := slices.Index(steps, e), slices.Index(steps, other)
	if is < 0 || then < 0 {
		return false // one of another version of this program
	}
	return is == then || then == is+1 || then == is-1 && e != Required
}

// listeners are those of every cluster with this encryption; clients authenticate themselves
// in this way to those of them that speak TLS. With passwords there is one more, since a client
// of SASL is never known by its certificate, as who runs the program is.
func (e Encryption) listeners(clients Authentication, passwords bool) []Listener {
	plaintext := Listener{Name: "PLAINTEXT", Port: 9092, PortName: "client", Role: Broker, Protocol: Plaintext, Exposure: Exposure{Type: ClusterIP}}
	controller := Listener{Name: "CONTROLLER", Port: 9093, PortName: "controller", Role: Controller, Protocol: Plaintext, Exposure: Exposure{Type: Nodes}}
	quorum := Listener{Name: "QUORUM", Port: 9090, PortName: "quorum", Role: Controller, Protocol: SSL, Authentication: MutualTLS, Exposure: Exposure{Type: Nodes}}
	replication := Listener{Name: "REPLICATION", Port: 9091, PortName: "replication", Role: Broker, Protocol: SSL, Authentication: MutualTLS, Exposure: Exposure{Type: Nodes}}
	secured := []Listener{{Name: "CLIENTS", Port: 9095, PortName: "clients", Role: Broker, Protocol: SSL, Authentication: clients, Exposure: Exposure{Type: ClusterIP}}}
	if passwords {
		secured = append(secured, Listener{Name: "SCRAM", Port: 9097, PortName: "scram", Role: Broker, Protocol: SASLSSL, Authentication: SCRAM, Exposure: Exposure{Type: ClusterIP}})
	}
	switch e {
	case Offered:
		return slices.Concat([]Listener{plaintext, replication}, secured, []Listener{controller, quorum})
	case Preferred:
		return slices.Concat([]Listener{replication, plaintext}, secured, []Listener{quorum, controller})
	case Required:
		return slices.Concat([]Listener{replication}, secured, []Listener{quorum})
	default:
		return []Listener{plaintext, controller}
	}
}
