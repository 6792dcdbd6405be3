package properties

import (
	"fmt"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// NodePrincipal is who every node is to the others where they know each other by certificates.
const NodePrincipal = "User:" + contract.NodeName

// scramMechanism is the one that clients with passwords use: the stronger of Kafka's two.
const scramMechanism = "SCRAM-SHA-512"

// securityProperties are the lines that say where certificates lie, who must have one, and
// who may do what. There is no secret among them: the agent writes the files.
func securityProperties(a Args) map[string]string {
	p := map[string]string{}
	if a.Plan.TLS() {
		// One set of files for all listeners and for the node's own clients, which fetch from
		// the quorum and from other brokers.
		p["ssl.keystore.type"], p["ssl.keystore.location"] = "PEM", contract.KeyStore
		p["ssl.truststore.type"], p["ssl.truststore.location"] = "PEM", contract.TrustStore
		// A certificate with other hosts must be let in without a restart (KIP-978).
		p["ssl.allow.san.changes"] = "true"
		// A principal is the common name, not the whole subject: User:kafka-node.
		p["ssl.principal.mapping.rules"] = `RULE:^CN=(.*?)(,.*)?$/$1/,DEFAULT`
	}
	for _, l := range a.Plan.Of(a.Pool) {
		prefix := fmt.Sprintf("listener.name.%s.", strings.ToLower(l.Name))
		if l.TLS() {
			p[prefix+"ssl.client.auth"] = clientAuth(l)
		}
		if l.Authentication == topology.SCRAM {
			// Users' credentials are in the metadata log. The login module that Kafka asks for all
			// the same has no name and no password, since nodes do not come in by this listener.
			p[prefix+"sasl.enabled.mechanisms"] = scramMechanism
			p[prefix+strings.ToLower(scramMechanism)+".sasl.jaas.config"] = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
		}
	}
	if a.Authorization == topology.Warn || a.Authorization == topology.Closed {
		p["authorizer.class.name"] = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
		p["super.users"] = strings.Join(append([]string{NodePrincipal, "User:" + contract.AdminName}, a.SuperUsers...), ";")
		if a.Authorization == topology.Warn {
			p["allow.everyone.if.no.acl.found"] = "true"
		}
	}
	return p
}

func clientAuth(l topology.Listener) string {
	if l.Authentication == topology.MutualTLS {
		return "required"
	}
	return "none"
}
