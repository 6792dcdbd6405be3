package topology

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Check returns everything that contradicts itself in a plan, in one error, or nil. It
// judges no names and no sizes: whoever asks Kubernetes for them does.
func (p Plan) Check() error {
	var problems problems
	problems.when(p.Name == "", "Plan.Name is missing")
	problems.when(p.Namespace == "", "Plan.Namespace is missing")
	problems.when(p.Domain == "", "Plan.Domain is missing")
	problems.when(p.Headless == "", "Plan.Headless is missing")
	problems.when(p.Bootstrap == "", "Plan.Bootstrap is missing")
	problems.when(len(p.Pools) == 0, "Plan has no pools")
	problems.when(len(p.Initial) == 0, "Plan has no initial voters")
	p.checkPools(&problems)
	p.checkListeners(&problems)
	return errors.Join(problems...)
}

type problems []error

func (p *problems) when(wrong bool, format string, args ...any) {
	if wrong {
		*p = append(*p, fmt.Errorf(format, args...))
	}
}

func (p Plan) checkPools(problems *problems) {
	names, components := map[string]bool{}, map[string]bool{}
	for i, pool := range p.Pools {
		where := fmt.Sprintf("Plan.Pools[%d] (%s)", i, pool.Name)
		problems.when(pool.Name == "" || names[pool.Name], "%s needs a Name that no other pool has", where)
		problems.when(pool.Component == "" || components[pool.Component], "%s needs a Component that no other pool has, %q is none", where, pool.Component)
		names[pool.Name], components[pool.Component] = true, true
		problems.when(len(pool.Roles) == 0, "%s has no Roles", where)
		for _, role := range pool.Roles {
			problems.when(role != Broker && role != Controller, "%s has the role %q, which is neither %s nor %s", where, role, Broker, Controller)
		}
		problems.when(pool.Replicas < 1 || pool.Replicas > PoolIDs, "%s has %d Replicas, which must be from 1 to %d", where, pool.Replicas, PoolIDs)
		problems.when(pool.FirstID < 0, "%s has the FirstID %d, less than 0", where, pool.FirstID)
		for _, other := range p.Pools[:i] {
			problems.when(max(pool.FirstID, other.FirstID)-min(pool.FirstID, other.FirstID) < PoolIDs,
				"%s has a FirstID (%d) less than %d away from that of %s (%d): every pool keeps so many node ids to itself", where, pool.FirstID, PoolIDs, other.Name, other.FirstID)
		}
		problems.when((p.Shared != nil) == (len(pool.Claims) > 0), "%s needs either a shared claim or claims per pod, and not both", where)
		checkClaims(problems, where, pool.Claims)
	}
	for _, role := range []Role{Broker, Controller} {
		problems.when(len(p.Pools) > 0 && !slices.ContainsFunc(p.Pools, func(pool Pool) bool { return pool.Has(role) }), "Plan has no pool with the role %s", role)
	}
}

func checkClaims(problems *problems, where string, claims []Claim) {
	named := map[string]bool{}
	for _, claim := range claims {
		problems.when(claim.Name != RecordsClaim && claim.Name != MetadataClaim || named[claim.Name],
			"%s has a claim %q; there can be one called %s and one called %s", where, claim.Name, RecordsClaim, MetadataClaim)
		named[claim.Name] = true
	}
	problems.when(len(claims) > 0 && !named[RecordsClaim], "%s has no claim called %s, for records", where, RecordsClaim)
}

var listenerName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

