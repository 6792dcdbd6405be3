package image

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// absent are classes that some jar names and nothing in the image has, with the reason why nobody misses them: by the
// jar that names them, without its version, then by the beginning of their names.
var absent = map[string]map[string]string{
	"commons-validator": {
		"org/apache/commons/": "of validators made from XML files; Kafka uses InetAddressValidator, which is plain Java",
	},
	"jackson-databind": {"java/sql/": "of databases' dates and blobs; loaded only for a class that has one"},
	"jmx_prometheus_javaagent": {
		"io/opentelemetry/": "of OpenTelemetry's tracing; the exporter looks whether it is there",
	},
	"kafka-clients": {
		"io/grpc/":               "of OpenTelemetry's gRPC services; Kafka shades the whole of its protocol and uses the messages",
		"org/apache/commons/io/": "of FTP and remote shells; Kafka shades the whole of commons-net and uses its SubnetUtils",
	},
	"kafka-tools": {"org/apache/kafka/connect/": "connect-plugin-path.sh, a tool for Connect's workers, is not offered"},
	"kafka": { // kafka_2.13
		"com/fasterxml/jackson/dataformat/yaml/": "KafkaDockerWrapper, which the agent stands in for",
	},
	"log4j-api": {"org/osgi/": "of OSGi containers"},
	"log4j-core": {
		"com/conversantmedia/":              "of asynchronous loggers, which config/log4j2.properties has not",
		"com/fasterxml/jackson/dataformat/": "of configuration in YAML and of layouts in XML and YAML",
		"com/lmax/disruptor/":               "of asynchronous loggers",
		"java/sql/":                         "of the appender for databases",
		"javax/annotation/processing/":      "of a compiler's plug-in",
		"javax/jms/":                        "of the appender for JMS",
		"javax/lang/model/":                 "of a compiler's plug-in",
		"javax/mail/":                       "of the appender for mail",
		"javax/script/":                     "of scripts in the configuration",
		"javax/sql/":                        "of the appender for databases",
		"javax/tools/":                      "of a compiler's plug-in",
		"org/apache/commons/":               "of layouts in CSV, and of compressed log files, which a container has not",
		"org/codehaus/stax2/":               "of layouts in XML",
		"org/jctools/":                      "of asynchronous loggers",
		"org/osgi/":                         "of OSGi containers",
		"org/zeromq/":                       "of the appender for ZeroMQ",
	},
	"scala-logging": { // scala-logging_2.13
		"scala/reflect/": "of macros, which run in the compiler",
	},
	"snappy-java": {"org/osgi/": "of OSGi containers"},
}

// TestNoClassIsMissing reads every class of every jar: each class that it names is in the image, in a jar or in the Java
// runtime, or stands in the list above with a reason. So a jar, or a module of the runtime, that is left out can only be
// missed by something that was looked at.
func TestNoClassIsMissing(t *testing.T) {
	have := map[string]bool{}
	names := map[string]map[string]string{} // by jar: a class that is named, and by whom
	for file, data := range files(t, "/opt/kafka/libs") {
		if path.Ext(file) != ".jar" {
			continue
		}
		found, err := readJar(data)
		require.NoError(t, err, file)
		names[file] = map[string]string{}
		for class, refers := range found {
			have[class] = true
			for _, to := range refers {
				names[file][to] = class
			}
		}
	}
	require.Greater(t, len(have), 10_000)
	packages := javaPackages(t)

	used := map[string]bool{}
	var missing []string
	for _, file := range slices.Sorted(maps.Keys(names)) {
		reasons := absent[product(file)]
		for _, class := range slices.Sorted(maps.Keys(names[file])) {
			if have[class] || packages[path.Dir(class)] {
				continue
			}
			known := false
			for prefix := range reasons {
				if strings.HasPrefix(class, prefix) {
					known, used[product(file)+" "+prefix] = true, true
				}
			}
			if !known {
				missing = append(missing, fmt.Sprintf("%s: %s names %s", file, names[file][class], class))
			}
		}
	}
	assert.Empty(t, missing)
	for file, reasons := range absent {
		for prefix := range reasons {
			assert.True(t, used[file+" "+prefix], "%s: nothing named %s… is missing any more: take it off the list", file, prefix)
		}
	}
}

