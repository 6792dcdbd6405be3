// Package cluster runs a real Kubernetes on this machine: etcd, API server, controller
// manager, scheduler and CoreDNS on the host, and nodes that are machines of their own as
// far as Kubernetes can see, each in its own network and mount namespace with its own
// containerd, kubelet and kube-proxy. A registry takes the images that Docker pushes, and
// a provisioner makes the volumes of the StorageClass "standard".
//
// What must last lies in the data folder, and what runs is known by process records in
// /run: so an Up after a crash, a kill or a reboot starts what is missing and leaves the
// rest alone. Nothing supervises the processes between two Ups.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/debian"
	"github.com/kafka-kraft/kafka-kraft/local/internal/docker"
	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
	"github.com/kafka-kraft/kafka-kraft/local/internal/mounts"
	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
	"github.com/kafka-kraft/kafka-kraft/local/internal/progress"
)

const (
	terminate     = syscall.SIGTERM
	shutdownGrace = 30 * time.Second // for containers to end when the cluster goes down
	// How long to wait on a machine that is busy; a component that dies ends the wait.
	apiTime    = 3 * time.Minute // until the API server is ready
	dnsTime    = 2 * time.Minute
	probePause = 100 * time.Millisecond
)

// packages bring what nodes are made of.
var packages = []string{
	"containerd", "runc", "containernetworking-plugins", "conntrack",
	"iptables", "iproute2", "util-linux", "mount",
}

// Cluster is the one local cluster of this machine.
type Cluster struct {
	plan plan
	log  *progress.Log
}

// New describes the cluster; it neither looks nor starts.
func New(h home.Home, log *progress.Log) *Cluster {
	return &Cluster{plan: plan{home: h}, log: log}
}

func (c *Cluster) docker() docker.Folders {
	return docker.Folders{Data: c.plan.data("docker"), Run: c.plan.run(), Logs: c.plan.logs()}
}

// Prepare makes everything ready that needs no Kubernetes binary, so that it can go on
// while that is being compiled: packages, a Docker engine, the base image, the registry.
// It first checks what Up would fail on, and then changes nothing.
func (c *Cluster) Prepare(ctx context.Context) error {
	unlock, err := c.begin()
	if err != nil {
		return err
	}
	defer unlock()
	if err := debian.Ensure(ctx, c.log, packages...); err != nil {
		return err
	}
	if err := debian.Unpack(ctx, c.log, "docker-registry", c.plan.registryTree()); err != nil {
		return err
	}
	if err := c.EnsureDebian(ctx, docker.BaseSuite); err != nil {
		return err
	}
	return c.plan.ensurePause(ctx)
}

// EnsureDebian finds or starts a docker engine, and gives it the slim image of a release of
// Debian.
func (c *Cluster) EnsureDebian(ctx context.Context, suite string) error {
	engine, err := docker.Ensure(ctx, c.log, c.docker())
	if err != nil {
		return err
	}
	return engine.EnsureDebian(ctx, c.log, c.plan.home.Cache, suite)
}

// RegistryBin is the folder with the program docker-registry, which is unpacked and
// not installed, so that no service starts.
func (c *Cluster) RegistryBin() string { return filepath.Join(c.plan.registryTree(), "usr", "bin") }

// DockerHost is the DOCKER_HOST by which the engine is reached, empty if that is the
// client's own default.
func (c *Cluster) DockerHost(ctx context.Context) string {
	engine, _ := docker.Find(ctx, c.docker())
	return engine.Host
}

// Up makes the cluster run with at least this many nodes; those that exist already stay.
// kube is the path of the multi-call binary. It starts only what does not run, or runs in
// another version or configuration, and returns when pods can be created.
func (c *Cluster) Up(ctx context.Context, kube string, nodes int) error {
	if nodes < 1 || nodes > MaxNodes {
		return fmt.Errorf("nodes: %d: must be 1 to %d", nodes, MaxNodes)
	}
	unlock, err := c.begin()
	if err != nil {
		return err
	}
	defer unlock()
	c.plan.kube = kube
	all, err := c.plan.nodesWith(nodes)
	if err != nil {
		return err
	}
	if len(c.missing(all)) == 0 && plugged(all) && c.healthy(ctx) {
		return nil
	}
	return c.log.Step(fmt.Sprintf("starting Kubernetes (nodes: %d)", len(all)), func() error { return c.start(ctx, all) })
}

