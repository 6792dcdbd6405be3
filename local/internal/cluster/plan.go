package cluster

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"

	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
)

// What the cluster is called and where it can be reached. None of it is a choice: one
// machine has one such cluster, and what others rely on does not move.
const (
	ContextName  = "kafka-kraft-local" // context, cluster and user in the kubeconfig file
	Registry     = "localhost:5050"    // the name by which docker pushes and pods pull
	StorageClass = "standard"          // the default class, as Minikube and kind name theirs

	FirstNode = nodePrefix + "1" // the node that is always there

	nodePrefix  = "kafka-kraft-" // a node's name is this and its number
	bridge      = "kkraft0"
	gateway     = "172.30.0.1" // the host, as nodes and pods see it
	nodeNetwork = "172.30.0.0/24"
	podNetwork  = "10.244.0.0/16"
	services    = "10.96.0.0/16"
	apiService  = "10.96.0.1" // the first address of services, always the API server's
	domain      = "cluster.local"
	provisioner = "kafka-kraft.io/local-volume"
	pauseImage  = "kafka-kraft.io/pause:1"

	apiPort      = 6443
	registryPort = 5050
	etcdPort     = 2379
	etcdPeerPort = 2380
	dnsPort      = 53
)

// MaxNodes is how many nodes there may be.
const MaxNodes = 9

// plan says where everything lies; it is pure, nothing is looked up or made.
type plan struct {
	home home.Home
	kube string // the multi-call binary
}

func (p plan) data(parts ...string) string {
	return filepath.Join(append([]string{p.home.Cluster()}, parts...)...)
}

func (p plan) run(parts ...string) string {
	return filepath.Join(append([]string{p.home.Run}, parts...)...)
}

func (p plan) logs() string           { return p.data("logs") }
func (p plan) pki(name string) string { return p.data("pki", name) }

// kubeconfig is the file of one of the cluster's own components; people use home's.
func (p plan) kubeconfig(component string) string { return p.data("kubeconfigs", component) }

func (p plan) claims() string { return filepath.Join(p.home.Volumes(), "claims") }

// registryTree is the Debian package of the registry, unpacked.
func (p plan) registryTree() string {
	return filepath.Join(p.home.Cache, "debian", "docker-registry")
}

// loopback is an address that only this machine reaches.
func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// bridged is an address that the nodes and their pods reach.
func bridged(port int) string { return fmt.Sprintf("%s:%d", gateway, port) }

// number is a node's number, counted from 1.
type number int

func (n number) String() string { return strconv.Itoa(int(n)) }

// name is the node's name in Kubernetes, and its host name.
func (n number) name() string { return nodePrefix + n.String() }

// namespace is the node's network namespace; its cable on the host has the same name.
func (n number) namespace() string { return "kkraft-" + n.String() }

// cgroup is the control group, in every hierarchy, that holds the node's pods.
func (n number) cgroup() string { return "kkraft-" + n.String() }

// address is the node's own address: 172.30.0.11 for node 1.
func (n number) address() string {
	base := netip.MustParseAddr(gateway).As4()
	base[3] = byte(10 + n)
	return netip.AddrFrom4(base).String()
}

// pods is the network of the node's pods: 10.244.1.0/24 for node 1.
func (n number) pods() string { return fmt.Sprintf("10.244.%d.0/24", n) }

// mnt is the host's folder that the node sees as /mnt. The first node's, most often the
// only one, has the plain name, so that records lie where one would look for them.
func (p plan) mnt(n number) string {
	if n == 1 {
		return filepath.Join(p.home.Volumes(), "mnt")
	}
	return filepath.Join(p.home.Volumes(), "mnt-"+n.String())
}

func (p plan) nodeData(n number, parts ...string) string {
	return p.data(append([]string{"nodes", n.String()}, parts...)...)
}

// nodeRun is the host's folder that the node sees as /run.
func (p plan) nodeRun(n number, parts ...string) string {
	return p.run(append([]string{"nodes", n.String()}, parts...)...)
}

// numbers counts from 1 to last.
func numbers(last int) []number {
	all := make([]number, last)
	for i := range all {
		all[i] = number(i + 1)
	}
	return all
}
