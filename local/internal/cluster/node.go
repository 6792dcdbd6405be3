package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

const (
	containerdTime = 2 * time.Minute // until containerd answers
	nodeTime       = 4 * time.Minute // until a started node says it is ready
)

// Node is one node of the cluster: a machine of its own, as far as Kubernetes can see,
// with its own addresses, containerd, kubelet, kube-proxy and folders. It can be
// stopped, cut off from the others and brought back as a machine can.
type Node struct {
	plan plan
	n    number
}

// Name is the node's name in Kubernetes.
func (n Node) Name() string { return n.n.name() }

// nodes lists the nodes that exist, running or not, by number.
func (p plan) nodes() ([]number, error) {
	entries, err := os.ReadDir(p.data("nodes"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []number
	for _, entry := range entries {
		if n, err := strconv.Atoi(entry.Name()); err == nil && n >= 1 && n <= MaxNodes {
			found = append(found, number(n))
		}
	}
	slices.Sort(found)
	return found, nil
}

// boot makes the machine: namespaces, cable, control group, containerd with the pause
// image. A node that is there already is only put right where something is missing.
func (n Node) boot(ctx context.Context, all []number) error {
	p := n.plan
	if !p.alive(n.n) {
		if err := n.killAll(); err != nil {
			return err
		}
		if err := p.makeNamespaces(ctx, n.n); err != nil {
			return err
		}
	}
	if err := plugIn(ctx, n.n, all); err != nil {
		return err
	}
	if _, err := n.Run(ctx, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"); err != nil {
		return err
	}
	if err := makeCgroup(n.n); err != nil {
		return err
	}
	containerd := p.containerd(n.n)
	if _, err := containerd.Start(stopTime); err != nil {
		return err
	}
	return await(ctx, "containerd on "+n.Name(), containerdTime, []process.Daemon{containerd}, n.ensurePause)
}

// ensurePause gives containerd the pause image. It fails as long as containerd does not
// answer.
func (n Node) ensurePause(ctx context.Context) error {
	have, err := n.Run(ctx, "ctr", "--namespace", "k8s.io", "images", "list", "--quiet", "name=="+pauseImage)
	if err != nil || strings.TrimSpace(have) == pauseImage {
		return err
	}
	return n.Import(ctx, n.plan.pauseArchive())
}

// Import gives the node's containerd the images in an archive (of an OCI layout or as
// docker save writes it).
func (n Node) Import(ctx context.Context, archive string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // opened for reading
	_, err = process.Input(ctx, file, append(n.plan.enter(n.n), "ctr", "--namespace", "k8s.io", "images", "import", "-")...)
	return err
}

// Run runs a command inside the node, as root of that machine.
func (n Node) Run(ctx context.Context, argv ...string) (string, error) {
	return process.Run(ctx, append(n.plan.enter(n.n), argv...)...)
}

// join starts what makes the machine a node, and waits until it is ready.
func (n Node) join(ctx context.Context, a *api) error {
	kubelet, proxy := n.plan.kubelet(n.n), n.plan.kubeProxy(n.n)
	begin := time.Time{} // a kubelet that ran all the time need not report anew
	if started, err := kubelet.Start(stopTime); err != nil {
		return err
	} else if started {
		begin = time.Now()
	}
	if _, err := proxy.Start(stopTime); err != nil {
		return err
	}
	return await(ctx, "node "+n.Name(), nodeTime, []process.Daemon{kubelet, proxy}, func(ctx context.Context) error {
		var status nodeStatus
		if err := a.get(ctx, "/api/v1/nodes/"+n.Name(), &status); err != nil {
			return err
		}
		if ready, why := status.ready(begin); !ready {
			return errors.New(why)
		}
		return nil
	})
}

// Stop shuts the node down: its containers get SIGTERM and up to grace to end, then
// everything on it ends. A grace of zero is a power cut. Its volumes and images stay, and
// so does its Node object, which Kubernetes will mark as not ready.
func (n Node) Stop(ctx context.Context, grace time.Duration) error {
	p := n.plan
	// kubelet goes first, or it would start again what ends.
	errs := []error{p.kubelet(n.n).Stop(min(grace, stopTime))}
	if grace > 0 {
		errs = append(errs, n.terminatePods(ctx, grace))
		if ctx.Err() != nil {
			return errors.Join(errs...) // the next Stop or Up goes on from here
		}
	}
	errs = append(errs, p.kubeProxy(n.n).Stop(min(grace, stopTime)), n.killAll(), p.removeNamespaces(ctx, n.n))
	if err := removeCgroup(n.n); err != nil {
		errs = append(errs, fmt.Errorf("control groups of %s: %w", n.Name(), err))
	}
	return errors.Join(errs...)
}

// Cut pulls the node's cable: it goes on running, but reaches nothing and nobody.
func (n Node) Cut(ctx context.Context) error { return cable(ctx, n.n, "down") }

// Reconnect plugs the node's cable in again.
func (n Node) Reconnect(ctx context.Context) error { return cable(ctx, n.n, "up") }

// terminatePods asks every container to end, as a machine's shutdown does, and waits.
func (n Node) terminatePods(ctx context.Context, grace time.Duration) error {
	deadline := time.Now().Add(grace)
	asked := map[process.Process]bool{}
	for {
		running, err := podProcesses(n.n)
		if err != nil {
			return err
		}
		left := false
		for _, p := range running {
			// Only the first process of a container is asked: it knows how to end the rest.
			// pause goes last, with the node.
			if process.Name(p.PID) == "pause" {
				continue
			}
			left = true
			if !asked[p] && process.Name(p.Parent()) == "containerd-shim" {
				asked[p] = true
				if err := p.Signal(terminate); err != nil {
					return err
				}
			}
		}
		if !left || time.Now().After(deadline) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(probePause):
		}
	}
}

// killAll ends every process of the node: the pods', the shims that look after them, and
// its daemons.
func (n Node) killAll() error {
	p := n.plan
	var errs []error
	for _, d := range []process.Daemon{p.kubelet(n.n), p.kubeProxy(n.n), p.containerd(n.n)} {
		errs = append(errs, d.StopAll(0))
	}
	pods, err := podProcesses(n.n)
	errs = append(errs, err)
	for _, pod := range pods {
		errs = append(errs, pod.Stop(0))
	}
	return errors.Join(errs...)
}

// Remove stops the node for good: its Node object, images and logs go. Records on its
// volumes stay, as does what Kubernetes knows of them.
func (n Node) Remove(ctx context.Context) error {
	if err := n.Stop(ctx, shutdownGrace); err != nil {
		return err
	}
	a, err := n.plan.api()
	if err != nil {
		return err
	}
	if err := a.do(ctx, http.MethodDelete, "/api/v1/nodes/"+n.Name(), "application/json", nil, nil); err != nil {
		return err
	}
	return errors.Join(
		os.RemoveAll(n.plan.nodeData(n.n)),
		os.RemoveAll(filepath.Join(n.plan.logs(), n.Name())),
	)
}
