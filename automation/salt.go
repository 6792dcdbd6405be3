package automation

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

const saltLine = "encryptionsalt:"

// Pulumi writes into any stack file that has none the salt that the stack's secrets are
// encrypted with, although the state has it, too, and is asked for it (environment sets
// PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER). A person's file is left as it was.

// noteSalt remembers whether the stack's file in Dir has a salt that is not ours to take
// away.
func (s *Stack) noteSalt() error {
	if s.options.Dir == "" {
		return nil
	}
	text, err := os.ReadFile(s.settingsFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.unsalted = !salted(string(text))
	return nil
}

// dropSalt takes the line with the salt out of the stack's file, unless a value in it is
// encrypted with it.
func (s *Stack) dropSalt() error {
	path := s.settingsFile()
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !salted(string(text)) || strings.Contains(string(text), "secure:") {
		return nil
	}
	var kept strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, saltLine) {
			kept.WriteString(line)
		}
	}
	return os.WriteFile(path, []byte(kept.String()), 0o644) //nolint:gosec // settings are to be read by all
}

// dropForeignSalt is for a stack that is about to be made. What salt its file has is of
// another state, with perhaps another passphrase, which Pulumi would refuse.
func (s *Stack) dropForeignSalt() error {
	if _, local := stateFolder(s.env["PULUMI_BACKEND_URL"]); s.options.Dir == "" || !local {
		return nil
	}
	if err := s.dropSalt(); err != nil {
		return s.fail("create", ErrConfig, err, "")
	}
	s.unsalted = true
	return nil
}

func salted(text string) bool {
	return strings.HasPrefix(text, saltLine) || strings.Contains(text, "\n"+saltLine)
}
