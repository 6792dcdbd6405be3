package automation

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A process of a container counts under the number that it has in there, which is
// what it wrote into its lock.
func TestRunningInAnyNamespace(t *testing.T) {
	proc := t.TempDir()
	for pid, status := range map[string]string{
		"1":    "Name:\tinit\nPid:\t1\nNSpid:\t1\n",
		"4321": "Name:\tpulumi\nPid:\t4321\nNSpid:\t4321\t77\n",
	} {
		require.NoError(t, os.Mkdir(filepath.Join(proc, pid), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(proc, pid, "status"), []byte(status), 0o600))
	}
	assert.True(t, running(proc, 4321), "its number here")
	assert.True(t, running(proc, 77), "its number in the container")
	assert.False(t, running(proc, 432))
	assert.True(t, running(t.TempDir(), 1), "no /proc, no proof")
	assert.True(t, running("/proc", os.Getpid()))
}
