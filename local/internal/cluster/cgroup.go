package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/mounts"
	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// The pods of a node run below a control group of its own, in every hierarchy. That is
// how all their processes are found, whatever has become of those that started them.

const cgroupRoot = "/sys/fs/cgroup"

// hierarchies lists the roots of all control groups: those with controllers, one with
// version 2 and one per controller with version 1, and apart from them a version 2 that
// stands beside version 1 and has none.
func hierarchies() (roots, bare []string, err error) {
	all, err := mounts.List()
	if err != nil {
		return nil, nil, err
	}
	roots, bare = split(all)
	return roots, bare, nil
}

func split(all []mounts.Mount) (roots, bare []string) {
	var one, two []string
	for _, m := range all {
		if !strings.HasPrefix(m.Point, cgroupRoot) {
			continue
		}
		switch m.Type {
		case "cgroup":
			one = append(one, m.Point)
		case "cgroup2":
			two = append(two, m.Point)
		}
	}
	if len(one) == 0 {
		return two, nil
	}
	return one, two
}

// makeCgroup makes the node's control group in every hierarchy.
func makeCgroup(n number) error {
	roots, _, err := hierarchies()
	if err != nil {
		return err
	}
	if len(roots) == 0 {
		return fmt.Errorf("no control groups are mounted below %s; Kubernetes cannot run without: mount them, for example by package cgroupfs-mount or by booting with systemd", cgroupRoot)
	}
	for _, root := range roots {
		// Version 2 hands controllers down only if asked to; not all of them exist everywhere.
		for _, controller := range []string{"cpuset", "cpu", "io", "memory", "hugetlb", "pids"} {
			_ = os.WriteFile(filepath.Join(root, "cgroup.subtree_control"), []byte("+"+controller), 0o600)
		}
		group := filepath.Join(root, n.cgroup())
		if err := os.MkdirAll(group, 0o755); err != nil {
			return err
		}
		// A new group of version 1 has no processors and no memory until it is given some.
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			content, err := os.ReadFile(filepath.Join(root, file))
			if err != nil {
				continue // another hierarchy
			}
			if err := os.WriteFile(filepath.Join(group, file), content, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// groups lists the node's control groups, innermost first.
func groups(n number) ([]string, error) {
	roots, bare, err := hierarchies()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, root := range append(roots, bare...) {
		err := filepath.WalkDir(filepath.Join(root, n.cgroup()), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				all = append(all, path)
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil // it may go while we look
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	sort.Sort(sort.Reverse(sort.StringSlice(all)))
	return all, nil
}

// podProcesses lists all processes of a node's pods.
func podProcesses(n number) ([]process.Process, error) {
	all, err := groups(n)
	if err != nil {
		return nil, err
	}
	seen := map[int]bool{}
	var found []process.Process
	for _, group := range all {
		content, err := os.ReadFile(filepath.Join(group, "cgroup.procs"))
		if err != nil {
			continue // it may go while we look
		}
		for _, field := range strings.Fields(string(content)) {
			pid, err := strconv.Atoi(field)
			if err != nil || pid == 0 || seen[pid] {
				continue
			}
			seen[pid] = true
			if p, err := process.Of(pid); err == nil {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

// removeCgroup removes the node's control groups. Its processes must have ended.
func removeCgroup(n number) error {
	all, err := groups(n)
	if err != nil {
		return err
	}
	var errs []error
	for _, group := range all {
		// The kernel may take a moment to notice that the last process is gone.
		err := os.Remove(group)
		for i := 0; i < 50 && err != nil && !errors.Is(err, fs.ErrNotExist); i++ {
			time.Sleep(20 * time.Millisecond)
			err = os.Remove(group)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
