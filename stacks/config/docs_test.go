package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/kafka-kraft/kafka-kraft/internal/readme"
	"github.com/kafka-kraft/kafka-kraft/internal/stackfile"
)

// go test ./stacks/config -update writes README's generated parts anew.
var update = flag.Bool("update", false, "write README's generated parts anew")

var page = filepath.Join("..", "..", "README.md")

// The table of keys is the schema in Pulumi.yaml, in its order.
func TestReadmeConfiguration(t *testing.T) {
	schema, err := os.ReadFile(filepath.Join("..", "..", "Pulumi.yaml"))
	require.NoError(t, err)
	var project struct {
		Config yaml.Node `yaml:"config"`
	}
	require.NoError(t, yaml.Unmarshal(schema, &project))
	var table strings.Builder
	table.WriteString("| key | type | default | meaning |\n|---|---|---|---|\n")
	for i := 0; i+1 < len(project.Config.Content); i += 2 {
		var key struct {
			Type        string `yaml:"type"`
			Default     any    `yaml:"default"`
			Description string `yaml:"description"`
		}
		require.NoError(t, project.Config.Content[i+1].Decode(&key))
		value := fmt.Sprintf("`%v`", key.Default)
		if key.Default == "" || key.Type == "object" || key.Type == "array" {
			value = ""
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", project.Config.Content[i].Value, key.Type, value,
			strings.ReplaceAll(strings.TrimSpace(key.Description), "|", `\|`))
	}
	readme.Part(t, page, "configuration", table.String(), *update)
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
