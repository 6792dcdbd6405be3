// Package readme keeps the generated parts of README as what they are made from says.
// It is for tests.
package readme

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// Part compares the part of a Markdown file between its two marks with the text, or
// with update writes it anew.
func Part(t *testing.T, file, part, text string, update bool) {
	t.Helper()
	begin, end := "<!-- "+part+": begin (make docs) -->\n", "<!-- "+part+": end -->"
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(whole), begin)
	require.True(t, ok, "%s has lost the line %q", file, begin)
	have, after, ok := strings.Cut(rest, end)
	require.True(t, ok, "%s has lost the line %q", file, end)
	if update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+text+end+after), 0o644)) //nolint:gosec // a document
		return
	}
	if diff := cmp.Diff(have, text); diff != "" {
		t.Errorf("%s is out of date: make docs\n%s", file, diff)
	}
}
