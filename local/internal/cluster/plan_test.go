package cluster

import (
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
)

func testPlan(t *testing.T) plan {
	t.Helper()
	dir := t.TempDir()
	return plan{kube: "/bin/true", home: home.Home{
		Cache: filepath.Join(dir, "cache"), Data: filepath.Join(dir, "data"), Run: filepath.Join(dir, "run"),
	}}
}

func TestEveryNodeHasAddressesOfItsOwn(t *testing.T) {
	t.Parallel()
	network, pods := netip.MustParsePrefix(nodeNetwork), netip.MustParsePrefix(podNetwork)
	seen := map[string]bool{gateway: true}
	for _, n := range numbers(MaxNodes) {
		address, err := netip.ParseAddr(n.address())
		if err != nil || !network.Contains(address) {
			t.Errorf("node %s: address %s is not in %s", n, n.address(), nodeNetwork)
		}
		own, err := netip.ParsePrefix(n.pods())
		if err != nil || !pods.Overlaps(own) {
			t.Errorf("node %s: pods %s are not in %s", n, n.pods(), podNetwork)
		}
		for _, key := range []string{n.address(), n.pods(), n.name(), testPlan(t).mnt(n)} {
			if seen[key] {
				t.Errorf("node %s: %s is another's", n, key)
			}
			seen[key] = true
		}
		if len(n.namespace()) > 15 { // IFNAMSIZ - 1: the cable has this name, too
			t.Errorf("%s: too long for the name of an interface", n.namespace())
		}
	}
	if number(1).address() != "172.30.0.11" || number(1).name() != "kafka-kraft-1" {
		t.Errorf("node 1 is %s at %s", number(1).name(), number(1).address())
	}
}

func TestAddingNodesKeepsThoseThatExist(t *testing.T) {
	t.Parallel()
	p := testPlan(t)
	if err := p.ensureConfigs([]number{2, 4}); err != nil {
		t.Fatal(err)
	}
	for count, want := range map[int][]number{0: {2, 4}, 1: {1, 2, 4}, 3: {1, 2, 3, 4}} {
		if got, err := p.nodesWith(count); err != nil || !slices.Equal(got, want) {
			t.Errorf("nodesWith(%d) = %v, %v; want %v", count, got, err, want)
		}
	}
}

func TestFoldersThatNodesCouldNotSeeAreNamed(t *testing.T) {
	t.Parallel()
	for data, hidden := range map[string]bool{
		"/home/me/.local/share/kafka-kraft": false,
		"/mnt/disk/kafka-kraft":             true,
		"/run/user/0/kafka-kraft":           true,
		"/mntain/kafka-kraft":               false,
	} {
		p := plan{home: home.Home{Data: data, Cache: "/home/me/.cache/kafka-kraft"}}
		if got := p.hidden(); (got != "") != hidden {
			t.Errorf("data in %s: hidden = %q", data, got)
		}
	}
}

func TestNoOverlapOfOurNetworks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{nodeNetwork, podNetwork, false},
		{nodeNetwork, services, false},
		{podNetwork, services, false},
		{"172.30.0.1/16", nodeNetwork, true}, // as Docker gives to its networks
		{"172.17.0.1/16", nodeNetwork, false},
		{"10.96.7.7/24", services, true},
		{"10.0.0.7/8", services, false},
		{"fe80::1/64", nodeNetwork, false},
		{"nonsense", nodeNetwork, false},
	} {
		if got := overlap(c.a, c.b); got != c.want {
			t.Errorf("overlap(%s, %s) = %v", c.a, c.b, got)
		}
	}
}

// A port is taken by who listens there or at all addresses, at an address that the machine
// does not have yet, too, and by nobody else.
func TestPortTakenByAnother(t *testing.T) {
	t.Parallel()
	const absent = "192.0.2.1" // of documentation
	for _, c := range []struct {
		network, holder, address string
		want                     bool
	}{
		{"tcp4", "127.0.0.1", "127.0.0.1", true},
		{"tcp4", "127.0.0.1", "127.0.0.2", false},
		{"tcp4", "127.0.0.1", absent, false},
		{"tcp4", "0.0.0.0", "127.0.0.1", true},
		{"tcp4", "0.0.0.0", absent, true},
		{"udp4", "0.0.0.0", absent, true},
		{"udp4", "127.0.0.1", "127.0.0.2", false},
	} {
		var port int
		var held io.Closer
		if c.network == "udp4" {
			busy, err := net.ListenPacket(c.network, c.holder+":0")
			if err != nil {
				t.Fatal(err)
			}
			held, port = busy, busy.LocalAddr().(*net.UDPAddr).Port
		} else {
			busy, err := net.Listen(c.network, c.holder+":0")
			if err != nil {
				t.Fatal(err)
			}
			held, port = busy, busy.Addr().(*net.TCPAddr).Port
		}
		l := listener{daemon: testPlan(t).apiserver(), network: c.network, address: c.address, port: port}
		if got := l.taken(); got != c.want {
			t.Errorf("%s at %s, held at %s: taken = %v", c.network, c.address, c.holder, got)
		}
		_ = held.Close()
		if l.taken() {
			t.Errorf("%s at %s looks taken by nobody", c.network, c.address)
		}
		if text := l.conflict().Error(); !strings.Contains(text, "kube-apiserver") || !strings.Contains(text, "stop it") {
			t.Errorf("%q does not say enough", text)
		}
	}
}
