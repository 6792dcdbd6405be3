package cluster

import (
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

// A table as the kernel writes it, with the columns that do not matter cut short.
const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:192B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 00000000:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 53 1 0 100 0 0 10 0
   2: 0100007F:094B 0100007F:8000 01 00000000:00000000 00:00000000 00000000     0        0 99 1 0 100 0 0 10 0
   3: 01001EAC:13BA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100 0 0 10 0
`

func TestPortTakenByAnother(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		address string
		port    int
		inode   string
	}{
		"the very address":                  {"127.0.0.1", 6443, "4711"},
		"every address":                     {gateway, 53, "53"},
		"another address of the machine":    {gateway, 6443, ""},
		"the bridge":                        {gateway, 5050, "77"},
		"only a connection, nobody listens": {"127.0.0.1", 2379, ""},
		"free":                              {"127.0.0.1", 1, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inode, taken := listener{protocol: "tcp", address: c.address, port: c.port}.takenBy(tcpTable)
			if inode != c.inode || taken != (c.inode != "") {
				t.Errorf("takenBy = %q, %v; want %q", inode, taken, c.inode)
			}
		})
	}
}

func TestPortConflictNamesPortAndHolder(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close() //nolint:errcheck // the end of the test
	port := busy.Addr().(*net.TCPAddr).Port
	l := listener{daemon: testPlan(t).apiserver(), protocol: "tcp", address: "127.0.0.1", port: port}
	inode, taken := l.taken()
	if !taken {
		t.Fatalf("port %d looks free", port)
	}
	text := l.conflict(holder(inode)).Error()
	for _, want := range []string{"kube-apiserver", "cluster.test", "stop that program"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not say %q", text, want)
		}
	}
}
