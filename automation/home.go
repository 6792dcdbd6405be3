package automation

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// dataFolder is where the default backend and its passphrase lie. `make up` has them
// there, too, so that both see the same stacks.
func dataFolder(lookup func(string) (string, bool)) (string, error) {
	if dir, _ := lookup("XDG_DATA_HOME"); dir != "" {
		if !filepath.IsAbs(dir) {
			return "", fmt.Errorf("XDG_DATA_HOME=%q: must be an absolute path", dir)
		}
		return filepath.Join(dir, projectName), nil
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no folder for Pulumi's state: set Options.Backend, XDG_DATA_HOME or HOME: %w", err)
	}
	return filepath.Join(user, ".local", "share", projectName), nil
}

// ownPassphrase names the file of the default backend's passphrase. It is made once;
// of two programs that make it at the same time, one wins.
func ownPassphrase(data string) (string, error) {
	path := filepath.Join(data, "passphrase")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return "", fmt.Errorf("passphrase for Pulumi's secrets: %w", err)
	}
	fresh, err := os.CreateTemp(data, ".passphrase-") // readable by its owner alone
	if err != nil {
		return "", fmt.Errorf("passphrase for Pulumi's secrets: %w", err)
	}
	defer func() { _ = os.Remove(fresh.Name()) }()
	_, err = fresh.WriteString(rand.Text())
	if err = errors.Join(err, fresh.Close()); err != nil {
		return "", fmt.Errorf("passphrase for Pulumi's secrets: %w", err)
	}
	if err := os.Link(fresh.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("passphrase for Pulumi's secrets: %w", err)
	}
	return path, nil
}

// stateFolder is the folder behind a file backend. Like Pulumi, it knows ~.
func stateFolder(backend string) (string, bool) {
	path, ok := strings.CutPrefix(backend, "file://")
	if !ok {
		return "", false
	}
	path, _, _ = strings.Cut(path, "?")
	if rest, home := strings.CutPrefix(path, "~"); home {
		user, err := os.UserHomeDir()
		if err != nil {
			return "", false
		}
		path = user + rest
	}
	if runtime.GOOS == "windows" && len(path) > 2 && path[0] == '/' && path[2] == ':' {
		path = path[1:] // file:///C:/folder
	}
	return filepath.FromSlash(path), true
}
