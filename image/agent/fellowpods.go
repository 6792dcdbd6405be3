package main

import (
	"context"
	"net"

	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// podAddresses are the addresses of all pods of this stack that have one, ready or not: of the headless service, whose
// name is what the pods' names have in common. A pod's own name is not asked for here. At the start of a whole stack it
// may not be known yet, and DNS would remember that it is not, for as long as 30 s (Kubernetes docs, "StatefulSet").
var podAddresses = func(ctx context.Context, host string) []string {
	service := settings.Domain(host)
	if service == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, firstLook)
	defer cancel()
	addresses, _ := net.DefaultResolver.LookupHost(ctx, service)
	return addresses
}

// controllers are controllerAddresses for who has no context of his own.
func (r *runner) controllers() []string { return controllerAddresses(context.Background(), r.node) }

// controllerAddresses are those at which a controller answers, if the pod is one: every pod with the controllers' ports.
func controllerAddresses(ctx context.Context, n settings.Node) []string {
	ports := map[string]bool{}
	for _, address := range n.Bootstrap {
		if _, port, err := net.SplitHostPort(address); err == nil {
			ports[port] = true
		}
	}
	var all []string
	for _, address := range podAddresses(ctx, n.Host) {
		for port := range ports {
			all = append(all, net.JoinHostPort(address, port))
		}
	}
	return all
}
