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
	dockerfile := b.dockerfilePath()
	context, err := filepath.Abs(b.contextPath())
	if err != nil {
		return dockerfile
	}
	absolute, err := filepath.Abs(dockerfile)
	if err != nil {
		return dockerfile
	}
	relative, err := filepath.Rel(context, absolute)
	if err != nil { // on different volumes
		return dockerfile
	}
	return filepath.ToSlash(relative)
}
