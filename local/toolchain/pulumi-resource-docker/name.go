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

// sameRepository tells whether two references, with or without tag and digest, are of one repository.
func sameRepository(a, b string) bool {
	left, err := reference.ParseNormalizedNamed(a)
	if err != nil {
		return false
	}
	right, err := reference.ParseNormalizedNamed(b)
	return err == nil && left.Name() == right.Name()
}

// registryOf is the registry that an image name belongs to, "" if the name cannot be read.
func registryOf(name string) string {
	named, err := parseName(name)
	if err != nil {
		return ""
	}
	return reference.Domain(named)
}

// registryServer is the registry of an image as the program gave it, or else the name's.
func registryServer(args ImageArgs) string {
	if args.Registry != nil && value(args.Registry.Server) != "" {
		return *args.Registry.Server
	}
	return registryOf(args.ImageName)
}
