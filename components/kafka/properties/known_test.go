package properties

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

func TestUnknownProperties(t *testing.T) {
	for name, says := range map[string]string{
		"num.partition":       "num.partitions",
		"log.retension.hours": "log.retention.hours",
		"retention.ms":        "log.retention.ms", // a topic's own name for it
		"listener.name.external.ssl.keystore.lokation":                  "listener.name.external.ssl.keystore.location",
		"listener.name.external.scram-sha-256.ssl.keystore.location":    "did you mean",
		"listener.name.external.scram-sha-256.sasl.jaas.konfig":         "did you mean",
		"leader.replication.throttled.rate":                             "is no property", // dynamic only
		"rsm.config.":                                                   "is no property",
		"listener.name.":                                                "is no property",
		"something.of.the.very.own.of.somebody.who.wrote.a.plugin.once": "would ignore it",
		"x": "would ignore it",
	} {
		problems := Unknown(image.KafkaVersion, map[string]string{name: "x"})
		require.Len(t, problems, 1, name)
		assert.Equal(t, name, problems[0].Name)
		assert.Contains(t, problems[0].Reason, says, name)
	}
	assert.NotContains(t, Unknown(image.KafkaVersion, map[string]string{"something.of.my.plugin": "x"})[0].Reason, "did you mean", "nothing is near")
}

func TestKnownProperties(t *testing.T) {
	assert.Empty(t, Unknown(image.KafkaVersion, map[string]string{
		"num.partitions": "3", "broker.rack": "a", "super.users": "User:a", "allow.everyone.if.no.acl.found": "true",
		"metrics.jmx.exclude": "x", "metrics.context.region": "x", "config.providers": "file", "config.providers.file.class": "x",
		"rsm.config.bucket": "x", "rlmm.config.remote.log.metadata.topic.num.partitions": "5",
		"listener.name.external.ssl.keystore.location": "/x", "listener.name.external.scram-sha-256.sasl.jaas.config": "x",
		"listener.name.external.max.connections": "5", "sasl.oauthbearer.jwks.endpoint.url": "https://x",
		"remote.log.storage.manager.impl.prefix": "mine.", "mine.bucket": "x",
	}))
}

// Every release has names of its own; of one that is not built here nothing is known.
func TestUnknownGoesByTheVersion(t *testing.T) {
	later := map[string]string{"max.decompressed.message.bytes": "1"}
	assert.Empty(t, Unknown("4.4.0", later))
	problems := Unknown("4.3.1", later)
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0].Reason, "is no property of Kafka 4.3.1, which")
	assert.Empty(t, Unknown("4.2.0", map[string]string{"x": "y"}))
}

// What the program writes itself is known to Kafka, too.
func TestOwnPropertiesAreKnown(t *testing.T) {
	for _, mode := range []topology.Mode{topology.Combined, topology.Separated} {
		for pool := range args(mode, 0, nil).Plan.Pools {
			written := parse(t, Write(args(mode, pool, func(a *Args) {
				a.MetadataDir = "/metadata/log"
				a.Plan = a.Plan.Outside("node", 30092)
				a.Pool.Rack = "zone-a"
			})))
			for _, version := range image.KafkaVersions() {
				assert.Empty(t, Unknown(version, written), slices.Sorted(maps.Keys(written)))
			}
		}
	}
}
