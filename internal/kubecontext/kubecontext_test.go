package kubecontext

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const example = `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: one, context: {cluster: c, user: u}}]
current-context: one
`

func TestClient(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, []byte(example), 0o600))

	_, connection, err := Client(file, "one")
	require.NoError(t, err)
	assert.Equal(t, "https://127.0.0.1:6443", connection.Host)

	t.Setenv("KUBECONFIG", file)
	_, _, err = Client("", "one")
	require.NoError(t, err)
	_, _, err = Client("", "two")
	require.ErrorContains(t, err, `kubernetes context "two"`)
	require.ErrorContains(t, err, "get-contexts")
	_, _, err = Client("", "")
	require.ErrorContains(t, err, "name the Kubernetes context", "the current one is never taken")
}

func TestLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, []byte(example), 0o600))
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "missing")+string(filepath.ListSeparator)+file)
	config, err := Load("")
	require.NoError(t, err)
	assert.Contains(t, config.Contexts, "one")
}
