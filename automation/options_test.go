package automation

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

func TestBadOptionsAreAllNamed(t *testing.T) {
	t.Setenv("KUBECONFIG", os.DevNull)
	c := config.Default()
	c.Context = "nowhere"
	c.Brokers = 0
	_, err := Open(t.Context(), "not a name", Options{Config: &c, Dir: t.TempDir(), Project: "x", Backend: "folder", LockWait: -1, Set: map[string]string{"storage.size": "1Gi", "sise[0]": "x"}})
	require.ErrorIs(t, err, ErrConfig)
	var problems config.Problems
	require.ErrorAs(t, err, &problems)
	assert.Len(t, problems, 2)
	for _, part := range []string{"not a name", "option Dir", "option Project", "option Backend", "LockWait", `there is no key "sise"`, "kafka-kraft:context", "kafka-kraft:brokers"} {
		assert.ErrorContains(t, err, part)
	}
}

// The check looks where the run will look.
func TestContextOfTheGivenEnvironment(t *testing.T) {
	t.Setenv("KUBECONFIG", os.DevNull)
	kubeconfig := t.TempDir() + "/kubeconfig"
	require.NoError(t, os.WriteFile(kubeconfig, []byte("contexts: [{name: x}]\n"), 0o600))
	c := config.Default()
	c.Context = "x"
	o := Options{Config: &c, Env: map[string]string{"KUBECONFIG": kubeconfig}}
	require.NoError(t, o.check("dev"))
}

func TestMissingCLI(t *testing.T) {
	kubeconfig := t.TempDir() + "/kubeconfig"
	require.NoError(t, os.WriteFile(kubeconfig, []byte("contexts: [{name: x}]\n"), 0o600))
	c := config.Default()
	c.Context = "x"
	_, err := Open(t.Context(), "dev", Options{
		Config: &c, Kubeconfig: kubeconfig, Backend: "file://" + t.TempDir(), Passphrase: "x", Env: map[string]string{"PATH": t.TempDir()},
	})
	require.ErrorIs(t, err, ErrMissingTool)
	assert.ErrorContains(t, err, "Options.Pulumi")
}
