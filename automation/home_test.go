package automation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