// nodesWith lists the nodes that exist and those from 1 to count.
func (p plan) nodesWith(count int) ([]number, error) {
	existing, err := p.nodes()
	if err != nil {
		return nil, err
	}
	all := numbers(count)
	for _, n := range existing {
		if int(n) > count {
			all = append(all, n)
		}
	}
	return all, nil
}

func (c *Cluster) start(ctx context.Context, all []number) error {
	p := c.plan
	if err := errors.Join(p.ensurePKI(all), p.ensureKubeconfigs(all), p.ensureConfigs(all)); err != nil {
		return err
	}
	for _, folder := range []string{p.claims(), p.data("registry")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(p.data("etcd"), 0o700); err != nil {
		return err
	}
	if err := makeNetwork(ctx); err != nil {
		return err
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		return err
	}
	a, err := p.api()
	if err != nil {
		return err
	}
	// The machines boot while the API server starts; both take their time.
	tasks := []func() error{func() error { return c.startControlPlane(ctx, a) }}
	for _, n := range all {
		tasks = append(tasks, func() error { return Node{p, n}.boot(ctx, all) })
	}
	if err := parallel(tasks); err != nil {
		return err
	}
	tasks = []func() error{func() error {
		return await(ctx, "CoreDNS", dnsTime, []process.Daemon{p.coredns()}, resolves)
	}}
	for _, n := range all {
		tasks = append(tasks, func() error { return Node{p, n}.join(ctx, a) })
	}
	return parallel(tasks)
}

func (c *Cluster) startControlPlane(ctx context.Context, a *api) error {
	p := c.plan
	if err := stopOutdated(p.controlPlane()); err != nil {
		return err
	}
	daemons := p.controlPlane()
	if err := launch(daemons[:served]); err != nil {
		return err
	}
	if err := await(ctx, "API server", apiTime, []process.Daemon{p.etcd(), p.apiserver()}, a.ready); err != nil {
		return err
	}
	for _, o := range objects() {
		if err := a.apply(ctx, o); err != nil {
			return err
		}
	}
	return launch(daemons[served:])
}

func launch(daemons []process.Daemon) error {
	for _, d := range daemons {
		if _, err := d.Start(stopTime); err != nil {
			return err
		}
	}
	return nil
}

// stopOutdated stops, last one first, those that run otherwise than they should now: an
// API server, for one, takes long to end once its database has.
func stopOutdated(daemons []process.Daemon) error {
	for _, d := range slices.Backward(daemons) {
		if d.Current() {
			continue
		}
		if err := d.Stop(stopTime); err != nil {
			return err
		}
	}
	return nil
}

// resolves asks the cluster's DNS server for the one name that is always there.
func resolves(ctx context.Context) error {
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, bridged(dnsPort))
	}}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := resolver.LookupHost(ctx, "kubernetes.default.svc."+domain+".")
	return err
}

// healthy reports whether a cluster whose processes all run also answers.
func (c *Cluster) healthy(ctx context.Context) bool {
	a, err := c.plan.api()
	if err != nil || a.ready(ctx) != nil {
		return false
	}
	var list struct{ Items []nodeStatus }
	if a.get(ctx, "/api/v1/nodes", &list) != nil || len(list.Items) == 0 {
		return false
	}
	for _, n := range list.Items {
		if ready, _ := n.ready(time.Time{}); !ready {
			return false
		}
	}
	return resolves(ctx) == nil
}

// await repeats probe until it succeeds. It gives up when the time is over, and at once
// when one of the daemons that it depends on has stopped by itself.
func await(ctx context.Context, what string, limit time.Duration, daemons []process.Daemon, probe func(context.Context) error) error {
	for deadline := time.Now().Add(limit); ; {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, d := range daemons {
			if _, running := d.Running(); !running {
				return d.Died()
			}
		}
		if time.Now().After(deadline) {
			var logs []string
			for _, d := range daemons {
				logs = append(logs, d.LogFile())
			}
			return fmt.Errorf("%s is not ready after %s: %w; see %s", what, limit, err, strings.Join(logs, " and "))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(probePause):
		}
	}
}

// parallel runs all tasks at once and joins their errors.
func parallel(tasks []func() error) error {
	errs := make([]error, len(tasks))
	var group sync.WaitGroup
	for i, task := range tasks {
		group.Go(func() { errs[i] = task() })
	}
	group.Wait()
	return errors.Join(errs...)
}

