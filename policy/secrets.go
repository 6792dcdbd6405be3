package policy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// secretProperty is the end of the names of Kafka's properties that hold a secret, with a
// listener's prefix or without.
var secretProperty = regexp.MustCompile(`(^|\.)(password|sasl\.jaas\.config|ssl\.keystore\.key|secret\.key)$`)

// provided is a value that a configuration provider brings: ${file:path:key}.
var provided = regexp.MustCompile(`\$\{[A-Za-z0-9_.-]+:`)

func noPlainSecret(v view) []review.Finding {
	var found []review.Finding
	for _, c := range v.clusters {
		for _, file := range c.configs {
			for _, key := range slices.Sorted(maps.Keys(file.properties)) {
				if value := file.properties[key]; secretProperty.MatchString(key) && value != "" && !provided.MatchString(value) && !optionless(key, value) {
					found = append(found, review.Finding{Resource: file.step.String(), Problem: key + " holds a secret"}) // which is not shown
				}
			}
		}
	}
	return found
}

// optionless reports whether a value is a login module with nothing to tell it, as brokers have
// for SCRAM, whose passwords are in the metadata.
func optionless(key, value string) bool {
	return strings.HasSuffix(key, "sasl.jaas.config") && !strings.Contains(value, "=")
}

// nodesAreSuper asks for whom the nodes are to each other: the common name of their
// certificate or, in plaintext, nobody. Of SASL only Kafka knows.
func nodesAreSuper(v view) []review.Finding {
	var found []review.Finding
	for _, c := range v.clusters {
		for _, file := range c.configs {
			node := nodePrincipal(file.properties)
			if file.properties["authorizer.class.name"] == "" || node == "" {
				continue
			}
			if users := strings.Split(file.properties["super.users"], ";"); !slices.Contains(users, node) {
				found = append(found, review.Finding{Resource: file.step.String(), Problem: fmt.Sprintf(
					"super.users is %q, without %s, which is what nodes are to each other", file.properties["super.users"], node)})
			}
		}
	}
	return found
}

// nodePrincipal is who the nodes are where they find the quorum, "" if that is not known.
func nodePrincipal(of map[string]string) string {
	first, _, _ := strings.Cut(of["controller.listener.names"], ",")
	for _, entry := range strings.Split(of["listener.security.protocol.map"], ",") {
		switch name, protocol, _ := strings.Cut(entry, ":"); {
		case name != first:
		case protocol == "SSL":
			return properties.NodePrincipal
		case protocol == "PLAINTEXT":
			return "User:ANONYMOUS"
		}
	}
	return ""
}
