package automation

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// dataFolder is where the default backend and its passphrase lie. `make up` uses
// the same folder, so that both see the same stacks.
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
