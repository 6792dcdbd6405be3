package main

import "path/filepath"

// contextPath is the build context as the program's folder sees it.
func (b *Build) contextPath() string {
	if b == nil || value(b.Context) == "" {
		return "."
	}
	return *b.Context
}

// dockerfilePath is the Dockerfile as the program's folder sees it.
func (b *Build) dockerfilePath() string {
	if b == nil || value(b.Dockerfile) == "" {
		return filepath.Join(b.contextPath(), "Dockerfile")
	}
	return *b.Dockerfile
}

// dockerfileInContext is the Dockerfile's path relative to the context, as the official plugin reports it.
func (b *Build) dockerfileInContext() string {
	relative, err := filepath.Rel(b.contextPath(), b.dockerfilePath())
	if err != nil { // one of them is absolute, the other not
		return b.dockerfilePath()
	}
	return filepath.ToSlash(relative)
}
