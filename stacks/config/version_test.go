package config

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/image"
)

// What is built here is one of a few; the message names the key, the value and all of them, once.
func TestVersionToBuild(t *testing.T) {
	for _, version := range image.KafkaVersions() {
		require.NoError(t, judge(merged(good["combined"], map[string]string{"kafkaVersion": version})))
	}
	err := judge(merged(good["combined"], map[string]string{"kafkaVersion": "3.9.1"}))
	assert.ErrorContains(t, err, "kafkaVersion")
	assert.ErrorContains(t, err, `"3.9.1"`)
	assert.ErrorContains(t, err, "must be "+strings.Join(image.KafkaVersions(), " or ")+", which are built here")
	var problems Problems
	require.ErrorAs(t, err, &problems)
	assert.Len(t, problems, 1)
}

// A ready image may hold any release that this program can run.
func TestVersionOfAReadyImage(t *testing.T) {
	for version, says := range map[string]string{
		"4.2.0": "", "4.3.1": "", "4.4.1": "", "5.0.0": "",
		"": "must be the release", "4": "must be the release", "4.3": "must be the release", "v4.3.1": "must be the release",
		"99999999999.0.0": "must be the release", "2.8.0": "at least 4.2.0", "3.9.1": "at least 4.2.0", "4.1.1": "at least 4.2.0",
	} {
		err := judge(merged(good["combined"], map[string]string{"image": "me/kafka", "kafkaVersion": version}))
		if says == "" {
			assert.NoError(t, err, version)
		} else {
			assert.ErrorContains(t, err, says, version)
		}
	}
}

// The names of properties go by the version of the stack, whether its image is built or ready.
func TestPropertiesGoByTheVersion(t *testing.T) {
	later := `{"properties":{"max.decompressed.message.bytes":"1000"}}`
	for _, ready := range []string{"", "me/kafka"} {
		keys := merged(good["combined"], map[string]string{"image": ready, "broker": later})
		require.NoError(t, judge(keys), ready)
		err := judge(merged(keys, map[string]string{"kafkaVersion": "4.3.1"}))
		assert.ErrorContains(t, err, "is no property of Kafka 4.3.1", ready)
	}
}

// The key's description lists what can be built.
func TestVersionsAreDescribed(t *testing.T) {
	project, err := os.ReadFile("../../Pulumi.yaml")
	require.NoError(t, err)
	assert.Contains(t, string(project), "Which Kafka to build, "+strings.Join(image.KafkaVersions(), " or ")+";")
}
