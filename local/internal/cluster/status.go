package cluster

import (
	"fmt"
	"os"
	"strings"

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

// Status says what runs, as a table for people, and whether all of it does. It changes
// nothing.
func (c *Cluster) Status() (text string, runs bool, err error) {
	if os.Geteuid() != 0 {
		return "the local cluster belongs to root: sudo -E make status tells about it\n", false, nil
	}
	all, err := c.plan.nodes()
	if err != nil {
		return "", false, err
	}
	var table strings.Builder
	runs = len(all) > 0
	for _, d := range append([]process.Daemon{c.docker().Daemon()}, c.daemons(all)...) {
		state := "stopped"
		if p, ok := d.Running(); ok {
			state = fmt.Sprintf("running as process %d", p.PID)
		} else {
			runs = runs && d.Name == docker.Name // the engine may be the machine's own
		}
		fmt.Fprintf(&table, "%-24s %s, log %s\n", d.Name, state, d.LogFile())
	}
	return table.String(), runs, nil
}
