package clientconfig

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestText(t *testing.T) {
	assert.Equal(t, "security.protocol=SSL\nssl.keystore.key=a\\nb\nx=\\u00E9\\\\\n",
		Text(Line{"security.protocol", "SSL"}, Line{"ssl.keystore.key", "a\nb\n"}, Line{"x", `é\`}))
}

// A quote or a backslash in a password ends nothing: neither the login nor, once it is in a file,
// the line.
func TestLogin(t *testing.T) {
	login := Login("alice", `a"b\c`)
	assert.Equal(t, `org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="a\"b\\c";`, login)
	assert.Contains(t, Text(Line{"sasl.jaas.config", login}), `password="a\\"b\\\\c";`)
}
