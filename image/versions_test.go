package image

import (
	"encoding/xml"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every version's folder is complete and of that version, and the default comes first.
func TestKafkaVersions(t *testing.T) {
	all := KafkaVersions()
	if len(all) < 2 || all[0] != KafkaVersion || len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(all) {
		t.Fatalf("KafkaVersions() = %v, with default %s", all, KafkaVersion)
	}
	for _, version := range all {
		var pom struct {
			Properties struct {
				Kafka string `xml:"kafka.version"`
			} `xml:"properties"`
		}
		if err := xml.Unmarshal([]byte(of(t, version, "pom.xml")), &pom); err != nil {
			t.Fatal(err)
		}
		if pom.Properties.Kafka != version {
			t.Errorf("%s: pom.xml has %s", version, pom.Properties.Kafka)
		}
		if jar := "  kafka-clients-" + version + ".jar\n"; !strings.Contains(of(t, version, "jars.sha512"), jar) {
			t.Errorf("%s: jars.sha512 has no line for%s", version, jar)
		}
		if !strings.Contains(of(t, version, "tools.txt"), "kafka-storage kafka.tools.StorageTool\n") {
			t.Errorf("%s: tools.txt has no kafka-storage", version)
		}
		if names := PropertyNames(version); !slices.Contains(names, "process.roles") || !slices.Contains(names, "rsm.config.") {
			t.Errorf("%s: names of properties: %d, without process.roles or rsm.config.", version, len(names))
		}
	}
	for _, version := range []string{"", ".", "..", "4.4", "9.9.9"} {
		if names := PropertyNames(version); names != nil {
			t.Errorf("%q: names of properties of a version that is not built here: %v", version, names)
		}
	}
}

func TestDefaultVersionIsTheDockerfiles(t *testing.T) {
	dockerfile, err := files.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?m)^ARG KAFKA_VERSION=(.*)$`).FindSubmatch(dockerfile); m == nil || string(m[1]) != KafkaVersion {
		t.Errorf("the Dockerfile has %q, not KAFKA_VERSION=%s", m, KafkaVersion)
	}
}

func of(t *testing.T, version, file string) string {
	t.Helper()
	text, err := files.ReadFile(path.Join(versions, version, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
