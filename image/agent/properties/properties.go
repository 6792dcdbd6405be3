// Package properties reads Java's properties files and fills in the placeholders of server.properties. It is pure.
package properties

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// Render fills in the placeholders ${NAME}, which are the keys of values. One with a colon, ${provider:path:key}, is Kafka's own (a configuration
// provider) and stays; any other unknown one is refused, all at once.
func Render(text string, values map[string]string) (string, error) {
	known := slices.Sorted(maps.Keys(values))
	var problems []error
	out := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		if value, ok := values[found]; ok {
			return value
		}
		if !strings.Contains(found, ":") {
			problems = append(problems, fmt.Errorf("server.properties: unknown placeholder %s; known are %s",
				found, strings.Join(known, ", ")))
		}
		return found
	})
	return out, errors.Join(problems...)
}

// Parse reads Java's properties format as far as Kafka's files use it: comments, "key=value", "key: value",
// lines continued by a backslash. Of a key given twice the last one counts, as in Java.
func Parse(text string) map[string]string {
	values := map[string]string{}
	var logical string
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = logical + strings.TrimLeft(line, " \t\f")
		logical = ""
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		if strings.HasSuffix(line, `\`) && !strings.HasSuffix(line, `\\`) {
			logical = strings.TrimSuffix(line, `\`)
			continue
		}
		key, value := line, ""
		if cut := strings.IndexAny(line, "=:"); cut >= 0 {
			key, value = line[:cut], line[cut+1:]
		}
		values[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return values
}

// List splits a comma-separated property and drops what is empty.
func List(text string) []string {
	var out []string
	for _, item := range strings.Split(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}
