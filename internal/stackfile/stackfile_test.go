package stackfile

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is committed is what is released. A file that somebody works with may differ.
func TestReleasedAsCommitted(t *testing.T) {
	for _, stack := range []string{"dev", "ci"} {
		file := filepath.Join("..", "..", "Pulumi."+stack+".yaml")
		if exec.CommandContext(t.Context(), "git", "diff", "--quiet", "HEAD", "--", file).Run() != nil {
			t.Logf("%s is not as committed, or this is no clone: not compared", file)
			continue
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		text, err := Text(stack)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(text), "internal/stackfile/%s.yaml must be a copy of Pulumi.%[1]s.yaml", stack)
	}
}
