package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

// status tells the stack's outputs and which of its pods are ready.
func status(ctx context.Context, args []string, to streams) error {
	return onExisting(ctx, newFlags("status"), args, to, func(w *which, stack *automation.Stack) error {
		outputs, err := stack.Outputs(ctx)
		if errors.Is(err, automation.ErrNotFound) {
			fmt.Fprintf(to.out, "Stack %s is not up.\n", w.stack)
			return nil
		}
		if err != nil {
			return err
		}
		pods, err := stack.Pods(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(to.out, "Stack %s, context %s\n\n", w.stack, stack.Config().Context)
		return writeStatus(to.out, outputs, pods)
	})
}

func writeStatus(out io.Writer, o stacks.Outputs, pods []automation.Pod) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{stacks.OutputBootstrapServers, o.BootstrapServers},
		{stacks.OutputExternalBootstrapServers, o.ExternalBootstrapServers},
		{stacks.OutputClusterID, o.ClusterID},
		{stacks.OutputNamespace, o.Namespace},
		{stacks.OutputTopology, string(o.Topology)},
		{stacks.OutputKafkaVersion, o.KafkaVersion},
		{stacks.OutputImage, o.Image},
	} {
		if row[1] != "" {
			fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(pods) == 0 {
		fmt.Fprintln(out, "\nNo pod runs.")
		return nil
	}
	fmt.Fprintln(out)
	fmt.Fprintln(table, "POD\tROLES\tNODE\tRESTARTS\tREADY")
	for _, pod := range pods {
		ready := "yes"
		if !pod.Ready {
			ready = "no: " + pod.Why
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", pod.Name, pod.Role, pod.Node, pod.Restarts, ready)
	}
	return table.Flush()
}
