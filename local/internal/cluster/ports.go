package cluster

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// listener is an address that one of our daemons needs for itself.
type listener struct {
	daemon   process.Daemon
	protocol string // tcp or udp
	address  string
	port     int
}

func (p plan) listeners() []listener {
	return []listener{
		{p.etcd(), "tcp", "127.0.0.1", etcdPort},
		{p.etcd(), "tcp", "127.0.0.1", etcdPeerPort},
		{p.apiserver(), "tcp", "127.0.0.1", apiPort},
		{p.registry(), "tcp", "127.0.0.1", registryPort},
		{p.forward(), "tcp", gateway, apiPort},
		{p.forward(), "tcp", gateway, registryPort},
		{p.coredns(), "udp", gateway, dnsPort},
		{p.coredns(), "tcp", gateway, dnsPort},
	}
}

// leaveTime is how long a port may look taken by nobody: a process that was just killed
// gives up its files before it gives up its ports.
const leaveTime = 5 * time.Second

// freePorts makes sure that nobody else listens where our daemons want to. Those of ours
// that run already hold theirs.
func (p plan) freePorts() error {
	var errs []error
	for _, l := range p.listeners() {
		if _, running := l.daemon.Running(); running {
			continue
		}
		inode, taken := l.taken()
		pid := holder(inode)
		for deadline := time.Now().Add(leaveTime); taken && pid == 0 && time.Now().Before(deadline); {
			time.Sleep(probePause)
			inode, taken = l.taken()
			pid = holder(inode)
		}
		if taken {
			errs = append(errs, l.conflict(pid))
		}
	}
	return errors.Join(errs...)
}

// taken looks for another listener in the kernel's tables.
func (l listener) taken() (inode string, taken bool) {
	for _, version := range []string{"", "6"} {
		table, err := os.ReadFile("/proc/net/" + l.protocol + version)
		if err != nil {
			continue // no IPv6 here
		}
		if inode, taken := l.takenBy(string(table)); taken {
			return inode, true
		}
	}
	return "", false
}

// conflict is what a person is told.
func (l listener) conflict(pid int) error {
	who := "another program"
	if pid != 0 {
		who = fmt.Sprintf("%s (process %d)", process.Name(pid), pid)
	}
	return fmt.Errorf("port %d (%s on %s, for %s) is taken by %s: stop that program and try again", l.port, l.protocol, l.address, l.daemon.Name, who)
}

// takenBy looks for the listener's port in a table of /proc/net/{tcp,udp}{,6}, see
// proc_net(5), and returns the socket's inode.
func (l listener) takenBy(table string) (inode string, taken bool) {
	const listening = "0A"
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 10 {
			continue
		}
		ip, port, err := parseEndpoint(fields[1])
		if err != nil || port != l.port {
			continue
		}
		if l.protocol == "tcp" && fields[3] != listening {
			continue
		}
		if ip.IsUnspecified() || ip.Equal(net.ParseIP(l.address)) {
			return fields[9], true
		}
	}
	return "", false
}

// parseEndpoint reads an address such as 0100007F:192B: words of the host's byte order
// (little endian on all that Kubernetes runs on here), then the port.
func parseEndpoint(text string) (net.IP, int, error) {
	address, portText, _ := strings.Cut(text, ":")
	port, err := strconv.ParseUint(portText, 16, 16)
	if err != nil {
		return nil, 0, err
	}
	raw, err := hex.DecodeString(address)
	if err != nil || len(raw)%4 != 0 {
		return nil, 0, fmt.Errorf("not an address: %q", text)
	}
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	return net.IP(raw), int(port), nil
}

// holder finds the process that has the socket open; 0 if none is found.
func holder(inode string) int {
	if inode == "" {
		return 0
	}
	open, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return 0
	}
	for _, link := range open {
		if target, err := os.Readlink(link); err == nil && target == "socket:["+inode+"]" {
			pid, err := strconv.Atoi(strings.Split(link, "/")[2])
			if err == nil {
				return pid
			}
		}
	}
	return 0
}
