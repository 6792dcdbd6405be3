package main

import (
	"testing"
)

func TestRegistryOf(t *testing.T) {
	for name, want := range map[string]string{
		"debian:trixie-slim": "docker.io", "team/image": "docker.io", "localhost:5050/kafka:1": "localhost:5050",
		"localhost/kafka": "localhost", "gcr.io/project/image:x": "gcr.io", "no name": "",
	} {
		if got := registryOf(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestOnLoopback(t *testing.T) {
	for registry, want := range map[string]bool{
		"localhost:5050": true, "localhost": true, "127.0.0.1:5000": true, "[::1]:5000": true,
		"registry.example.com": false, "10.0.0.1:5000": false, "localhost.example.com:5000": false,
	} {
		if got := onLoopback(registry); got != want {
			t.Errorf("%s: %v", registry, got)
		}
	}
}

func TestUnknownToRegistry(t *testing.T) {
	for complaint, want := range map[string]bool{
		"no such manifest: localhost:5050/a@sha256:0":                         true,
		"manifest unknown: manifest unknown":                                  true,
		"Get \"https://r.io/v2/\": dial tcp: lookup r.io: no such host":       false,
		"unauthorized: authentication required":                               false,
		"exec: \"docker-credential-x\": executable file not found in $PATH":   false,
		"failed to configure transport: error pinging v2 registry: Get \"x\"": false,
	} {
		if got := unknownToRegistry(complaint); got != want {
			t.Errorf("%q: %v, want %v", complaint, got, want)
		}
	}
}
