package image

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

// The tag says what is inside: it changes with the context, the version and the base, and with nothing else.
func TestName(t *testing.T) {
	a := Args{Digest: strings.Repeat("ab", 32), KafkaVersion: "4.3.1"}
	assert.Equal(t, "kafka-kraft/kafka:4.3.1-abababababababab", a.name())
	a.Registry = "ghcr.io/me"
	assert.Equal(t, "ghcr.io/me/kafka-kraft/kafka:4.3.1-abababababababab", a.name())
	a.Base = "debian@sha256:" + strings.Repeat("0", 64)
	first := a.name()
	assert.NotContains(t, first, "abababab")
	assert.Regexp(t, `^ghcr.io/me/kafka-kraft/kafka:4\.3\.1-[0-9a-f]{16}$`, first)
	a.Base = "debian@sha256:" + strings.Repeat("1", 64)
	assert.NotEqual(t, first, a.name())
}

// What is built is the version that the tag says, and the default where nobody says one.
func TestBuildArgs(t *testing.T) {
	a := Args{Digest: strings.Repeat("ab", 32), KafkaVersion: "4.3.1"}
	assert.Equal(t, pulumi.StringMap{"KAFKA_VERSION": pulumi.String("4.3.1")}, a.buildArgs())
	a.Base = "debian@sha256:" + strings.Repeat("0", 64)
	assert.Equal(t, pulumi.StringMap{"KAFKA_VERSION": pulumi.String("4.3.1"), "BASE": pulumi.String(a.Base)}, a.buildArgs())
	a = Args{Digest: strings.Repeat("ab", 32)}
	assert.Equal(t, pulumi.StringMap{"KAFKA_VERSION": pulumi.String(KafkaVersion)}, a.buildArgs())
	assert.Equal(t, "kafka-kraft/kafka:"+KafkaVersion+"-abababababababab", a.name())
}
