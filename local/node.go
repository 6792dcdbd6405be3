package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// nodeGrace is how long a node that is shut down gives its containers to end.
const nodeGrace = 60 * time.Second

// nodeDeeds is what can be done to a node of the local cluster, to see what Kafka and its
// clients make of it.
var nodeDeeds = map[string]func(*app, context.Context, cluster.Node) error{
	"stop": func(_ *app, ctx context.Context, n cluster.Node) error { return n.Stop(ctx, nodeGrace) },
	"kill": func(_ *app, ctx context.Context, n cluster.Node) error { return n.Stop(ctx, 0) },
	"cut":  func(_ *app, ctx context.Context, n cluster.Node) error { return n.Cut(ctx) },
	"join": func(_ *app, ctx context.Context, n cluster.Node) error { return n.Reconnect(ctx) },
	"start": func(a *app, ctx context.Context, _ cluster.Node) error {
		tools, ok := toolchain.Ready(a.home, a.repo)
		if !ok {
			return errors.New("the tools are not there: run make cluster-up")
		}
		return cluster.New(a.home, a.log).Up(ctx, tools.Kube, 1) // and all that exist
	},
}

// nodeDo stops, kills, cuts off or brings back one node.
func (a *app) nodeDo(ctx context.Context) error {
	local := cluster.New(a.home, a.log)
	count, err := local.Nodes()
	if err != nil {
		return err
	}
	var errs []error
	deed := nodeDeeds[a.deed]
	if deed == nil {
		errs = append(errs, fmt.Errorf("DO=%q: must be stop (shut down), kill (power cut), start, cut (pull the cable) or join (plug it in)", a.deed))
	}
	if a.node < 1 || a.node > count {
		errs = append(errs, fmt.Errorf("NODE=%d: must be 1 to %d, the nodes of the local cluster", a.node, count))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return deed(a, ctx, local.Node("", a.node))
}
