package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// node is what server.properties says about this node, as far as the agent needs it.
type node struct {
	id          int
	broker      bool // process.roles has broker
	controller  bool // process.roles has controller
	logDirs     []string
	metadataDir string // where __cluster_metadata-0 lives; one of logDirs unless metadata.log.dir is set
	// brokerAddress is where this broker's inter-broker listener answers on this host; empty without that role.
	brokerAddress string
	// controllerAddress is the same for the controller listener.
	controllerAddress string
	// host is the name by which other nodes know this one; empty when nothing is advertised.
	host      string
	bootstrap []string // controller.quorum.bootstrap.servers: host:port of the controllers
}

// dirs are all directories that carry a meta.properties.
func (n node) dirs() []string {
	if slices.Contains(n.logDirs, n.metadataDir) {
		return n.logDirs
	}
	return append(slices.Clone(n.logDirs), n.metadataDir)
}

// parseNode reads the rendered properties and returns every problem at once. want is the id that the pod's name gives.
func parseNode(props map[string]string, want int) (node, error) {
	n := node{id: want}
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("server.properties: "+format, args...))
	}
	if got := props["node.id"]; got != strconv.Itoa(want) {
		problem("node.id=%s, but this pod's node id is %d; write node.id=%s", got, want, contract.PlaceholderNodeID)
	}
	for _, role := range list(props["process.roles"]) {
		switch role {
		case "broker":
			n.broker = true
		case "controller":
			n.controller = true
		default:
			problem("process.roles=%s: broker and controller are allowed", props["process.roles"])
		}
	}
	if !n.broker && !n.controller {
		problem("process.roles=%s: broker, controller or both are expected", props["process.roles"])
	}
	if props["controller.quorum.voters"] != "" {
		problem("controller.quorum.voters makes a static quorum; the quorum is dynamic here (KIP-853): remove it and set controller.quorum.bootstrap.servers")
	}
	if n.bootstrap = list(props["controller.quorum.bootstrap.servers"]); len(n.bootstrap) == 0 {
		problem("controller.quorum.bootstrap.servers is missing")
	}
	n.logDirs = list(props["log.dirs"])
	if len(n.logDirs) == 0 {
		n.logDirs = list(props["log.dir"])
	}
	if len(n.logDirs) == 0 {
		problem("log.dirs is missing")
	} else {
		n.metadataDir = n.logDirs[0]
	}
	if dir := props["metadata.log.dir"]; dir != "" {
		n.metadataDir = dir
	}
	var err error
	if n.broker {
		name := props["inter.broker.listener.name"]
		if name == "" {
			name = "PLAINTEXT"
		}
		if n.brokerAddress, err = localAddress(props, name, "inter.broker.listener.name"); err != nil {
			problems = append(problems, err)
		}
	}
	if n.controller {
		names := list(props["controller.listener.names"])
		if len(names) == 0 {
			problem("controller.listener.names is missing")
		} else if n.controllerAddress, err = localAddress(props, names[0], "controller.listener.names"); err != nil {
			problems = append(problems, err)
		}
	}
	n.host = advertisedHost(props)
	return n, errors.Join(problems...)
}

// advertisedHost is the host in advertised.listeners for fellow nodes, whose listener never is one for clients outside.
func advertisedHost(props map[string]string) string {
	inside := append(list(props["controller.listener.names"]), props["inter.broker.listener.name"], "PLAINTEXT")
	for _, listener := range list(props["advertised.listeners"]) {
		name, address, _ := strings.Cut(listener, "://")
		if host, _, err := net.SplitHostPort(address); err == nil && slices.Contains(inside, name) {
			return host
		}
	}
	return ""
}

// localAddress finds where a listener answers on this host. The agent asks in plain text, so the listener has to be
// PLAINTEXT; it is one that stays inside the cluster.
func localAddress(props map[string]string, name, key string) (string, error) {
	protocol := name // Kafka's default map has every protocol under its own name
	for _, pair := range list(props["listener.security.protocol.map"]) {
		if listener, p, ok := strings.Cut(pair, ":"); ok && listener == name {
			protocol = p
		}
	}
	if protocol != "PLAINTEXT" {
		return "", fmt.Errorf("server.properties: %s=%s has the security protocol %s; the agent asks the node over this listener and speaks PLAINTEXT only", key, name, protocol)
	}
	for _, listener := range list(props["listeners"]) {
		found, address, ok := strings.Cut(listener, "://")
		if !ok || found != name {
			continue
		}
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return "", fmt.Errorf("server.properties: listeners: %s: %w", listener, err)
		}
		if host == "" || host == "0.0.0.0" || host == "::" {
			host = "127.0.0.1"
		}
		return net.JoinHostPort(host, port), nil
	}
	return "", fmt.Errorf("server.properties: listeners=%s has no listener named %s, which %s asks for", props["listeners"], name, key)
}

// domain is a host name without its first label, which is the pod's.
func domain(host string) string {
	_, rest, _ := strings.Cut(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	return rest
}
