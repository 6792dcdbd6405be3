package image

import (
	"path"
	"slices"
	"strings"
)

// KafkaVersion is the version of Kafka that is built where nobody asks for another. It is the Dockerfile's default, too;
// a test keeps the two equal.
const KafkaVersion = "4.4.0"

// versions is the folder of the context that has a folder for every version of Kafka.
const versions = "kafka"

// KafkaVersions are the versions of Kafka that can be built (--build-arg KAFKA_VERSION=…): the default, and behind it the
// one that was it before, since a cluster that runs has to be upgraded from somewhere.
func KafkaVersions() []string {
	all := []string{KafkaVersion}
	entries, _ := files.ReadDir(versions) // embedded, so it is there
	for _, entry := range slices.Backward(entries) {
		if entry.Name() != KafkaVersion {
			all = append(all, entry.Name())
		}
	}
	return all
}

// PropertyNames are the names that a version of Kafka reads in server.properties; one that ends with a dot is the
// beginning of names. Nil for a version that is not built here. The image's build compares them with Kafka's own
// (properties/Names.java).
func PropertyNames(version string) []string {
	if !slices.Contains(KafkaVersions(), version) {
		return nil
	}
	text, _ := files.ReadFile(path.Join(versions, version, "properties.txt")) // a test reads every one
	return strings.Fields(string(text))
}
