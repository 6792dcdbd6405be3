package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWithoutSalt(t *testing.T) {
	const file, salt = "# Mine.\nconfig:\n  a:b: c\n", "encryptionsalt: v1:x\n"
	for name, c := range map[string]struct{ before, after, want string }{
		"written by Pulumi":        {file, salt + file, file},
		"there before":             {file + salt, file + salt, file + salt},
		"needed by a secret":       {file, file + "  a:d:\n    secure: v1:y\n" + salt, file + "  a:d:\n    secure: v1:y\n" + salt},
		"beside what the user set": {file, file + "  a:d: e\n" + salt, file + "  a:d: e\n"},
		"nothing written":          {file, file, file},
	} {
		t.Run(name, func(t *testing.T) {
			a := &app{repo: t.TempDir(), stack: "dev"}
			path := filepath.Join(a.repo, "Pulumi.dev.yaml")
			require.NoError(t, os.WriteFile(path, []byte(c.before), 0o600))
			require.NoError(t, a.withoutSalt(func() error { return os.WriteFile(path, []byte(c.after), 0o600) }))
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, c.want, string(text))
		})
	}
}
