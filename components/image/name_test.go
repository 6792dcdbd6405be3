package image

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The tag says what is inside: it changes with the context and with the base, and with nothing else.
func TestName(t *testing.T) {
	a := Args{Digest: strings.Repeat("ab", 32), KafkaVersion: "4.3.1"}
	assert.Equal(t, "kafka-kraft/kafka:4.3.1-abababababababab", a.name())
	assert.Nil(t, a.buildArgs())
	a.Registry = "ghcr.io/me"
	assert.Equal(t, "ghcr.io/me/kafka-kraft/kafka:4.3.1-abababababababab", a.name())
	a.Base = "debian@sha256:" + strings.Repeat("0", 64)
	first := a.name()
	assert.NotContains(t, first, "abababab")
	assert.Regexp(t, `^ghcr.io/me/kafka-kraft/kafka:4\.3\.1-[0-9a-f]{16}$`, first)
	assert.NotNil(t, a.buildArgs())
	a.Base = "debian@sha256:" + strings.Repeat("1", 64)
	assert.NotEqual(t, first, a.name())
}
