package automation

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Two programs that make the default passphrase at once agree on one.
func TestOwnPassphraseIsMadeOnce(t *testing.T) {
	folder := t.TempDir()
	made := make(chan string)
	for range 8 {
		go func() {
			file, err := ownPassphrase(folder)
			text, _ := os.ReadFile(file)
			assert.NoError(t, err)
			made <- string(text)
		}()
	}
	one := <-made
	for range 7 {
		assert.Equal(t, one, <-made)
	}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing temporary is left")
}

func TestStateFolder(t *testing.T) {
	t.Setenv("HOME", "/home/somebody")
	for backend, want := range map[string]string{
		"file:///var/lib/state":          "/var/lib/state",
		"file://~/state?no_tmp_dir=true": "/home/somebody/state",
		"file://~":                       "/home/somebody",
		"file://state":                   "state",
		"s3://bucket/state":              "",
		"https://api.pulumi.com":         "",
	} {
		folder, ok := stateFolder(backend)
		assert.Equal(t, want, folder, backend)
		assert.Equal(t, want != "", ok, backend)
	}
	o := Options{Backend: "file://state", Passphrase: "x"}
	_, err := o.environment()
	require.ErrorContains(t, err, "absolute")
}
