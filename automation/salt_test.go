package automation

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// A stack's file keeps the salt that it needs, or that it had, and no other.
func TestSaltOfAStackFile(t *testing.T) {
	const plain, salt = "# Mine.\nconfig:\n  kafka-kraft:context: c\n", "encryptionsalt: v1:x\n"
	for name, c := range map[string]struct{ before, after, want string }{
		"Pulumi wrote it":        {plain, salt + plain, plain},
		"Pulumi wrote it behind": {plain, plain + salt, plain},
		"it was there":           {salt + plain, salt + plain, salt + plain},
		"a value needs it":       {plain, salt + plain + "  x:y:\n    secure: v1:z\n", salt + plain + "  x:y:\n    secure: v1:z\n"},
		"nothing wrote":          {plain, plain, plain},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "Pulumi.dev.yaml")
		require.NoError(t, os.WriteFile(file, []byte(c.before), 0o600))
		s := &Stack{name: "organization/kafka-kraft/dev", dir: dir, options: Options{Dir: dir}}
		require.NoError(t, s.noteSalt())
		require.NoError(t, os.WriteFile(file, []byte(c.after), 0o600))
		require.NoError(t, s.Close())
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, c.want, string(text), name)
	}
}

// A trial is over with Close.
func TestTrial(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Pulumi.dev.yaml")
	s := &Stack{name: "dev", dir: dir, options: Options{Dir: dir, Trial: true}, undo: func() error { return os.WriteFile(file, []byte("before"), 0o600) }}
	require.NoError(t, s.Close())
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "before", string(text))
}

// What was set for an up that is refused is taken back; what has begun to be done is not.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Pulumi.dev.yaml")
	c := config.Default()
	var notes []string
	s := &Stack{name: "dev", dir: dir, options: Options{
		Dir: dir, Config: &c, Set: map[string]string{"brokers": "5"}, Events: func(e Event) { notes = append(notes, e.Message) },
	}, undo: func() error { return os.WriteFile(file, []byte("before"), 0o600) }}
	refusal := errors.New("no")
	require.ErrorIs(t, s.refused(t.Context(), refusal), refusal)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "before", string(text))
	assert.Equal(t, []string{"Pulumi.dev.yaml is as it was: brokers stays"}, notes)
	require.NoError(t, os.WriteFile(file, []byte("later"), 0o600))
	assert.Equal(t, refusal, s.refused(t.Context(), refusal), "only once")
	text, err = os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "later", string(text))
}
