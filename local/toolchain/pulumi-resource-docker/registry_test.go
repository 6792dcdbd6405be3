package main

import (
	"net"
	"testing"
)

func TestRegistryOf(t *testing.T) {
	for name, want := range map[string]string{
		"debian:trixie-slim": dockerHub, "team/image": dockerHub, "localhost:5050/kafka:1": "localhost:5050",
		"localhost/kafka": "localhost", "gcr.io/project/image:x": "gcr.io", "no name": "",
	} {
		if got := registryOf(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestRegistryHost(t *testing.T) {
	for server, want := range map[string]string{
		"docker.io": dockerHub, "https://index.docker.io/v1/": dockerHub, "http://localhost:5050/": "localhost:5050",
		"1.dkr.ecr.eu-west-1.amazonaws.com/repository": "1.dkr.ecr.eu-west-1.amazonaws.com",
	} {
		if got := registryHost(server); got != want {
			t.Errorf("%q: %q, want %q", server, got, want)
		}
	}
}

func TestInsecure(t *testing.T) {
	config := registryConfig{InsecureRegistryCIDRs: []string{"127.0.0.0/8", "::1/128"}}
	config.IndexConfigs = map[string]struct{ Secure bool }{"docker.io": {true}, "lab:5000": {false}}
	at := func(ip string) []net.IPAddr { return []net.IPAddr{{IP: net.ParseIP(ip)}} }
	for _, test := range []struct {
		registry  string
		addresses []net.IPAddr
		want      bool
	}{
		{"localhost:5050", at("127.0.0.1"), true},
		{"localhost:5050", at("::1"), true},
		{"lab:5000", at("10.0.0.1"), true},
		{"lab:5001", at("10.0.0.1"), false},
		{"docker.io", at("127.0.0.1"), false},
		{"unknown.example", nil, false},
	} {
		if got := config.insecure(test.registry, test.addresses); got != test.want {
			t.Errorf("%s at %v: %v, want %v", test.registry, test.addresses, got, test.want)
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
