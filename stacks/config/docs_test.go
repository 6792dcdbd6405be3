package config

import (
	"flag"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/readme"
	"github.com/kafka-kraft/kafka-kraft/internal/stackfile"
)

// go test ./stacks/config -update writes the schema in Pulumi.yaml and README's generated
// parts anew.
var update = flag.Bool("update", false, "write the schema in Pulumi.yaml and README's generated parts anew")

var page = filepath.Join("..", "..", "README.md")

// The table of keys; an object is a row that says what it is about, and one for each of
// its fields.
func TestReadmeConfiguration(t *testing.T) {
	var table strings.Builder
	table.WriteString("| key | type | default | meaning |\n|---|---|---|---|\n")
	row := func(d described, kind string) {
		value := d.text()
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", d.path, kind, value, strings.ReplaceAll(d.meaning, "|", `\|`))
	}
	for _, key := range describe(t) {
		for _, field := range key.all() {
			row(field, readmeType(field.value.Type()))
		}
	}
	readme.Part(t, page, "configuration", table.String(), *update)
}

// readmeType is Pulumi's word for a type, or a closer one if there is one.
func readmeType(of reflect.Type) string {
	switch {
	case of == reflect.TypeFor[Quantity]():
		return "quantity"
	case of == reflect.TypeFor[Duration]():
		return "duration"
	case of.Kind() == reflect.Map:
		return "object"
	default:
		return schemaTypes[of.Kind()]
	}
}

// The pictures are drawn from the plans of this repository's stacks.
func TestReadmeTopologies(t *testing.T) {
	var text strings.Builder
	for _, stack := range []struct{ name, about string }{
		{"dev", "Combined: every pod is broker and controller, as in the tutorial."},
		{"ci", "Separated: a pool of controllers and a pool of brokers, each pod with a claim of its own."},
	} {
		keys, err := stackfile.Of(stack.name)
		require.NoError(t, err)
		config, err := Parse(keys)
		require.NoError(t, err)
		require.NoError(t, config.Validate())
		fmt.Fprintf(&text, "\n%s\n\n```text\n%s```\n", stack.about, config.Plan().Diagram())
	}
	text.WriteString("\n")
	readme.Part(t, page, "topologies", text.String(), *update)
}
