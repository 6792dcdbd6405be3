package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/kafka-kraft/kafka-kraft/local/internal/mounts"
	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// A node is a network namespace, made with "ip netns", and a mount namespace, in which
// a few folders are the node's own. Everything in a node can so use its usual paths,
// and nothing of it is seen on the host.

// own lists the folders that a node has for itself, and where they lie on the host.
// /run comes first and is made anew with the namespace: what it holds dies with it.
func (p plan) own(n number) [][2]string {
	return [][2]string{
		{"/run", p.nodeRun(n)},
		{"/mnt", p.mnt(n)}, // hostPath volumes of tutorials
		{"/var/log", p.nodeData(n, "log")},
		{"/var/lib/containerd", p.nodeData(n, "containerd")},
		{"/var/lib/kubelet", p.nodeData(n, "kubelet")},
		{"/var/lib/cni", p.nodeRun(n, "cni")},
	}
}

// hidden is a folder of ours that a node could not see, because the node has its own in
// that place; empty if there is none.
func (p plan) hidden() string {
	for _, ours := range []string{p.home.Data, p.home.Cache} {
		for _, folder := range p.own(1) {
			if ours == folder[0] || strings.HasPrefix(ours, folder[0]+"/") {
				return ours
			}
		}
	}
	return ""
}

// mounts is the file that holds the node's mount namespace.
func (p plan) mounts(n number) string { return p.run("mounts", n.String()) }

// complete is a file that the node's /run holds once its mounts are all made.
func (p plan) complete(n number) string { return p.nodeRun(n, "node") }

// netns is the file that holds the node's network namespace.
func (n number) netns() string { return "/run/netns/" + n.namespace() }

// enter is the command that runs another one inside the node. It becomes that command,
// so its process id is that command's.
func (p plan) enter(n number) []string {
	return []string{"nsenter", "--net=" + n.netns(), "--mount=" + p.mounts(n), "--"}
}

// alive reports whether both namespaces are there, complete. After a reboot they are not.
func (p plan) alive(n number) bool {
	_, err := os.Stat(p.complete(n))
	return err == nil && isNamespace(n.netns()) && isNamespace(p.mounts(n))
}

func isNamespace(file string) bool {
	const nsfs = 0x6e736673 // NSFS_MAGIC of linux/magic.h
	var fs syscall.Statfs_t
	return syscall.Statfs(file, &fs) == nil && fs.Type == nsfs
}

// makeNamespaces makes a node's namespaces anew. Whatever lived in older ones must have
// ended.
func (p plan) makeNamespaces(ctx context.Context, n number) error {
	if err := p.removeNamespaces(ctx, n); err != nil {
		return err
	}
	for _, folder := range p.own(n) {
		if err := errors.Join(os.MkdirAll(folder[1], 0o755), os.MkdirAll(folder[0], 0o755)); err != nil {
			return err
		}
	}
	if err := makePrivate(p.run("mounts")); err != nil {
		return fmt.Errorf("%s: %w", p.run("mounts"), err)
	}
	if err := os.WriteFile(p.mounts(n), nil, 0o600); err != nil {
		return err
	}
	if _, err := process.Run(ctx, "ip", "netns", "add", n.namespace()); err != nil {
		return err
	}
	// slave: what the host mounts or unmounts later is so in the node too, never the other
	// way round. Folders of the host are bound before /run, which may hide them, is.
	script := "set -e\n"
	for _, folder := range slices.Backward(p.own(n)) {
		script += fmt.Sprintf("mount --bind %q %q\n", folder[1], folder[0])
	}
	script += "touch /run/node\n"
	_, err := process.Run(ctx, "unshare", "--mount="+p.mounts(n), "--propagation=slave", "sh", "-c", script)
	return err
}

// makePrivate makes a folder a mount of its own that is shared with no other namespace;
// the kernel wants that of a place that holds mount namespaces.
func makePrivate(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if points, err := mounts.At(folder); err != nil || slices.Contains(points, folder) {
		return err
	}
	if err := syscall.Mount(folder, folder, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	return syscall.Mount("", folder, "", syscall.MS_PRIVATE, "")
}

// removeNamespaces takes a node's namespaces away, and with them its mounts, interfaces
// and firewall rules. Its processes must have ended.
func (p plan) removeNamespaces(ctx context.Context, n number) error {
	var errs []error
	errs = append(errs, mounts.Unmount(p.mounts(n)))
	if _, err := os.Lstat(n.netns()); err == nil {
		_, err := process.Run(ctx, "ip", "netns", "delete", n.namespace())
		errs = append(errs, err)
	}
	// The cable goes with the namespace, but later, and a new one needs its name now.
	if linkExists(n.namespace()) {
		if _, err := process.Run(ctx, "ip", "link", "delete", n.namespace()); err != nil && linkExists(n.namespace()) {
			errs = append(errs, err)
		}
	}
	if linkExists(bridge) {
		_, err := process.Run(ctx, "ip", "route", "flush", n.pods())
		errs = append(errs, err)
	}
	return errors.Join(append(errs, removeFile(p.mounts(n)), os.RemoveAll(p.nodeRun(n)))...)
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// removeMountPoints removes the empty folders that the nodes' mounts needed on the host.
// Those that something else uses are not empty, or were there before, and stay.
func (p plan) removeMountPoints() {
	for _, folder := range p.own(1) {
		if filepath.Dir(folder[0]) == "/var/lib" {
			_ = os.Remove(folder[0])
		}
	}
}
