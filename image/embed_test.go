package image

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHashOfCheckoutAndEmbeddedContextAreEqual(t *testing.T) {
	embedded, err := Hash()
	if err != nil {
		t.Fatal(err)
	}
	checkout, err := HashFS(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if embedded != checkout || len(embedded) != 64 {
		t.Errorf("embedded %s, checkout %s", embedded, checkout)
	}
}

func TestContextIsWrittenOnceAndCompletely(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "context")
	for range 2 { // the second time changes nothing
		if err := Context(dir); err != nil {
			t.Fatal(err)
		}
	}
	want, err := Hash()
	if err != nil {
		t.Fatal(err)
	}
	got, err := HashFS(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("written context has hash %s, embedded %s", got, want)
	}
	err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "embed.go") {
			t.Errorf("%s does not belong to the context", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".context-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestContextRefusesAFolderThatHoldsSomethingElse(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Context(dir); err == nil || !strings.Contains(err.Error(), "holds something else") {
		t.Errorf("err = %v", err)
	}
}

func TestHashSeesEveryChangeOfTheContextAndNothingElse(t *testing.T) {
	base := func() fstest.MapFS {
		return fstest.MapFS{
			"Dockerfile": {Data: []byte("FROM x")}, ".dockerignore": {}, "check-jars": {}, "kafka/1.2.3/pom.xml": {},
			"bin/kafka-tool": {Data: []byte("#!")}, "config/a": {Data: []byte("a")}, "metrics/rules.yml": {}, "properties/Names.java": {}, "launcher/Node.java": {}, "aot/train": {}, "agent/main.go": {}, "agent/gate/gate.go": {}, "sbom/main.go": {},
		}
	}
	want, err := HashFS(base())
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(fstest.MapFS)
		same   bool
	}{
		"bytes":                        {func(f fstest.MapFS) { f["config/a"].Data = []byte("b") }, false},
		"a new file":                   {func(f fstest.MapFS) { f["config/b"] = &fstest.MapFile{} }, false},
		"moved bytes":                  {func(f fstest.MapFS) { f["config/a"].Data, f["Dockerfile"].Data = []byte("ax"), []byte("FROM ") }, false},
		"a new name":                   {func(f fstest.MapFS) { f["config/b"] = f["config/a"]; delete(f, "config/a") }, false},
		"a package of the agent":       {func(f fstest.MapFS) { f["agent/wire/client.go"] = &fstest.MapFile{} }, false},
		"bytes of one of its packages": {func(f fstest.MapFS) { f["agent/gate/gate.go"].Data = []byte("b") }, false},
		"a test": {func(f fstest.MapFS) {
			f["agent/main_test.go"], f["agent/gate/gate_test.go"], f["sbom/x_test.go"] = &fstest.MapFile{}, &fstest.MapFile{}, &fstest.MapFile{}
		}, true},
		"what a test reads": {func(f fstest.MapFS) { f["agent/gate/testdata/x.go"] = &fstest.MapFile{} }, true},
		"something else":    {func(f fstest.MapFS) { f["README.md"] = &fstest.MapFile{}; f["agent/go.mod"] = &fstest.MapFile{} }, true},
		"the mode on disk":  {func(f fstest.MapFS) { f["config/a"].Mode = 0o600 }, true},
	} {
		changed := base()
		test.change(changed)
		got, err := HashFS(changed)
		if err != nil {
			t.Fatal(err)
		}
		if (got == want) != test.same {
			t.Errorf("%s: same hash = %v, want %v", name, got == want, test.same)
		}
	}
}
