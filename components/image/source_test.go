package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program without a checkout builds the very image that a checkout builds.
func TestSourceIsTheSameInsideAndOutside(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	context, digest, err := Source("")
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(context, "Dockerfile"))
	again, _, err := Source("")
	require.NoError(t, err)
	assert.Equal(t, context, again)

	folder, outside, err := Source("../../image")
	require.NoError(t, err)
	assert.Equal(t, "../../image", folder)
	assert.Equal(t, digest, outside)

	_, _, err = Source(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
