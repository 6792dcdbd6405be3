// Package topology says as data what a Kafka cluster is: its node pools with their
// members, the listeners of every node, the first quorum's voters, and what all of
// it is called.
//
// It is pure. Nothing here talks to Kubernetes or to Pulumi, so that all that
// Kubernetes and Kafka will remember for ever (names, ids, the voters' endpoints)
// can be computed, tested and read in a preview before anything exists. Whatever
// depends on it, from server.properties to network policies, is a loop over it.
package topology

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Ports of every pod that are not Kafka's, and so no listeners.
const (
	AgentPort   = contract.Port // the agent's HTTP: probes and /v1.0/getrole
	MetricsPort = 9187          // Prometheus exposition: Kafka's
	// AgentMetricsPort is that of the agent: its own metrics, and the lag of consumer groups.
	AgentMetricsPort = contract.MetricsPort
)

// Plan is the cluster to be made. Combined, Separated and Complete complete one that says
// what is special about it; Check tells what is wrong with one that was written by
// hand.
type Plan struct {
	// Name is the prefix of all names in Kubernetes, a DNS label that begins with a
	// letter.
	Name string `pulumi:"name,optional"`
	// Namespace is the Kubernetes namespace of everything but the shared volume.
	Namespace string `pulumi:"namespace,optional"`
	// Domain is the DNS domain of the Kubernetes cluster; cluster.local if it was
	// not changed.
	Domain string `pulumi:"domain,optional"`

	// Encryption decides which listeners a plan gets that names none. Empty: None.
	Encryption Encryption `pulumi:"encryption,optional"`
	// Authentication is how clients say who they are to those of these listeners that
	// speak TLS. Empty: they do not.
	Authentication Authentication `pulumi:"authentication,optional"`
	// SCRAM adds a listener to them at which clients inside Kubernetes say who they are by a
	// password. The others then ask for a certificate: it needs the Authentication MutualTLS, by
	// which brokers know whoever runs the program, and an Encryption.
	SCRAM bool `pulumi:"scram,optional"`
	// Listeners are the ports on which nodes speak Kafka's protocol. Their order counts:
	// the first one of brokers is that by which they reach each other, the first one of
	// controllers that by which the quorum is found, and the first one with exposure
	// ClusterIP that at which clients inside Kubernetes start.
	Listeners []Listener `pulumi:"listeners,optional"`
	// Pools are the sets of equal nodes, controllers first.
	Pools []Pool `pulumi:"pools,optional"`
	// Initial are the voters of the first quorum, with which controllers format an
	// empty volume. They are written into every controller's pod and never change,
	// whatever controllers come and go later (see Controllers). Nodes look for the quorum at
	// those of them that are there (see QuorumBootstrapServers).
	Initial []Voter `pulumi:"initial,optional"`

	// Headless is the service that gives every pod its DNS name, Bootstrap the one in
	// front of all brokers.
	Headless  string `pulumi:"headless,optional"`
	Bootstrap string `pulumi:"bootstrap,optional"`

	// Shared is the one volume of all pods. Nil: every pod has the claims of its pool.
	Shared *Shared `pulumi:"shared,optional"`
}

// PodHost is the stable DNS name of a pod, which the headless service provides.
func (p Plan) PodHost(pod string) string {
	return pod + "." + p.serviceHost(p.Headless)
}

func (p Plan) serviceHost(service string) string {
	return fmt.Sprintf("%s.%s.svc.%s", service, p.Namespace, p.Domain)
}

// BootstrapServers is where clients inside Kubernetes start, as host:port.
func (p Plan) BootstrapServers() string {
	if l := p.inside(); l.Port != 0 {
		return fmt.Sprintf("%s:%d", p.serviceHost(p.Bootstrap), l.Port)
	}
	return ""
}

// inside is the listener of BootstrapServers, none if clients have no way in.
func (p Plan) inside() Listener {
	for _, l := range p.Listeners {
		if l.Exposure.Type == ClusterIP {
			return l
		}
	}
	return Listener{}
}

// ExternalBootstrapServers is where clients outside start, as host:port, or "" when
// there is no way in for them.
func (p Plan) ExternalBootstrapServers() string {
	for _, l := range p.Listeners {
		if l.Exposure.Type == NodePort {
			return net.JoinHostPort(l.Advertised, strconv.Itoa(l.Exposure.BootstrapPort))
		}
	}
	return ""
}

// AdminSecret is the Secret with the certificate by which brokers know whoever runs the
// program at BootstrapServers: of Kubernetes' type tls, in the cluster's namespace, with
// contract.TLSCertificate, TLSKey and TLSAuthorities. "": plaintext is spoken there, and there
// is none.
func (p Plan) AdminSecret() string {
	if l := p.inside(); l.Protocol == "" || l.Protocol == Plaintext {
		return ""
	}
	return p.AdminName()
}

// TLSBootstrapServers is where clients inside Kubernetes with a certificate start, as host:port:
// the Secret AdminName has one. "": there is no such listener.
func (p Plan) TLSBootstrapServers() string { return p.startOf(SSL) }

// SCRAMBootstrapServers is where those with a password start; "": there is no such listener.
func (p Plan) SCRAMBootstrapServers() string { return p.startOf(SASLSSL) }

func (p Plan) startOf(spoken Protocol) string {
	for _, l := range p.Listeners {
		if l.Exposure.Type == ClusterIP && l.Protocol == spoken {
			return fmt.Sprintf("%s:%d", p.serviceHost(p.Bootstrap), l.Port)
		}
	}
	return ""
}

// AdminName is what that Secret is called as soon as nodes have certificates, wherever clients start.
func (p Plan) AdminName() string { return p.Name + "-admin" }

// UserSecret is the Secret that a user of this name gets for its application.
func (p Plan) UserSecret(user string) string { return p.Name + "-user-" + user }

// QuorumBootstrapServers is the value of controller.quorum.bootstrap.servers: where a
// node looks for the quorum, whoever its voters are. It names the first voters that are still
// there, so that who comes later changes no node's configuration: whom a node asks tells it who
// leads (KIP-853). If they are no majority of the controllers, a quorum could work without any
// of them, and all controllers are named.
func (p Plan) QuorumBootstrapServers() string {
	all := p.Controllers()
	servers := slices.DeleteFunc(slices.Clone(all), func(c Voter) bool {
		return !slices.ContainsFunc(p.Initial, func(first Voter) bool { return first.NodeID == c.NodeID && first.Host == c.Host })
	})
	if len(servers) <= len(all)/2 {
		servers = all
	}
	hosts := make([]string, len(servers))
	for i, c := range servers {
		hosts[i] = fmt.Sprintf("%s:%d", c.Host, c.Port)
	}
	return strings.Join(hosts, ",")
}

// Labels are those of everything in Kubernetes that belongs to the cluster.
func (p Plan) Labels() map[string]string { return Labels(p.Name) }

// Labels are those of everything in Kubernetes that belongs to the cluster of this name.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
func Labels(cluster string) map[string]string {
	return map[string]string{
		"app.kubernetes.io/name":     "kafka",
		"app.kubernetes.io/instance": cluster,
	}
}

// Life is the ConfigMap that tells pods what their volumes cannot know when they are lost.
func (p Plan) Life() string { return p.Name + "-life" }

// BrokerPods are the names of all pods that clients talk to.
func (p Plan) BrokerPods() []string {
	var pods []string
	for _, pool := range p.Pools {
		if pool.Has(Broker) {
			pods = append(pods, pool.Pods()...)
		}
	}
	return pods
}
