// Package clientconfig writes the properties files with which Kafka's own clients connect. It is pure.
package clientconfig

import (
	"fmt"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/components/internal/javaproperties"
)

// Key is that of such a file in a Secret.
const Key = "client.properties"

// Line is a property with its value.
type Line [2]string

// Text is a file with these lines. What ends a line in a value is written as Java's properties
// files want it, and so is what is not ASCII: Kafka's tools read them as ISO 8859-1.
func Text(lines ...Line) string {
	var text strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&text, "%s=%s\n", line[0], javaproperties.Escaped(strings.TrimSpace(line[1])))
	}
	return text.String()
}

// Certificate are the lines of a client that shows one; all in PEM.
func Certificate(chain, key string) []Line {
	return []Line{{"ssl.keystore.type", "PEM"}, {"ssl.keystore.certificate.chain", chain}, {"ssl.keystore.key", key}}
}

// Trust are the lines of a client that trusts CAs, in PEM.
func Trust(authorities string) []Line {
	return []Line{{"ssl.truststore.type", "PEM"}, {"ssl.truststore.certificates", authorities}}
}

// Login is the value of sasl.jaas.config for a name and a password.
func Login(user, password string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
	return fmt.Sprintf(`org.apache.kafka.common.security.scram.ScramLoginModule required username="%s" password="%s";`, quoted(user), quoted(password))
}
