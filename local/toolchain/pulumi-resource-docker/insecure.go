package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
)

// registryConfig is what the engine says of the registries it knows.
type registryConfig struct {
	InsecureRegistryCIDRs []string
	IndexConfigs          map[string]struct{ Secure bool }
}

// holdsInsecure tells whether the engine talks to a registry without verified TLS: loopback addresses, and what it was
// configured with. Only then may the docker command line do so too.
// https://docs.docker.com/reference/cli/dockerd/#insecure-registries
func (e *engine) holdsInsecure(ctx context.Context, registry string) (bool, error) {
	text, err := e.output(ctx, "info", "--format", "{{json .RegistryConfig}}")
	if err != nil {
		return false, fmt.Errorf("asking the Docker engine for its registries: %w", err)
	}
	var config registryConfig
	if err := json.Unmarshal([]byte(text), &config); err != nil {
		return false, fmt.Errorf("reading docker info: %w", err)
	}
	host := registry
	if name, _, err := net.SplitHostPort(registry); err == nil {
		host = name
	}
	addresses, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		addresses = nil // reached by way of a proxy: only its name can tell
	}
	return config.insecure(registry, addresses), nil
}

// insecure goes by the registry's name and, failing that, by its addresses.
func (c registryConfig) insecure(registry string, addresses []net.IPAddr) bool {
	if index, ok := c.IndexConfigs[registry]; ok {
		return !index.Secure
	}
	for _, cidr := range c.InsecureRegistryCIDRs {
		_, network, err := net.ParseCIDR(cidr)
		if err != nil {
			continue
		}
		for _, address := range addresses {
			if network.Contains(address.IP) {
				return true
			}
		}
	}
	return false
}