// product is a jar's name without its version and Scala's.
func product(file string) string {
	name := strings.TrimSuffix(file, ".jar")
	if cut := strings.LastIndex(name, "-"); cut > 0 && strings.ContainsAny(name[cut:], "0123456789") {
		name = name[:cut]
	}
	return strings.TrimSuffix(name, "_2.13")
}

// javaPackages are the packages that the image's Java runtime gives to everyone.
func javaPackages(t *testing.T) map[string]bool {
	t.Helper()
	packages := map[string]bool{}
	list := must(t, "run", "--rm", "--network=none", "--entrypoint=/bin/sh", image(t), "-c",
		`for m in $(java --list-modules); do java --describe-module "${m%@*}"; done`)
	for line := range strings.Lines(list) {
		// "exports java.util", "contains …" is for the module itself, "qualified exports … to …" for some others.
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "exports" {
			packages[strings.ReplaceAll(fields[1], ".", "/")] = true
		}
	}
	require.True(t, packages["java/lang"] && packages["java/util"], "%v", packages)
	return packages
}

// readJar returns the classes of a jar, each with those that it names.
func readJar(data []byte) (map[string][]string, error) {
	jar, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	found := map[string][]string{}
	for _, entry := range jar.File {
		name, ok := strings.CutSuffix(entry.Name, ".class")
		if !ok || strings.HasSuffix(name, "-info") { // module-info, package-info
			continue
		}
		if rest, ok := strings.CutPrefix(name, "META-INF/versions/"); ok { // for newer Javas (JEP 238)
			_, name, _ = strings.Cut(rest, "/")
		}
		r, err := entry.Open()
		if err != nil {
			return nil, err
		}
		class, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		refers, err := readClass(class)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name, err)
		}
		found[name] = append(found[name], refers...)
	}
	return found, nil
}

// sizes are those of a constant pool's entries by tag, without the tag (Java Virtual Machine Specification, 4.4). That
// of a text stands before it.
var sizes = map[byte]int{3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}

// readClass returns the classes that a class file's constant pool names: those whose code or fields it uses, which the
// JVM loads when it comes to that. Annotations are not among them; the JVM passes over those that it doesn't find.
func readClass(data []byte) ([]string, error) {
	const text, class, long, double = 1, 7, 5, 6
	if len(data) < 10 || binary.BigEndian.Uint32(data) != 0xCAFEBABE {
		return nil, errors.New("not a class file")
	}
	count := int(binary.BigEndian.Uint16(data[8:]))
	texts, classes := map[int]string{}, []int{}
	at := 10
	for i := 1; i < count; i++ {
		if at+3 > len(data) {
			return nil, errors.New("cut off")
		}
		tag := data[at]
		at++
		number := int(binary.BigEndian.Uint16(data[at:]))
		if tag == text {
			if at+2+number > len(data) {
				return nil, errors.New("cut off")
			}
			texts[i] = string(data[at+2 : at+2+number])
			at += 2 + number
			continue
		}
		size, ok := sizes[tag]
		if !ok {
			return nil, fmt.Errorf("unknown tag %d", tag)
		}
		switch tag {
		case class:
			classes = append(classes, number)
		case long, double:
			i++ // they take two places
		}
		at += size
	}
	var names []string
	for _, i := range classes {
		name := texts[i]
		if strings.HasPrefix(name, "[") { // an array, "[Lname;" or of numbers
			name = strings.TrimLeft(name, "[")
			if !strings.HasPrefix(name, "L") {
				continue
			}
			name = strings.TrimSuffix(name[1:], ";")
		}
		names = append(names, name)
	}
	return names, nil
}
