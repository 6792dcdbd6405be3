package properties

import (
	"fmt"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// NodePrincipal is who every node is to the others where they know each other by certificates.
const NodePrincipal = "User:" + contract.NodeName

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
		if l.Protocol == topology.SSL {
			p[fmt.Sprintf("listener.name.%s.ssl.client.auth", strings.ToLower(l.Name))] = clientAuth(l)
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
