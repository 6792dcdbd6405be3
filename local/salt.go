package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

const saltLine = "encryptionsalt:"

// withoutSalt runs a command and leaves the stack's file without the salt that Pulumi
// writes into any file that has none, although the state has it, too
// (PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER takes it from there). A value encrypted in
// the file needs it there; and one that was there before is not ours to take away.
func (a *app) withoutSalt(run func() error) error {
	path := filepath.Join(a.repo, "Pulumi."+a.stack+".yaml")
	before, err := os.ReadFile(path)
	if err != nil || salted(string(before)) {
		return run()
	}
	return errors.Join(run(), dropSalt(path))
}

// dropSalt takes the salt out of a stack's file in which nothing is encrypted.
func dropSalt(path string) error {
	text, err := os.ReadFile(path)
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
	return os.WriteFile(path, []byte(kept.String()), 0o644) //nolint:gosec // a file of the checkout
}

func salted(text string) bool {
	return strings.HasPrefix(text, saltLine) || strings.Contains(text, "\n"+saltLine)
}