func (p Plan) checkListeners(problems *problems) {
	used := map[any]string{AgentPort: "the agent", MetricsPort: "metrics", AgentMetricsPort: "the agent"}
	if p.TLS() {
		used[contract.TLSPort] = "the agent"
	}
	problems.when(!slices.Contains(Encryptions(), p.Encryption) && p.Encryption != "", "Plan.Encryption is %q, which is none of %v", p.Encryption, Encryptions())
	nodePorts := map[int]string{}
	outside := 0
	for i, l := range p.Listeners {
		where := fmt.Sprintf("Plan.Listeners[%d] (%s)", i, l.Name)
		problems.when(!listenerName.MatchString(l.Name), "%s needs a Name of capital letters, digits and underscores", where)
		problems.when(l.PortName == "", "%s needs a PortName", where)
		for _, unique := range []any{l.Name, l.PortName, l.Port} {
			problems.when(used[unique] != "", "%s has %v, which %s has, too", where, unique, used[unique])
			used[unique] = where
		}
		problems.when(l.Port < 1 || l.Port > 65535, "%s has the Port %d, which must be from 1 to 65535", where, l.Port)
		problems.when(l.Role != Broker && l.Role != Controller, "%s has the Role %q, which is neither %s nor %s", where, l.Role, Broker, Controller)
		problems.when(l.Protocol != Plaintext && !l.TLS(), "%s has the Protocol %q, which is none of %s, %s and %s", where, l.Protocol, Plaintext, SSL, SASLSSL)
		problems.when(l.Authentication != Anonymous && l.Authentication != MutualTLS && l.Authentication != SCRAM, "%s has the Authentication %q, which is neither empty nor %s or %s", where, l.Authentication, MutualTLS, SCRAM)
		problems.when((l.Authentication == SCRAM) != (l.Protocol == SASLSSL), "%s has the Protocol %q and the Authentication %q: %s and %s go together", where, l.Protocol, l.Authentication, SASLSSL, SCRAM)
		problems.when(l.Protocol == SASLSSL && l.Exposure.Type != ClusterIP, "%s has the Protocol %s and must have the exposure %s: nodes, and who runs the program, have no password", where, SASLSSL, ClusterIP)
		problems.when(l.Authentication == MutualTLS && l.Protocol != SSL, "%s has the Authentication %s, which needs the Protocol %s", where, MutualTLS, SSL)
		problems.when(l.Role == Controller && l.ForClients(), "%s is a controller's and must have the exposure %s: who speaks to controllers can rewrite all metadata", where, Nodes)
		switch l.Exposure.Type {
		case Nodes, ClusterIP:
			problems.when(l.Advertised != "", "%s is reached by the pods' names, so Advertised must be empty", where)
		case NodePort:
			outside++
			problems.when(l.Advertised == "", "%s needs the host that is Advertised: that of a Kubernetes node as clients see it", where)
		default:
			problems.when(true, "%s has the exposure %q, which is none of %s, %s and %s", where, l.Exposure.Type, Nodes, ClusterIP, NodePort)
		}
	}
	problems.when(outside > 1, "Plan has %d listeners with NodePorts; a pod can advertise one", outside)
	for _, s := range p.NodePortServices() {
		problems.when(s.Port < 1 || s.Port > 65535 || nodePorts[s.Port] != "", "service %s needs a NodePort that no other service has, %d is none", s.Name, s.Port)
		nodePorts[s.Port] = s.Name
	}
	brokers := func(l Listener) bool { return l.Role == Broker }
	first := slices.IndexFunc(p.Listeners, brokers)
	problems.when(first < 0 || !p.Listeners[max(first, 0)].Inside(), "Plan.Listeners needs one of role %s and exposure %s or %s, before others of that role: by it brokers reach each other", Broker, Nodes, ClusterIP)
	problems.when(p.inside().Protocol == SASLSSL || p.InterBroker().Protocol == SASLSSL, "Plan.Listeners has one of Protocol %s before those without: nodes, and who runs the program, have no password", SASLSSL)
	problems.when(p.SCRAM && (p.Authentication != MutualTLS || !p.TLS()), "Plan.SCRAM needs the Authentication %s, by which who runs the program is known, and an Encryption", MutualTLS)
	problems.when(p.BootstrapServers() == "", "Plan.Listeners needs one of role %s and exposure %s: clients start there", Broker, ClusterIP)
	problems.when(!slices.ContainsFunc(p.Listeners, func(l Listener) bool { return l.Role == Controller }), "Plan.Listeners needs one of role %s", Controller)
}
