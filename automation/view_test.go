package automation

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

func TestViewSaysNewsOnce(t *testing.T) {
	var out bytes.Buffer
	show := View(&out)
	begin := time.Unix(0, 0)
	const set = "urn:pulumi:dev::kafka-kraft::kubernetes:apps/v1:StatefulSet::kafka"
	for second, e := range []Event{
		{Kind: Began},
		{Kind: Started, URN: set, Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Op: "update"},
		{Kind: Waiting, URN: set, Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Message: "1 of 3 pods are ready"},
		{Kind: Waiting, URN: set, Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Message: "1 of 3 pods are ready"},
		{Kind: Started, URN: "urn:pulumi:dev::kafka-kraft::x:y:Same::s", Type: "x:y:Same", Name: "s", Op: "same"},
		{Kind: Finished, URN: set, Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Op: "update"},
		{Kind: Ended, Message: "1 update in 6s"},
	} {
		e.Time, e.Stack, e.Doing = begin.Add(time.Duration(second)*time.Second), "dev", "up"
		show(e)
	}
	assert.Equal(t, `[   0s] dev: up: begins
[   1s] dev: up: update StatefulSet kafka
[   2s] dev: up: StatefulSet kafka: 1 of 3 pods are ready
[   5s] dev: up: update StatefulSet kafka done (1/2)
[   6s] dev: up: 1 update in 6s
`, out.String())
}

func TestBadOptionsAreAllNamed(t *testing.T) {
	t.Setenv("KUBECONFIG", os.DevNull)
	c := config.Default()
	c.Context = "nowhere"
	c.Brokers = 0
	_, err := Open(t.Context(), "not a name", Options{Config: &c, Dir: t.TempDir(), Project: "x", Backend: "folder", LockWait: -1})
	require.ErrorIs(t, err, ErrConfig)
	var problems config.Problems
	require.ErrorAs(t, err, &problems)
	assert.Len(t, problems, 2)
	for _, part := range []string{"not a name", "Options.Dir", "Options.Project", "Options.Backend", "LockWait", "kafka-kraft:context", "kafka-kraft:brokers"} {
		assert.ErrorContains(t, err, part)
	}
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

func TestErrorsHaveKindAndCause(t *testing.T) {
	cause := errors.New("because")
	err := (&Stack{name: "dev"}).fail("up", ErrTimeout, cause, "Do this.")
	assert.ErrorIs(t, err, ErrTimeout)
	assert.ErrorIs(t, err, cause)
	assert.EqualError(t, err, "stack dev: up: not ready in time: because\nDo this.")
}

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
