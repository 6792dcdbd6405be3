package stacks

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const (
	tableBegin = "<!-- config table: begin (make docs) -->\n"
	tableEnd   = "<!-- config table: end -->"
)

// README's table of configuration keys is written from the schema in Pulumi.yaml, in
// the schema's order, so that the two can't differ.
func TestReadmeTable(t *testing.T) {
	schema, err := os.ReadFile(filepath.Join("..", "Pulumi.yaml"))
	require.NoError(t, err)
	table, err := configTable(schema)
	require.NoError(t, err)

	path := filepath.Join("..", "README.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), tableBegin)
	require.True(t, ok, "README.md has lost the line %q", tableBegin)
	have, after, ok := strings.Cut(rest, tableEnd)
	require.True(t, ok, "README.md has lost the line %q", tableEnd)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(before+tableBegin+table+tableEnd+after), 0o644)) //nolint:gosec // a document
		return
	}
	require.Equal(t, table, have, "README.md's table is not what Pulumi.yaml says: make docs")
}

// configTable renders the schema as a Markdown table.
func configTable(schema []byte) (string, error) {
	var project struct {
		Config yaml.Node `yaml:"config"`
	}
	if err := yaml.Unmarshal(schema, &project); err != nil {
		return "", err
	}
	var table strings.Builder
	table.WriteString("| key | type | default | meaning |\n|---|---|---|---|\n")
	for i := 0; i+1 < len(project.Config.Content); i += 2 {
		var key struct {
			Type        string `yaml:"type"`
			Default     any    `yaml:"default"`
			Description string `yaml:"description"`
		}
		if err := project.Config.Content[i+1].Decode(&key); err != nil {
			return "", err
		}
		standard := fmt.Sprintf("`%v`", key.Default)
		if key.Default == "" || key.Type == "object" {
			standard = ""
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", project.Config.Content[i].Value, key.Type, standard, strings.TrimSpace(key.Description))
	}
	return table.String(), nil
}
