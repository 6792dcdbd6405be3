package kafkaclient

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// target is what a cluster-internal address means: a port of one pod, or of a
// service, in which case pod is empty.
type target struct {
	namespace string
	service   string
	pod       string
	port      int32
}

// parseAddress reads the names that Kubernetes gives to services and to pods of a
// headless service:
//
//	<service>.<namespace>.svc[.<cluster domain>]:<port>
//	<pod>.<service>.<namespace>.svc[.<cluster domain>]:<port>
//
// The cluster domain may be any (it is cluster.local unless the cluster's
// administrator chose another one), and a final dot is allowed. See
// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
func parseAddress(address string) (target, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return target{}, fmt.Errorf("kafka address %q: want host:port: %w", address, err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || port == 0 {
		return target{}, fmt.Errorf("kafka address %q: port %q is not a number from 1 to 65535", address, portText)
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, label := range labels {
		if label == "" {
			return target{}, foreign(address)
		}
	}
	// A namespace may itself be called svc, so the position decides, and the
	// shorter reading goes first only where the longer one is impossible.
	switch {
	case len(labels) >= 4 && labels[3] == "svc":
		return target{pod: labels[0], service: labels[1], namespace: labels[2], port: int32(port)}, nil
	case len(labels) >= 3 && labels[2] == "svc":
		return target{service: labels[0], namespace: labels[1], port: int32(port)}, nil
	}
	return target{}, foreign(address)
}

func foreign(address string) error {
	return fmt.Errorf("kafka address %q is no name inside a Kubernetes cluster "+
		"(<service>.<namespace>.svc or <pod>.<service>.<namespace>.svc, with or without the cluster domain); "+
		"connect to it without the port-forward dialer", address)
}
