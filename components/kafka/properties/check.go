package properties

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is a property that must not be set by hand.
type Problem struct {
	Name   string
	Reason string // why, and what to do instead
	// Owned reports whether the property is one that follows from the other arguments
	// (see Owned). Whoever calls them by other names, as a stack's configuration does,
	// has better words for the reason.
	Owned bool
}

// owned are the properties that follow from the arguments, or that would contradict
// them, with what to use instead.
var owned = map[string]string{
	"process.roles":                       "follows from the pool's Roles",
	"node.id":                             "follows from the pool's FirstID",
	"broker.id":                           "follows from the pool's FirstID",
	"broker.id.generation.enable":         "node ids follow from the pool's FirstID",
	"cluster.id":                          "use ClusterID",
	"controller.quorum.bootstrap.servers": "follows from the plan's Pools",
	"controller.quorum.voters":            "would make the quorum static; the voters of a dynamic quorum follow from the plan's Initial and Pools",
	"controller.quorum.auto.join.enable":  "is always on",
	"controller.listener.names":           "follows from the plan's Listeners",
	"listeners":                           "follows from the plan's Listeners",
	"advertised.listeners":                "follows from the plan's Listeners",
	"host.name":                           "follows from the pods' names",
	"advertised.host.name":                "follows from the plan's Listeners",
	"listener.security.protocol.map":      "follows from the plan's Listeners",
	"inter.broker.listener.name":          "is the first of the plan's Listeners of brokers",
	"security.inter.broker.protocol":      "follows from the plan's Listeners",
	"control.plane.listener.name":         "is not for KRaft; use the plan's Listeners",
	"log.dir":                             "use the pool's Claims or the plan's Shared",
	"log.dirs":                            "use the pool's Claims or the plan's Shared",
	"metadata.log.dir":                    "use the pool's Claims",
	"default.replication.factor":          "use Replication",
	"min.insync.replicas":                 "use MinInSync",

	"offsets.topic.replication.factor":                 "use Replication",
	"transaction.state.log.replication.factor":         "use Replication",
	"share.coordinator.state.topic.replication.factor": "use Replication",
	"transaction.state.log.min.isr":                    "use MinInSync",
	"share.coordinator.state.topic.min.isr":            "use MinInSync",
}

// Owned are the names of all properties that follow from the arguments, sorted.
func Owned() []string { return slices.Sorted(maps.Keys(owned)) }

// placeholder is what the agent would try to fill in; one with a colon is Kafka's.
var placeholder = regexp.MustCompile(`\$\{[^}:]*\}`)

var propertyName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

// Check returns a problem for every property that may not be set by
// hand or that would not survive a properties file, sorted by name.
func Check(properties map[string]string) []Problem {
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if reason := check(name, properties[name]); reason != "" {
			problems = append(problems, Problem{Name: name, Reason: reason, Owned: owned[name] != ""})
		}
	}
	return problems
}

func check(name, value string) string {
	switch reason := owned[name]; {
	case reason != "":
		return "is set by this program: " + reason
	case strings.HasPrefix(name, "zookeeper."):
		return "belongs to ZooKeeper, which Kafka 4 does not know"
	case !propertyName.MatchString(name):
		return "is not the name of a Kafka property"
	case strings.ContainsFunc(value, unicode.IsControl) || !utf8.ValidString(value):
		return "must be one line without control characters"
	case strings.TrimSpace(value) != value:
		return "must not begin or end with a space, which a properties file does not keep"
	case placeholder.MatchString(value):
		return "must not hold ${…}, except for a configuration provider of Kafka's: ${provider:path:key}"
	default:
		return ""
	}
}

// secured are the properties that follow from a plan whose nodes have certificates, also
// behind the prefix of a listener. Without certificates they are free.
var secured = map[string]string{
	"ssl.keystore.type":              "the agent writes the key store",
	"ssl.keystore.location":          "the agent writes the key store",
	"ssl.keystore.password":          "the agent writes the key store",
	"ssl.keystore.key":               "the agent writes the key store",
	"ssl.keystore.certificate.chain": "the agent writes the key store",
	"ssl.key.password":               "the agent writes the key store",
	"ssl.truststore.type":            "the agent writes the trust store",
	"ssl.truststore.location":        "the agent writes the trust store",
	"ssl.truststore.password":        "the agent writes the trust store",
	"ssl.truststore.certificates":    "the agent writes the trust store",
	"ssl.allow.san.changes":          "certificates may get other hosts",
	"ssl.client.auth":                "follows from each listener's authentication",
	"ssl.principal.mapping.rules":    "a principal is a certificate's common name",
	"authorizer.class.name":          "follows from the authorization",
	"super.users":                    "follows from the authorization, and more of them have a place of their own",
	"allow.everyone.if.no.acl.found": "follows from the authorization",

	// Of the listener for passwords alone: others are whoever's who wrote their plan.
	"listener.name.scram.sasl.enabled.mechanisms":        "follows from the listener's authentication",
	"listener.name.scram.scram-sha-512.sasl.jaas.config": "follows from the listener's authentication",
}

// listenerPrefix is what makes a property one of a listener.
var listenerPrefix = regexp.MustCompile(`^listener\.name\.[^.]+\.`)

// CheckSecured returns a problem for every property that may not be set by hand where nodes
// have certificates, sorted by name, besides those of Check.
func CheckSecured(properties map[string]string) []Problem {
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if reason := cmp.Or(secured[name], secured[listenerPrefix.ReplaceAllString(name, "")]); reason != "" {
			problems = append(problems, Problem{Name: name, Reason: "is set by this program where nodes have certificates: " + reason})
		}
	}
	return problems
}
