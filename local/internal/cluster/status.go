package cluster

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/docker"
	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// missing lists the daemons that should run and do not, or do so with another program,
// arguments or files than they should.
func (c *Cluster) missing(all []number) []process.Daemon {
	var list []process.Daemon
	for _, d := range c.daemons(all) {
		if !d.Current() {
			list = append(list, d)
		}
	}
	return list
}

func (c *Cluster) daemons(all []number) []process.Daemon {
	list := c.plan.controlPlane()
	for _, n := range all {
		list = append(list, c.plan.containerd(n), c.plan.kubelet(n), c.plan.kubeProxy(n))
	}
	return list
}

// Status says what runs, as a table for people. It changes nothing.
func (c *Cluster) Status(ctx context.Context) (string, error) {
	if os.Geteuid() != 0 {
		return "the local cluster belongs to root: sudo -E make status tells about it\n", nil
	}
	p := c.plan
	all, err := p.nodes()
	if err != nil {
		return "", err
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	running, total := 0, int64(0)
	line := func(where, name string, found process.Process, ok bool) {
		if !ok {
			fmt.Fprintf(table, "%s\t%s\tstopped\t\t\t\n", where, name)
			return
		}
		running++
		memory := found.Memory()
		total += memory
		fmt.Fprintf(table, "%s\t%s\trunning\t%s\t%d MiB\t%d\n", where, name, found.Since().Round(time.Second), memory>>20, found.PID)
	}
	fmt.Fprintln(table, "WHERE\tWHAT\tSTATE\tSINCE\tMEMORY\tPROCESS")
	if engine, found := docker.Find(ctx, c.docker()); found && !engine.Ours {
		fmt.Fprintf(table, "host\tdocker engine\tyours (%s)\t\t\t\n", engine.Version)
	} else {
		found, ok := docker.Running(c.docker())
		line("host", "docker engine", found, ok)
	}
	for _, d := range p.controlPlane() {
		found, ok := d.Running()
		line("host", d.Name, found, ok)
	}
	for _, n := range all {
		for _, d := range []process.Daemon{p.containerd(n), p.kubelet(n), p.kubeProxy(n)} {
			found, ok := d.Running()
			line(n.name(), d.Name, found, ok)
		}
	}
	if err := table.Flush(); err != nil {
		return "", err
	}
	if running == 0 {
		return text.String() + "\nThe local cluster is stopped.\n", nil
	}
	fmt.Fprintf(&text, "%d MiB in all, pods not counted\n\n", total>>20)
	text.WriteString(c.nodesStatus(ctx))
	return text.String(), nil
}

// nodesStatus is what the API server says about the nodes.
func (c *Cluster) nodesStatus(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	a, err := c.plan.api()
	if err != nil {
		return fmt.Sprintf("API server: %v\n", err)
	}
	if err := a.ready(ctx); err != nil {
		return fmt.Sprintf("API server https://%s does not answer: %v\n", loopback(apiPort), err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "API server https://%s is ready; context %s, registry %s\n", loopback(apiPort), ContextName, Registry)
	var list struct{ Items []nodeStatus }
	if err := a.get(ctx, "/api/v1/nodes", &list); err != nil {
		return text.String() + err.Error() + "\n"
	}
	for _, n := range list.Items {
		state := "ready"
		if ready, why := n.ready(time.Time{}); !ready {
			state = "not ready: " + why
		}
		fmt.Fprintf(&text, "node %s is %s\n", n.Metadata.Name, state)
	}
	return text.String()
}
