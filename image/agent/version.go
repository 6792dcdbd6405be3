package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/properties"
)

var kafkaJar = regexp.MustCompile(`^kafka-clients-(.+)\.jar$`)

// version prints what the image holds, read from what is really in it.
func version(p paths) int {
	kafka, err := kafkaVersion(p.libs)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kafka-agent version:", err)
		return 1
	}
	java := "unknown"
	release := filepath.Join(filepath.Dir(filepath.Dir(p.java)), "release")
	if text, err := os.ReadFile(release); err == nil {
		java = strings.Trim(properties.Parse(string(text))["JAVA_VERSION"], `"`)
	}
	fmt.Printf("kafka %s\njava %s\n", kafka, java)
	return 0
}

func kafkaVersion(libs string) (string, error) {
	entries, err := os.ReadDir(libs)
	if err != nil {
		return "", fmt.Errorf("cannot read the jars: %w", err)
	}
	for _, entry := range entries {
		if m := kafkaJar.FindStringSubmatch(entry.Name()); m != nil {
			return m[1], nil
		}
	}
	return "", fmt.Errorf("no kafka-clients jar in %s", libs)
}
