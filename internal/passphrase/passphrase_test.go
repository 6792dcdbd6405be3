package passphrase_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/passphrase"
)

// Programs that make the passphrase at once agree on one.
func TestMadeOnce(t *testing.T) {
	folder := t.TempDir()
	made := make(chan string)
	for range 8 {
		go func() {
			file, err := passphrase.Ensure(folder)
			text, _ := os.ReadFile(file)
			assert.NoError(t, err)
			made <- string(text)
		}()
	}
	one := <-made
	assert.NotEmpty(t, one)
	for range 7 {
		assert.Equal(t, one, <-made)
	}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing temporary is left")
	info, err := os.Stat(passphrase.File(folder))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}
