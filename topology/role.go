package topology

import (
	"slices"
	"strings"
)

// Role is what a node does in the cluster, in Kafka's word for it (process.roles).
type Role string

const (
	// Broker nodes keep records and serve clients.
	Broker Role = "broker"
	// Controller nodes vote in the quorum and keep the cluster's metadata.
	Controller Role = "controller"
)

// Has reports whether the pool's nodes have the role.
func (p Pool) Has(role Role) bool { return slices.Contains(p.Roles, role) }

// ProcessRoles is the value of Kafka's process.roles.
func (p Pool) ProcessRoles() string {
	words := make([]string, len(p.Roles))
	for i, role := range p.Roles {
		words[i] = string(role)
	}
	return strings.Join(words, ",")
}
