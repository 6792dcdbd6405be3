package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// listener is an address that one of our daemons needs for itself.
type listener struct {
	daemon  process.Daemon
	network string // tcp4 or udp4
	address string
	port    int
}

func (p plan) listeners() []listener {
	return []listener{
		{p.etcd(), "tcp4", "127.0.0.1", etcdPort},
		{p.etcd(), "tcp4", "127.0.0.1", etcdPeerPort},
		{p.apiserver(), "tcp4", "127.0.0.1", apiPort},
		{p.registry(), "tcp4", "127.0.0.1", registryPort},
		{p.forward(), "tcp4", gateway, apiPort},
		{p.forward(), "tcp4", gateway, registryPort},
		{p.coredns(), "udp4", gateway, dnsPort},
		{p.coredns(), "tcp4", gateway, dnsPort},
	}
}

// leaveTime is how long a port may look taken by nobody: a process that was just killed
// gives up its files before it gives up its ports.
const leaveTime = 5 * time.Second

// freePorts makes sure that nobody else listens where our daemons want to. Those of ours
// that run already hold theirs.
func (p plan) freePorts() error {
	var errs []error
	deadline := time.Now().Add(leaveTime)
	for _, l := range p.listeners() {
		if _, running := l.daemon.Running(); running {
			continue
		}
		for l.taken() {
			if time.Now().After(deadline) {
				errs = append(errs, l.conflict())
				break
			}
			time.Sleep(probePause)
		}
	}
	return errors.Join(errs...)
}

// taken reports whether somebody else listens at the address, or at all addresses.
func (l listener) taken() bool {
	config := net.ListenConfig{Control: func(_, _ string, socket syscall.RawConn) (err error) {
		// The bridge's address may not be there yet.
		failed := socket.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, ipFreebind, 1) })
		return errors.Join(failed, err)
	}}
	at := fmt.Sprintf("%s:%d", l.address, l.port)
	var held interface{ Close() error }
	var err error
	if l.network == "udp4" {
		held, err = config.ListenPacket(context.Background(), l.network, at)
	} else {
		held, err = config.Listen(context.Background(), l.network, at)
	}
	if err == nil {
		_ = held.Close()
	}
	return errors.Is(err, syscall.EADDRINUSE)
}

const ipFreebind = 15 // IP_FREEBIND of linux/in.h

// conflict is what a person is told.
func (l listener) conflict() error {
	return fmt.Errorf("port %d (%s on %s, for %s) is taken by another program: stop it and try again (`ss -lnp 'sport = :%[1]d'` names it)",
		l.port, l.network[:3], l.address, l.daemon.Name)
}
