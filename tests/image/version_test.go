package image

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	source "github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestEveryVersionIsBuilt: each folder below image/kafka makes an image of that Kafka, with its own jars, tools and names
// of properties, which the build holds against the jars.
func TestEveryVersionIsBuilt(t *testing.T) {
	image(t) // the layers that all of them share
	for _, version := range source.KafkaVersions() {
		id, err := build(t.Context(), kit.ImageContext(t), "", "--build-arg=KAFKA_VERSION="+version)
		require.NoError(t, err, version)
		if id == image(t) {
			assert.Equal(t, source.KafkaVersion, version, "the default")
		} else {
			atEnd(t, "rmi", "--no-prune", id)
		}
		assert.Contains(t, must(t, "run", "--rm", "--network=none", id, "version"), "kafka "+version+"\n")
	}
}

// TestAnotherVersionIsRefused with the list of those that can be built.
func TestAnotherVersionIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: needs a Docker engine; make test runs it")
	}
	for _, version := range []string{"4.2.0", ".", ""} {
		_, err := build(t.Context(), kit.ImageContext(t), "version", "--build-arg=KAFKA_VERSION="+version)
		require.Error(t, err, version)
		assert.ErrorContains(t, err, "KAFKA_VERSION="+version+": not built here; allowed are")
		for _, allowed := range source.KafkaVersions() {
			assert.Contains(t, err.Error(), " "+allowed, version)
		}
	}
}
