// Package module reads single files of Go modules that nothing here imports, such as definitions
// of custom resources.
package module

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Pinned is a module at a version, by its hash.
type Pinned struct {
	// Path is with the version: example.com/module@v1.2.3.
	Path string
	// Sum is as in go.sum: h1:…
	Sum string
}

// KEDA is what scales applications by the lag of their groups.
var KEDA = Pinned{"github.com/kedacore/keda/v2@v2.21.0", "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps="}

// File is one of the module's, by its path there. Go downloads the module, once.
func (p Pinned) File(ctx context.Context, path string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, "go", "mod", "download", "-json", p.Path).Output()
	if err != nil {
		return nil, fmt.Errorf("downloading %s: %w: %s", p.Path, err, out)
	}
	var found struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("downloading %s: %w", p.Path, err)
	}
	if found.Sum != p.Sum {
		return nil, fmt.Errorf("%s has the hash %s, want %s", p.Path, found.Sum, p.Sum)
	}
	text, err := os.ReadFile(filepath.Join(found.Dir, filepath.FromSlash(path)))
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", path, p.Path, err)
	}
	return text, nil
}
