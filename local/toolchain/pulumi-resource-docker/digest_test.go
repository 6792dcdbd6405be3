package main

import (
	"os"
	"path/filepath"
	"testing"
)

// folder makes a build context; a name that ends in / is a folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if name[len(name)-1] == '/' {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func digest(t *testing.T, b *Build) string {
	t.Helper()
	sum, err := contextDigest(b)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func in(context string) *Build { return &Build{Context: &context} }

func TestDigestIsOfTheContent(t *testing.T) {
	files := map[string]string{"Dockerfile": "FROM scratch", "a/b": "1", "c": "2"}
	here, there := folder(t, files), folder(t, files)
	was := digest(t, in(here))
	if digest(t, in(there)) != was {
		t.Error("the same files elsewhere have another digest")
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(here, link); err != nil {
		t.Fatal(err)
	}
	if digest(t, in(link)) != was {
		t.Error("the same folder by way of a symbolic link has another digest")
	}

	changes := map[string]func(string) error{
		"content":    func(d string) error { return os.WriteFile(filepath.Join(d, "a/b"), []byte("3"), 0o644) },
		"mode":       func(d string) error { return os.Chmod(filepath.Join(d, "c"), 0o755) },
		"new file":   func(d string) error { return os.WriteFile(filepath.Join(d, "new"), nil, 0o644) },
		"new folder": func(d string) error { return os.Mkdir(filepath.Join(d, "new"), 0o755) },
		"removed":    func(d string) error { return os.Remove(filepath.Join(d, "c")) },
		"renamed":    func(d string) error { return os.Rename(filepath.Join(d, "c"), filepath.Join(d, "d")) },
		"link":       func(d string) error { return os.Symlink("c", filepath.Join(d, "new")) },
		"Dockerfile": func(d string) error { return os.WriteFile(filepath.Join(d, "Dockerfile"), []byte("FROM x"), 0o644) },
	}
	seen := map[string]string{was: "no change"}
	for name, change := range changes {
		changed := folder(t, files)
		if err := change(changed); err != nil {
			t.Fatal(err)
		}
		sum := digest(t, in(changed))
		if other, ok := seen[sum]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[sum] = name
	}
}

func TestDigestOfADockerfileElsewhere(t *testing.T) {
	context := folder(t, map[string]string{"a": "1"})
	other := folder(t, map[string]string{"x.Dockerfile": "FROM scratch", "y.Dockerfile": "FROM scratch", "z": "FROM y"})
	with := func(name string) string {
		path := filepath.Join(other, name)
		return digest(t, &Build{Context: &context, Dockerfile: &path})
	}
	if with("x.Dockerfile") != with("y.Dockerfile") {
		t.Error("a Dockerfile's name matters, only its content should")
	}
	if with("x.Dockerfile") == with("z") {
		t.Error("another Dockerfile has the same digest")
	}
}

func TestIgnored(t *testing.T) {
	tests := map[string]struct {
		ignore string
		file   string
		same   bool // a change of the file is no change of the build
	}{
		"name":               {"secret", "secret", true},
		"other name":         {"secret", "public", false},
		"only at the top":    {"secret", "sub/secret", false},
		"at any depth":       {"**/secret", "sub/deep/secret", true},
		"wildcard":           {"*.log", "a.log", true},
		"folder":             {"target", "target/classes/A", true},
		"comment":            {"# secret", "# secret", false},
		"excepted":           {"*\n!keep", "keep", false},
		"excepted in folder": {"docs\n!docs/keep.md", "docs/keep.md", false},
		"beside an excepted": {"docs\n!docs/keep.md", "docs/drop.md", true},
		"last rule wins":     {"!a.log\n*.log", "a.log", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"Dockerfile": "FROM scratch", ".dockerignore": test.ignore, test.file: "1"}
			was := digest(t, in(folder(t, files)))
			files[test.file] = "2"
			if same := was == digest(t, in(folder(t, files))); same != test.same {
				t.Errorf("changed %s under %q: same digest %v, want %v", test.file, test.ignore, same, test.same)
			}
		})
	}
}

// As BuildKit has it: an ignore file beside the Dockerfile counts instead of the context's.
func TestIgnoreFileOfTheDockerfile(t *testing.T) {
	files := map[string]string{"Dockerfile": "FROM scratch", "Dockerfile.dockerignore": "a", ".dockerignore": "b", "a": "1", "b": "1"}
	was := digest(t, in(folder(t, files)))
	files["a"] = "2"
	if digest(t, in(folder(t, files))) != was {
		t.Error("what it ignores counts")
	}
	files["b"] = "2"
	if digest(t, in(folder(t, files))) == was {
		t.Error("what the other one ignores does not count")
	}
}
