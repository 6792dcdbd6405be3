package debian

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Only what dpkg calls installed, and nothing halfway, is there.
func TestMissing(t *testing.T) {
	bin := t.TempDir()
	script := `#!/bin/sh
case "$4" in
there) echo "ii ";;
removed) echo "rc ";;
half) echo "iHR";;
*) echo "no packages found" >&2; exit 1;;
esac
`
	if err := os.WriteFile(filepath.Join(bin, "dpkg-query"), []byte(script), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	got, err := missing(t.Context(), []string{"there", "removed", "half", "never-heard-of"})
	if want := []string{"removed", "half", "never-heard-of"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("missing = %v, %v; want %v", got, err, want)
	}
}
