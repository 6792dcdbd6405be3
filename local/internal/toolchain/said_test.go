package toolchain

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A line longer than any buffer, such as a linker's command, neither holds go up nor
// hides what comes after it.
func TestLongLinesOfGo(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x >&2\necho >&2\necho some/package >&2\nprintf 'x.go:1: wrong' >&2\nexit 1\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o700)) //nolint:gosec // a program
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var compiled atomic.Int64
	err := newToolchain(t).goCommand(ctx, modules[0], &compiled, "build")
	require.ErrorContains(t, err, "x.go:1: wrong")
	assert.EqualValues(t, 2, compiled.Load())
}
