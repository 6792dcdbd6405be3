package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// contextDigest stands for everything that the engine gets to see of a build: the Dockerfile's content, and the path,
// permissions and content of all that .dockerignore lets through. Owner and time of change are not part of it, nor is
// the place of the context: the same files elsewhere are the same build.
func contextDigest(b *Build) (string, error) {
	ignored, err := readIgnore(b)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	dockerfile, err := fileDigest(b.dockerfilePath())
	if err != nil {
		return "", err
	}
	fmt.Fprintf(sum, "dockerfile %s\n", dockerfile)

	root := b.contextPath()
	if resolved, err := filepath.EvalSymlinks(root); err == nil {
		root = resolved // WalkDir does not enter a root that is a symbolic link
	}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil || relative == "." {
			return err
		}
		skip, err := ignored.matches(relative)
		switch {
		case err != nil:
			return err
		case skip && entry.IsDir() && !ignored.reincludes():
			return filepath.SkipDir
		case skip:
			return nil
		}
		return addEntry(sum, path, filepath.ToSlash(relative), entry)
	})
	if err != nil {
		return "", fmt.Errorf("reading the build context: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// addEntry writes one line for one file. Sockets, pipes and devices are passed over: an image cannot be built from them.
func addEntry(sum hash.Hash, path, name string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	switch mode := info.Mode(); mode.Type() {
	case fs.ModeDir:
		fmt.Fprintf(sum, "folder %q %o\n", name, mode.Perm())
	case fs.ModeSymlink:
		target, err := os.Readlink(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "link %q %q\n", name, target)
	case 0:
		content, err := fileDigest(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "file %q %o %s\n", name, mode.Perm(), content)
	}
	return nil
}

func fileDigest(path string) (digest string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // only read: nothing can be lost
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
