package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// clusterUp starts the local cluster and all that the tests need.
func (a *app) clusterUp(ctx context.Context, f *flags) error {
	nodes := f.nodes()
	if err := f.read(); err != nil {
		return err
	}
	_, err := a.prepare(ctx, *nodes)
	return err
}

// clusterDown stops the local cluster and keeps everything it holds.
func (a *app) clusterDown(ctx context.Context, f *flags) error {
	if err := f.read(); err != nil {
		return err
	}
	return cluster.New(a.home, a.log).Down(ctx)
}

// purge removes all that the local cluster made, records included, and with them
// Pulumi's state, which would speak of things that are gone. It refuses while the state
// of another cluster's stack lies there: nobody else knows what that one has. The tools
// stay in the cache: they are no one's data, and making them again takes long.
func (a *app) purge(ctx context.Context, f *flags) error {
	yes := f.String("yes", "", "1 to go ahead")
	if err := f.read(func() error { return a.mayPurge(*yes) }); err != nil {
		return err
	}
	if err := cluster.New(a.home, a.log).Purge(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(a.home.Data); err != nil {
		return err
	}
	a.log.Say("removed; the tools stay in %s, delete that folder to be rid of them too; kernel settings that kubelet changed (vm.overcommit_memory, kernel.panic and the like) are as before after a reboot", a.home.Cache)
	return nil
}

// mayPurge refuses a purge that nobody meant.
func (a *app) mayPurge(yes string) error {
	if yes != "1" {
		return fmt.Errorf("make purge deletes the local cluster with all records in %s and Pulumi's state: run make purge YES=1 if that is what you want", a.home.Data)
	}
	elsewhere, err := stacksElsewhere(a.home.PulumiState())
	if err != nil {
		return err
	}
	if len(elsewhere) > 0 {
		return fmt.Errorf("the state of Pulumi in %s is also that of stacks in other clusters: %s; destroy them first (make down CONTEXT=…, then pulumi stack rm), or move their state to another backend (pulumi stack export)",
			a.home.PulumiState(), strings.Join(elsewhere, ", "))
	}
	return nil
}

// status tells what runs here, and then what the stack says of itself.
func (a *app) status(ctx context.Context, f *flags) error {
	stack, watch := f.stack(), f.Bool("watch", false, "look at the stack again and again, until Ctrl-C")
	a.contextFlag(f)
	if err := f.read(); err != nil {
		return err
	}
	_, ready := toolchain.Ready(a.home, a.repo)
	if ready {
		fmt.Printf("tools      ready in %s\n", a.home.Cache)
	} else {
		fmt.Println("tools      not complete: make up makes them ready")
	}
	fmt.Printf("records    %s\nstate      %s\nkubeconfig %s\n\n", a.home.Volumes(), a.home.PulumiState(), a.home.Kubeconfig())
	runs := a.context != ""
	if !runs {
		var text string
		var err error
		if text, runs, err = cluster.New(a.home, a.log).Status(); err != nil {
			return err
		}
		fmt.Println(text)
	}
	if !runs || !ready {
		return nil
	}
	args := []string{"status", "-stack", *stack}
	if *watch {
		args = append(args, "-watch")
	}
	return a.existing(ctx, args...)
}

// nodeGrace is how long a node that is shut down gives its containers to end.
const nodeGrace = 60 * time.Second

// node stops, kills, cuts off or brings back one node, to see what Kafka and its clients
// make of it.
func (a *app) node(ctx context.Context, f *flags) error {
	number, do := f.Int("node", 0, "number of a node of the local cluster"), f.String("do", "", "stop, kill, start, cut or join")
	if err := f.read(func() error {
		if !slices.Contains([]string{"stop", "kill", "start", "cut", "join"}, *do) {
			return fmt.Errorf("DO=%q: must be stop (shut down), kill (power cut), start, cut (pull the cable) or join (plug it in)", *do)
		}
		return nil
	}); err != nil {
		return err
	}
	local := cluster.New(a.home, a.log)
	count, err := local.Nodes()
	if err != nil {
		return err
	}
	if *number < 1 || *number > count {
		return fmt.Errorf("NODE=%d: must be 1 to %d, the nodes of the local cluster", *number, count)
	}
	n := local.Node("", *number)
	switch *do {
	case "stop":
		return n.Stop(ctx, nodeGrace)
	case "kill":
		return n.Stop(ctx, 0)
	case "cut":
		return n.Cut(ctx)
	case "join":
		return n.Reconnect(ctx)
	}
	tools, err := a.ready()
	if err != nil {
		return err
	}
	return local.Up(ctx, tools.Kube, 1) // and all that exist
}
