package main

import (
	"errors"

	"github.com/distribution/reference"
)

// parseName reads an image name to build: repository[:tag].
func parseName(name string) (reference.Named, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return nil, err
	}
	if _, ok := named.(reference.Digested); ok {
		return nil, errors.New("a name with a digest cannot be built; give repository[:tag]")
	}
	return named, nil
}

// registryOf is the registry that an image name belongs to, "" if the name cannot be read.
func registryOf(name string) string {
	named, err := parseName(name)
	if err != nil {
		return ""
	}
	return reference.Domain(named)
}
