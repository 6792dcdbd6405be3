package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// Our firewall rules live in chains of our own, to which one rule each in FORWARD, INPUT
// and POSTROUTING leads.
const (
	chain   = "KAFKA-KRAFT"
	comment = "kafka-kraft local cluster"
)

// jump is a rule that leads to our chain.
type jump struct{ table, from, to string }

var jumps = []jump{
	{"filter", "FORWARD", chain},
	{"filter", "INPUT", chain + "-IN"},
	{"nat", "POSTROUTING", chain},
}

// rules are what the chains hold.
var rules = map[jump][]string{
	// Nodes and pods among themselves and to the outside, answers back; nobody from
	// outside to them. Docker sets the policy of FORWARD to DROP.
	jumps[0]: {
		"-i " + bridge + " -j ACCEPT",
		"-o " + bridge + " -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
	},
	// What listens on the bridge is for nodes, pods and the host itself: Linux would
	// also let in whoever on the host's own network sends to that address.
	jumps[1]: {
		"-i " + bridge + " -j RETURN",
		"-i lo -j RETURN",
		"-d " + nodeNetwork + " -j DROP",
	},
	jumps[2]: {
		"-s " + podNetwork + " ! -o " + bridge + " -j MASQUERADE",
		"-s " + nodeNetwork + " ! -o " + bridge + " -j MASQUERADE",
	},
}

// makeNetwork makes the bridge with the host's address on it, and the firewall rules.
// It may be called any number of times.
func makeNetwork(ctx context.Context) error {
	if !linkExists(bridge) {
		if _, err := process.Run(ctx, "ip", "link", "add", bridge, "type", "bridge"); err != nil {
			return err
		}
	}
	setup := fmt.Sprintf("addr replace %s/24 dev %s\nlink set %s up\n", gateway, bridge, bridge)
	if _, err := process.Input(ctx, strings.NewReader(setup), "ip", "-batch", "-"); err != nil {
		return err
	}
	for _, j := range jumps {
		if err := j.ensure(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (j jump) iptables(ctx context.Context, rule ...string) error {
	_, err := process.Run(ctx, append([]string{"iptables", "--wait", "--table", j.table}, rule...)...)
	return err
}

// ensure fills the chain in one step, and puts the jump to it first.
func (j jump) ensure(ctx context.Context) error {
	restore := fmt.Sprintf("*%s\n:%s - [0:0]\n", j.table, j.to)
	for _, rule := range rules[j] {
		restore += fmt.Sprintf("-A %s -m comment --comment %q %s\n", j.to, comment, rule)
	}
	restore += "COMMIT\n"
	if _, err := process.Input(ctx, strings.NewReader(restore), "iptables-restore", "--wait", "--noflush"); err != nil {
		return err
	}
	if j.iptables(ctx, append([]string{"--check"}, j.rule()...)...) == nil {
		return nil
	}
	return j.iptables(ctx, append([]string{"--insert"}, j.rule()...)...)
}

func (j jump) rule() []string {
	return []string{j.from, "-m", "comment", "--comment", comment, "-j", j.to}
}

// removeNetwork takes the bridge and the firewall rules away.
func removeNetwork(ctx context.Context) error {
	var errs []error
	for _, j := range jumps {
		for j.iptables(ctx, append([]string{"--check"}, j.rule()...)...) == nil {
			if err := j.iptables(ctx, append([]string{"--delete"}, j.rule()...)...); err != nil {
				errs = append(errs, err)
				break
			}
		}
		if j.iptables(ctx, "--list-rules", j.to) == nil {
			errs = append(errs, j.iptables(ctx, "--flush", j.to), j.iptables(ctx, "--delete-chain", j.to))
		}
	}
	if linkExists(bridge) {
		_, err := process.Run(ctx, "ip", "link", "delete", bridge)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// plugIn lays the node's cable to the bridge and gives it its address and its routes to
// the pods of all nodes; and the host a route to the node's pods.
func plugIn(ctx context.Context, n number, all []number) error {
	if !linkExists(n.namespace()) {
		if _, err := process.Run(ctx, "ip", "link", "add", n.namespace(), "type", "veth", "peer", "name", "eth0", "netns", n.namespace()); err != nil {
			return err
		}
	}
	host := fmt.Sprintf("link set %s master %s up\nroute replace %s via %s\n", n.namespace(), bridge, n.pods(), n.address())
	node := fmt.Sprintf("link set lo up\nlink set eth0 up\naddr replace %s/24 dev eth0\nroute replace default via %s\n", n.address(), gateway)
	for _, peer := range all {
		if peer != n {
			node += fmt.Sprintf("route replace %s via %s\n", peer.pods(), peer.address())
		}
	}
	if _, err := process.Input(ctx, strings.NewReader(node), "ip", "-netns", n.namespace(), "-batch", "-"); err != nil {
		return err
	}
	_, err := process.Input(ctx, strings.NewReader(host), "ip", "-batch", "-")
	return err
}

// cable switches a node's cable off ("down") or on ("up").
func cable(ctx context.Context, n number, state string) error {
	if _, err := process.Run(ctx, "ip", "link", "set", n.namespace(), state); err != nil {
		return err
	}
	if state == "down" {
		return nil
	}
	// The kernel drops the route when the cable goes down.
	_, err := process.Run(ctx, "ip", "route", "replace", n.pods(), "via", n.address())
	return err
}

// plugged reports whether the cables of all these nodes are in.
func plugged(all []number) bool {
	for _, n := range all {
		text, err := os.ReadFile("/sys/class/net/" + n.namespace() + "/flags")
		flags, wrong := strconv.ParseUint(strings.TrimSpace(string(text)), 0, 64)
		if err != nil || wrong != nil || flags&syscall.IFF_UP == 0 {
			return false
		}
	}
	return true
}

func linkExists(name string) bool {
	_, err := os.Lstat("/sys/class/net/" + name)
	return err == nil
}

// freeNetworks makes sure that no other interface has addresses that we would use.
func freeNetworks() error {
	interfaces, err := net.Interfaces()
	if err != nil {
		return err
	}
	var errs []error
	for _, i := range interfaces {
		if i.Name == bridge || strings.HasPrefix(i.Name, bridge[:len(bridge)-1]+"-") {
			continue
		}
		addresses, err := i.Addrs()
		if err != nil {
			continue // it has just gone
		}
		for _, address := range addresses {
			for _, ours := range []string{nodeNetwork, podNetwork, services} {
				if overlap(address.String(), ours) {
					errs = append(errs, fmt.Errorf("network %s is needed for the local cluster, but interface %s has address %s: take that interface down (docker network ls lists Docker's, docker network rm removes one) and try again", ours, i.Name, address))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// overlap reports whether the address a, with the length of its network, is on a link that b
// would take addresses from. A network wider than 65,536 addresses is not a link but a
// site's numbering plan, and a few of its addresses being elsewhere is how it is meant.
func overlap(a, b string) bool {
	const widest = 16
	first, err := netip.ParsePrefix(a)
	if err != nil || first.Bits() < widest {
		return false
	}
	second, err := netip.ParsePrefix(b)
	return err == nil && first.Overlaps(second)
}
