package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/stackfile"
)

// go test ./stacks/config -update writes the generated pages anew.
var update = flag.Bool("update", false, "write the generated pages anew")

func page(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("..", "..", "docs", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(string(have), text); diff != "" {
		t.Errorf("docs/%s is out of date; go test ./stacks/config -update\n%s", name, diff)
	}
}

// The table of keys is the schema in Pulumi.yaml.
func TestConfigurationPage(t *testing.T) {
	p := readProject(t)
	var text strings.Builder
	text.WriteString("# Configuration\n\n" +
		"Made from the schema in Pulumi.yaml by `go test ./stacks/config -update`. Set a key with `pulumi config set <key> <value>`,\n" +
		"a field of an object with `pulumi config set --path 'storage.size' 20Gi`. In Pulumi.<stack>.yaml the keys are written\n" +
		"with the namespace, `kafka-kraft:brokers`.\n\n" +
		"| key | type | default | meaning |\n| --- | --- | --- | --- |\n")
	for key, described := range sorted(p.Config) {
		value := fmt.Sprintf("`%v`", described.Default)
		switch described.Default.(type) {
		case map[string]any:
			value = "see meaning"
		case string:
			if described.Default == "" {
				value = "empty"
			}
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", key, described.Type, value, strings.ReplaceAll(described.Description, "|", `\|`))
	}
	page(t, "configuration.md", text.String())
}

// The pictures are drawn from the plans of this repository's stacks.
func TestTopologiesPage(t *testing.T) {
	var text strings.Builder
	text.WriteString("# Topologies\n\nDrawn from the plans of the stacks by `go test ./stacks/config -update`.\n")
	for _, stack := range []struct{ name, about string }{
		{"dev", "Combined: every pod is broker and controller, as in the tutorial. `pulumi up --stack dev`"},
		{"ci", "Separated: a pool of controllers and a pool of brokers, each pod with a claim of its own. `pulumi up --stack ci`"},
	} {
		keys, err := stackfile.Read("../../Pulumi." + stack.name + ".yaml")
		require.NoError(t, err)
		config, err := Parse(keys)
		require.NoError(t, err)
		require.NoError(t, config.Validate())
		fmt.Fprintf(&text, "\n%s\n\n```text\n%s```\n", stack.about, config.Plan().Diagram())
	}
	page(t, "topologies.md", text.String())
}
