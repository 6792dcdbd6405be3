package image

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestTheAgentNeedsNothingElse: this module has what the agent must not use, since the image's build downloads no modules. Only
// there it would be seen otherwise.
func TestTheAgentNeedsNothingElse(t *testing.T) {
	const own = "github.com/kafka-kraft/kafka-kraft/image/agent/"
	names, err := list(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range names {
		if !strings.HasPrefix(name, "agent/") {
			continue
		}
		seen++
		file, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(name), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(path, "/")
			if strings.Contains(first, ".") && !strings.HasPrefix(path, own) || path == "testing" {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
	if seen == 0 {
		t.Error("no file of the agent was seen")
	}
}
