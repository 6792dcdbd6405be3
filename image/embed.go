// Package image is the build context of the Kafka image, embedded so that a program that imports this module can build
// the image without a checkout, and what follows from it: the context's hash, which is the image's tag, the versions of
// Kafka that it builds, and the properties that each of them reads.
package image

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed Dockerfile .dockerignore check-jars kafka aot bin config launcher metrics properties agent sbom/*.go
var files embed.FS

// parts are the files and folders of a checkout that belong to the context; what else lies beside them does not change
// the image, so it must not change the tag.
var parts = []string{"Dockerfile", ".dockerignore", "check-jars", "kafka", "aot", "bin", "config", "launcher", "metrics", "properties", "agent", "sbom"}

// Hash returns the hash of the embedded context: 64 hexadecimal digits, the same on every machine.
func Hash() (string, error) { return HashFS(files) }

// HashFS returns the hash of a context, for example os.DirFS("image") of a checkout: over the sorted paths, modes and
// bytes of the files that Context would write. A checkout and the context embedded from it have the same hash.
func HashFS(context fs.FS) (string, error) {
	names, err := list(context)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range names {
		data, err := fs.ReadFile(context, name)
		if err != nil {
			return "", fmt.Errorf("image context: %w", err)
		}
		// The lengths keep one file's end and the next one's beginning apart.
		_, _ = fmt.Fprintf(sum, "%d %s %o %d\n", len(name), name, mode(name), len(data))
		_, _ = sum.Write(data)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Context writes the embedded context into dir, which it makes. A dir that already holds it is left untouched; one that
// holds something else is an error. A run that was interrupted leaves nothing at dir.
func Context(dir string) error {
	want, err := Hash()
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); err == nil {
		got, err := HashFS(os.DirFS(dir))
		if err != nil || got != want {
			return fmt.Errorf("image context: %s exists and holds something else; remove it or choose another folder", dir)
		}
		return nil
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("image context: %w", err)
	}
	fresh, err := os.MkdirTemp(parent, ".context-")
	if err != nil {
		return fmt.Errorf("image context: %w", err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := write(fresh); err != nil {
		return fmt.Errorf("image context: %w", err)
	}
	if err := os.Rename(fresh, dir); err != nil {
		if got, hashErr := HashFS(os.DirFS(dir)); hashErr == nil && got == want {
			return nil // another process was faster
		}
		return fmt.Errorf("image context: %w", err)
	}
	return nil
}

func write(dir string) error {
	names, err := list(files)
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, mode(name)); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o755) // MkdirTemp's 0700 would keep a Docker engine of another user out
}

// list returns the sorted paths of a context's files. Tests of our programs, and what they read, stay outside, as in
// .dockerignore.
func list(context fs.FS) ([]string, error) {
	var names []string
	for _, part := range parts {
		err := fs.WalkDir(context, part, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && entry.Name() == "testdata" {
				return fs.SkipDir
			}
			if err != nil || entry.IsDir() {
				return err
			}
			if (part == "agent" || part == "sbom") && (path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go")) {
				return nil
			}
			names = append(names, name)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("image context: %w", err)
		}
	}
	slices.Sort(names)
	return names, nil
}

// mode is a file's mode in the context. It follows from the name, since an embedded file has lost its own and a checkout
// may have any, depending on the machine.
func mode(name string) fs.FileMode {
	if name == "check-jars" || name == "aot/train" || name == "bin/kafka-tool" {
		return 0o755
	}
	return 0o644
}