// Down stops everything and keeps all data. Containers get half a minute to end.
func (c *Cluster) Down(ctx context.Context) error {
	return c.alone("stopping Kubernetes", func() error { return c.down(ctx) })
}

// alone runs one step while no other command starts or stops anything.
func (c *Cluster) alone(title string, do func() error) error {
	if err := needRoot(); err != nil {
		return err
	}
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	return c.log.Step(title, do)
}

func (c *Cluster) down(ctx context.Context) error {
	p := c.plan
	all, err := p.nodesWith(0)
	if err != nil {
		return err
	}
	var tasks []func() error
	for _, n := range all {
		tasks = append(tasks, func() error { return Node{p, n}.Stop(ctx, shutdownGrace) })
	}
	errs := []error{parallel(tasks)}
	for _, d := range slices.Backward(p.controlPlane()) {
		errs = append(errs, d.StopAll(stopTime))
	}
	return errors.Join(append(errs, docker.Stop(c.docker()))...)
}

// Purge stops everything and removes all that the cluster ever made on this machine,
// records included. Installed packages stay.
func (c *Cluster) Purge(ctx context.Context) error {
	return c.alone("removing the local cluster", func() error {
		p := c.plan
		if err := c.down(ctx); err != nil {
			return err
		}
		if err := docker.Purge(ctx, c.docker()); err != nil {
			return err
		}
		if err := removeNetwork(ctx); err != nil {
			return err
		}
		if err := mounts.Unmount(p.run("mounts")); err != nil {
			return err
		}
		p.removeMountPoints()
		// Nothing is mounted below these any more; if it were, its content would go with them.
		for _, folder := range []string{p.home.Cluster(), p.home.Volumes(), p.home.Run} {
			points, err := mounts.At(folder)
			if err != nil {
				return err
			}
			if len(points) > 0 {
				return fmt.Errorf("%[1]s is still mounted: unmount it (umount %[1]s) and purge again", points[0])
			}
		}
		return errors.Join(os.RemoveAll(p.home.Cluster()), os.RemoveAll(p.home.Volumes()), os.RemoveAll(p.home.Run))
	})
}

// Nodes is the highest number of a node that exists, running or not; 0 without any.
func (c *Cluster) Nodes() (int, error) {
	all, err := c.plan.nodes()
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return int(all[len(all)-1]), nil
}

// Node is the node with this number, from 1, whether it exists or not.
func (c *Cluster) Node(kube string, n int) Node {
	p := c.plan
	p.kube = kube
	return Node{p, number(n)}
}

// begin checks all that can be checked before anything changes, and keeps others out.
func (c *Cluster) begin() (unlock func(), err error) {
	if err := needRoot(); err != nil {
		return nil, err
	}
	if hidden := c.plan.hidden(); hidden != "" {
		return nil, fmt.Errorf("%s: nodes have /run, /mnt, /var/log and /var/lib/{containerd,kubelet,cni} for themselves and could not see it: set XDG_DATA_HOME and XDG_CACHE_HOME to folders elsewhere", hidden)
	}
	if unlock, err = c.lock(); err != nil {
		return nil, err
	}
	if err := errors.Join(c.ours(), freeNetworks(), c.plan.freePorts()); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

func needRoot() error {
	if os.Geteuid() == 0 {
		return nil
	}
	return errors.New("the local cluster needs root, since it makes network namespaces and mounts: run the same command with sudo -E, or use a cluster of yours (make up CONTEXT=minikube)")
}

// lock keeps two commands from starting and stopping the same things at once.
func (c *Cluster) lock() (unlock func(), err error) {
	if err := os.MkdirAll(c.plan.run(), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(c.plan.run("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close() //nolint:errcheck // nothing was written
		return nil, errors.New("another command is just starting or stopping the local cluster: wait for it to end")
	}
	return func() { file.Close() }, nil //nolint:errcheck // closing is what unlocks
}

// ours makes sure that what runs, if anything, has our data folder: there can be one
// local cluster on a machine.
func (c *Cluster) ours() error {
	path := c.plan.run("data")
	content, err := os.ReadFile(path)
	if err == nil && string(content) != c.plan.home.Data {
		for _, d := range c.plan.controlPlane() {
			if _, running := d.Running(); running {
				return fmt.Errorf("a local cluster is running with its data in %s, not in %s, and there can be only one: stop that one first (make cluster-down with the XDG_DATA_HOME it was started with)", content, c.plan.home.Data)
			}
		}
	}
	return process.WriteFile(path, []byte(c.plan.home.Data), 0o600)
}
