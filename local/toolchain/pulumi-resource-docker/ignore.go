package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// ignore holds the rules of a .dockerignore file.
type ignore struct {
	rules *patternmatcher.PatternMatcher
}

// readIgnore finds the rules as docker does: BuildKit takes <Dockerfile>.dockerignore beside the Dockerfile before the
// context's own .dockerignore. No file, no rules.
// https://docs.docker.com/build/concepts/context/#dockerignore-files
func readIgnore(b *Build) (ignore, error) {
	candidates := []string{b.dockerfilePath() + ".dockerignore", filepath.Join(b.contextPath(), ".dockerignore")}
	var patterns []string
	for _, path := range candidates {
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return ignore{}, err
		}
		patterns, err = ignorefile.ReadAll(file)
		_ = file.Close() // only read: nothing can be lost
		if err != nil {
			return ignore{}, fmt.Errorf("reading %s: %w", path, err)
		}
		break
	}
	rules, err := patternmatcher.New(patterns)
	if err != nil {
		return ignore{}, fmt.Errorf("a pattern of .dockerignore: %w", err)
	}
	return ignore{rules}, nil
}

// matches reports whether a path, relative to the context, stays behind.
func (i ignore) matches(path string) (bool, error) {
	skip, err := i.rules.MatchesOrParentMatches(path)
	if err != nil {
		return false, fmt.Errorf(".dockerignore on %s: %w", path, err)
	}
	return skip, nil
}

// reincludes reports whether some rule begins with "!", so that a file below an ignored folder may be sent all the same.
func (i ignore) reincludes() bool { return i.rules.Exclusions() }
