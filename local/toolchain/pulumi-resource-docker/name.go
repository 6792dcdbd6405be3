package main

import (
	"errors"
	"strings"

	"github.com/distribution/reference"
)

// dockerHub is the registry of a name that names none, such as debian:trixie-slim.
const dockerHub = "docker.io"

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

// registryHost cuts a registry's address, as people and other resources give it (https://index.docker.io/v1/,
// registry.example.com/team), down to the host that image names and logins go by.
func registryHost(server string) string {
	_, host, found := strings.Cut(server, "://")
	if !found {
		host = server
	}
	host, _, _ = strings.Cut(host, "/")
	switch host {
	case "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com":
		return dockerHub
	}
	return host
}

// registryServer is the registry of an image as the program gave it, or else the name's.
func registryServer(args ImageArgs) string {
	if args.Registry != nil && value(args.Registry.Server) != "" {
		return *args.Registry.Server
	}
	return registryOf(args.ImageName)
}
