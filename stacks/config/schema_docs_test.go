package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// schemaTypes are what Pulumi calls the types of top-level keys.
var schemaTypes = map[reflect.Kind]string{
	reflect.String: "string", reflect.Int: "integer", reflect.Bool: "boolean", reflect.Struct: "object", reflect.Slice: "array",
	reflect.Int64: "string", // a Duration
	reflect.Map:   "object", reflect.Float64: "number",
}

// The schema is the last part of Pulumi.yaml; Pulumi's schema has no fields of objects, so
// an object's description lists them.
func TestProjectSchema(t *testing.T) {
	file := filepath.Join("..", "..", "Pulumi.yaml")
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	const begin = "\nconfig:\n"
	before, have, ok := strings.Cut(string(whole), begin)
	require.True(t, ok, "%s has no config", file)
	var schema strings.Builder
	for _, key := range describe(t) {
		writeSchema(t, &schema, key)
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+schema.String()), 0o644)) //nolint:gosec // a document
		return
	}
	if diff := cmp.Diff(have, schema.String()); diff != "" {
		t.Errorf("%s is out of date: make docs\n%s", file, diff)
	}
}

func writeSchema(t *testing.T, to *strings.Builder, key described) {
	t.Helper()
	line := func(parts ...string) { to.WriteString("  " + strings.Join(parts, "") + "\n") }
	line(key.path, ":")
	line("  type: ", schemaTypes[key.value.Kind()])
	switch key.value.Kind() {
	case reflect.Struct, reflect.Map:
		line("  default: {}") // given in part, it keeps the other fields' defaults
	case reflect.Slice:
		line("  items:")
		line("    type: string")
		line("  default: []")
	default:
		value, err := yaml.Marshal(key.value.Interface())
		require.NoError(t, err)
		line("  default: ", strings.TrimSpace(string(value)))
	}
	const width = 120
	only := "  description: " + key.meaning
	if len(key.fields) == 0 && len(only) <= width-2 && plain(key.meaning) {
		line(only)
		return
	}
	if len(key.fields) == 0 {
		line("  description: >-")
	} else {
		line("  description: |-")
	}
	for _, text := range wrap(key.meaning, width-6) {
		line("    ", text)
	}
	for _, field := range key.all()[1:] {
		name := strings.TrimPrefix(field.path, key.path+".")
		name = strings.TrimPrefix(name, "{name}.")
		if value := field.text(); value != "" && value != "0" {
			name += " (" + value + ")"
		}
		for i, text := range wrap("- "+name+": "+field.meaning, width-8) {
			if i > 0 {
				text = "  " + text
			}
			line("    ", text)
		}
	}
}

// plain is whether YAML reads a text without quotes as itself.
func plain(text string) bool {
	var read any
	return yaml.Unmarshal([]byte("x: "+text), &read) == nil && reflect.DeepEqual(read, map[string]any{"x": text})
}

// wrap breaks a text into lines of so many characters at most, if its words allow it.
func wrap(text string, width int) []string {
	var lines []string
	var line string
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
