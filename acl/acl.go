// Package acl says who may do what in Kafka. What people say in few words (Access) becomes
// Kafka's own ACLs (ACL), each about one operation. It is pure.
package acl

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Resources that ACLs of people are about, as Kafka's ResourceType has them. Delegation tokens
// and users are left to whoever has them.
const (
	Topic           = "topic"
	Group           = "group"
	TransactionalID = "transactionalId"
	Cluster         = "cluster"
)

// TheCluster is the name of the only resource Cluster (Resource.CLUSTER_NAME).
const TheCluster = "kafka-cluster"

// Everywhere is the host of an ACL that holds wherever a client comes from, and, as the name of a
// resource, all of them (ResourcePattern.WILDCARD_RESOURCE).
const Everywhere = "*"

// Operations, of which an ACL has one (AclOperation).
const (
	All             = "All"
	Read            = "Read"
	Write           = "Write"
	Create          = "Create"
	Delete          = "Delete"
	Alter           = "Alter"
	Describe        = "Describe"
	ClusterAction   = "ClusterAction"
	DescribeConfigs = "DescribeConfigs"
	AlterConfigs    = "AlterConfigs"
	IdempotentWrite = "IdempotentWrite"
	TwoPhaseCommit  = "TwoPhaseCommit"
)

// operations are what can be done with each resource (AclEntry.supportedOperations).
var operations = map[string][]string{
	Topic:           {All, Read, Write, Create, Delete, Alter, Describe, DescribeConfigs, AlterConfigs},
	Group:           {All, Read, Delete, Describe, DescribeConfigs, AlterConfigs},
	TransactionalID: {All, Write, Describe, TwoPhaseCommit},
	Cluster:         {All, Create, Alter, Describe, ClusterAction, DescribeConfigs, AlterConfigs, IdempotentWrite},
}

// Resources are all of them, sorted.
func Resources() []string { return slices.Sorted(maps.Keys(operations)) }

// Operations are those that there are of a resource; nil: there is no such resource.
func Operations(resource string) []string { return slices.Clone(operations[resource]) }

// ACL lets one principal do one thing, or forbids it (AclBinding, without the principal).
type ACL struct {
	Resource string
	// Name of the resource; Everywhere is all of them. Prefixed: of all that begin so.
	Name      string
	Prefixed  bool
	Operation string
	// Host is the address that a client comes from, or Everywhere. Kafka compares it as text with
	// what InetAddress.getHostAddress says: 10.0.0.1, or all of 2001:db8:0:0:0:0:0:1.
	Host string
	// Deny forbids it, whatever else allows it.
	Deny bool
}

// String names it in messages: "Write topic orders*".
func (a ACL) String() string {
	text := a.Operation + " " + a.Resource + " " + a.Name
	if a.Prefixed {
		text += "*"
	}
	if a.Host != Everywhere {
		text += " from " + a.Host
	}
	if a.Deny {
		return "not " + text
	}
	return text
}

// Problem is why Kafka would refuse it, "" if it would not.
func (a ACL) Problem() string {
	known := operations[a.Resource]
	switch {
	case known == nil:
		return fmt.Sprintf("resource %q: must be one of %s", a.Resource, strings.Join(Resources(), ", "))
	case !slices.Contains(known, a.Operation):
		return fmt.Sprintf("operation %q: of a %s must be one of %s", a.Operation, a.Resource, strings.Join(known, ", "))
	case a.Resource == Cluster && (a.Name != TheCluster || a.Prefixed):
		return fmt.Sprintf("name %q: the cluster's is %s", a.Name, TheCluster)
	case a.Name == "":
		return fmt.Sprintf("name: must be that of a %s, or %s for all", a.Resource, Everywhere)
	}
	if want := hostProblem(a.Host); want != "" {
		return fmt.Sprintf("host %q: %s", a.Host, want)
	}
	return ""
}

// hostProblem is why no client comes from this host as Kafka writes it (see ACL.Host).
func hostProblem(host string) string {
	if host == Everywhere {
		return ""
	}
	address, err := netip.ParseAddr(host)
	if err != nil || address.Zone() != "" {
		return fmt.Sprintf("must be one address that clients come from, such as 10.0.0.1 or 2001:db8:0:0:0:0:0:1, or %s for all", Everywhere)
	}
	if java := written(address.Unmap()); java != host {
		return fmt.Sprintf("is written %s by Kafka, which compares text: write it so", java)
	}
	return ""
}

// written is an address as Java writes it: an IPv6 one with all of its zeros.
func written(address netip.Addr) string {
	if address.Is4() {
		return address.String()
	}
	bytes := address.As16()
	var groups []string
	for pair := range slices.Chunk(bytes[:], 2) {
		groups = append(groups, strconv.FormatUint(uint64(pair[0])<<8|uint64(pair[1]), 16))
	}
	return strings.Join(groups, ":")
}

// Compare orders ACLs: by resource, name, operation and the rest.
func Compare(a, b ACL) int {
	flag := func(set bool) int {
		if set {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Name, b.Name), flag(a.Prefixed)-flag(b.Prefixed),
		cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Host, b.Host), flag(a.Deny)-flag(b.Deny),
	)
}

// Sorted are the ACLs in order, each once.
func Sorted(all []ACL) []ACL {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, Compare)
	return slices.Compact(sorted)
}

// Without are those of all that are not among the others.
func Without(all, others []ACL) []ACL {
	return slices.DeleteFunc(slices.Clone(all), func(a ACL) bool { return slices.Contains(others, a) })
}
