package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
	sum.Write([]byte("dockerfile " + dockerfile + "\n"))

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
		line, err := describe(path, filepath.ToSlash(relative), entry)
		sum.Write([]byte(line))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("reading the build context: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// describe is one line for one file of a context. Sockets, pipes and devices get none: no image can be built from them.
func describe(path, name string, entry fs.DirEntry) (string, error) {
	info, err := entry.Info()
	if err != nil {
		return "", err
	}
	mode := info.Mode()
	switch {
	case mode.IsDir():
		return fmt.Sprintf("folder %q %o\n", name, mode.Perm()), nil
	case mode.IsRegular():
		content, err := fileDigest(path)
		return fmt.Sprintf("file %q %o %s\n", name, mode.Perm(), content), err
	case mode.Type() == fs.ModeSymlink:
		target, err := os.Readlink(path)
		return fmt.Sprintf("link %q %q\n", name, target), err
	}
	return "", nil
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
