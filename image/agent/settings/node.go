package settings

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/identity"
	"github.com/kafka-kraft/kafka-kraft/image/agent/properties"
)

// Node is what server.properties says about this node, as far as the agent needs it.
type Node struct {
	ID          int
	Broker      bool // process.roles has broker
	Controller  bool // process.roles has controller
	LogDirs     []string
	MetadataDir string // where __cluster_metadata-0 lives; one of logDirs unless metadata.log.dir is set
	// BrokerAddress is where this broker's inter-broker listener answers on this host; empty without that role.
	BrokerAddress string
	// ControllerAddress is the same for the controller listener.
	ControllerAddress string
	// Host is the name by which other nodes know this one; empty when nothing is advertised.
	Host      string
	Bootstrap []string // controller.quorum.bootstrap.servers: host:port of the controllers

	BrokersTLS     bool // brokers speak TLS with each other
	ControllersTLS bool // the controllers are spoken to in TLS
	Plaintext      bool // a listener without TLS is left
	// Identity is the node's certificate, which is not in server.properties; nil: it has none.
	Identity *identity.Identity
}

// ToBrokers is how to ask a broker; nil: in plain text.
func (n Node) ToBrokers() *tls.Config {
	if !n.BrokersTLS {
		return nil
	}
	return n.Identity.Client()
}

// ToControllers is how to ask a controller; nil: in plain text.
func (n Node) ToControllers() *tls.Config {
	if !n.ControllersTLS {
		return nil
	}
	return n.Identity.Client()
}

// CheckIdentity refuses a node that is to speak TLS and has no certificate.
func (n Node) CheckIdentity() error {
	if n.Identity == nil && (n.BrokersTLS || n.ControllersTLS) {
		return fmt.Errorf("server.properties: inter.broker.listener.name or controller.listener.names has the security protocol SSL, "+
			"but this pod has no certificate: there is no %s", contract.TLSMount)
	}
	return nil
}

// Dirs are all directories that carry a meta.properties.
func (n Node) Dirs() []string {
	if slices.Contains(n.LogDirs, n.MetadataDir) {
		return n.LogDirs
	}
	return append(slices.Clone(n.LogDirs), n.MetadataDir)
}

// ParseNode reads the rendered properties and returns every problem at once. want is the id that the pod's name gives.
func ParseNode(props map[string]string, want int) (Node, error) {
	n := Node{ID: want}
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("server.properties: "+format, args...))
	}
	if got := props["node.id"]; got != strconv.Itoa(want) {
		problem("node.id=%s, but this pod's node id is %d; write node.id=%s", got, want, contract.PlaceholderNodeID)
	}
	for _, role := range properties.List(props["process.roles"]) {
		switch role {
		case "broker":
			n.Broker = true
		case "controller":
			n.Controller = true
		default:
			problem("process.roles=%s: broker and controller are allowed", props["process.roles"])
		}
	}
	if !n.Broker && !n.Controller {
		problem("process.roles=%s: broker, controller or both are expected", props["process.roles"])
	}
	if props["controller.quorum.voters"] != "" {
		problem("controller.quorum.voters makes a static quorum; the quorum is dynamic here (KIP-853): remove it and set controller.quorum.bootstrap.servers")
	}
	if n.Bootstrap = properties.List(props["controller.quorum.bootstrap.servers"]); len(n.Bootstrap) == 0 {
		problem("controller.quorum.bootstrap.servers is missing")
	}
	n.LogDirs = properties.List(props["log.dirs"])
	if len(n.LogDirs) == 0 {
		n.LogDirs = properties.List(props["log.dir"])
	}
	if len(n.LogDirs) == 0 {
		problem("log.dirs is missing")
	} else {
		n.MetadataDir = n.LogDirs[0]
	}
	if dir := props["metadata.log.dir"]; dir != "" {
		n.MetadataDir = dir
	}
	var err error
	if n.Broker {
		name := props["inter.broker.listener.name"]
		if name == "" {
			name = "PLAINTEXT"
		}
		if n.BrokersTLS, err = speaksTLS(props, name, "inter.broker.listener.name"); err != nil {
			problems = append(problems, err)
		} else if n.BrokerAddress, err = localAddress(props, name, "inter.broker.listener.name"); err != nil {
			problems = append(problems, err)
		}
	}
	names := properties.List(props["controller.listener.names"])
	switch {
	case len(names) == 0 && n.Controller:
		problem("controller.listener.names is missing")
	case n.Controller:
		if n.ControllersTLS, err = speaksTLS(props, names[0], "controller.listener.names"); err != nil {
			problems = append(problems, err)
		} else if n.ControllerAddress, err = localAddress(props, names[0], "controller.listener.names"); err != nil {
			problems = append(problems, err)
		}
	case len(names) > 0: // a broker asks the controllers, too, and has no such listener itself
		n.ControllersTLS = protocol(props, names[0]) == "SSL"
	}
	n.Plaintext = slices.ContainsFunc(properties.List(props["listeners"]), func(listener string) bool {
		name, _, _ := strings.Cut(listener, "://")
		return strings.HasSuffix(protocol(props, name), "PLAINTEXT")
	})
	n.Host = advertisedHost(props)
	return n, errors.Join(problems...)
}

// advertisedHost is the host in advertised.listeners for fellow nodes, whose listener never is one for clients outside.
func advertisedHost(props map[string]string) string {
	inside := append(properties.List(props["controller.listener.names"]), props["inter.broker.listener.name"], "PLAINTEXT")
	for _, listener := range properties.List(props["advertised.listeners"]) {
		name, address, _ := strings.Cut(listener, "://")
		if host, _, err := net.SplitHostPort(address); err == nil && slices.Contains(inside, name) {
			return host
		}
	}
	return ""
}

// protocol is a listener's security protocol; Kafka's default map has every protocol under its own name.
func protocol(props map[string]string, name string) string {
	for _, pair := range properties.List(props["listener.security.protocol.map"]) {
		if listener, protocol, ok := strings.Cut(pair, ":"); ok && listener == name {
			return protocol
		}
	}
	return name
}

// speaksTLS reports whether a listener that the agent has to use is encrypted. It knows how to ask in plain text and with
// the node's certificate; it has no password for SASL. The key is what names the listener.
func speaksTLS(props map[string]string, name, key string) (bool, error) {
	switch protocol := protocol(props, name); protocol {
	case "PLAINTEXT":
		return false, nil
	case "SSL":
		return true, nil
	default:
		return false, fmt.Errorf("server.properties: %s=%s has the security protocol %s; the agent asks the node over this listener and speaks PLAINTEXT and SSL only", key, name, protocol)
	}
}

// localAddress finds where a listener answers on this host; it is one that stays inside the cluster.
func localAddress(props map[string]string, name, key string) (string, error) {
	for _, listener := range properties.List(props["listeners"]) {
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

// Domain is a host name without its first label, which is the pod's.
func Domain(host string) string {
	_, rest, _ := strings.Cut(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	return rest
}
