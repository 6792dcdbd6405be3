package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

// state is all that status tells.
type state struct {
	Outputs stacks.Outputs     `json:"outputs"`
	Pods    []automation.Pod   `json:"pods"`
	Claims  []automation.Claim `json:"claims"`
	// Members is nil if Kafka does not tell, and Unknown says why.
	Members *automation.Members `json:"members,omitempty"`
	Unknown string              `json:"unknown,omitempty"`
}

// status tells the stack's outputs, its pods and claims, and who takes part in Kafka.
func status(ctx context.Context, args []string, to streams) error {
	f := newFlags("status")
	form := f.String("output", "text", "`text` or json")
	f.check(func() error {
		if *form != "text" && *form != "json" {
			return fmt.Errorf("-output %q: must be text or json", *form)
		}
		return nil
	})
	return onExisting(ctx, f, args, to, func(w *which, stack *automation.Stack) error {
		found, err := stateOf(ctx, stack)
		if errors.Is(err, automation.ErrNotFound) && *form == "text" {
			fmt.Fprintf(to.out, "Stack %s is not up.\n", w.stack)
			return nil
		}
		if err != nil {
			return err
		}
		if *form == "json" {
			pretty := json.NewEncoder(to.out)
			pretty.SetIndent("", "  ")
			return pretty.Encode(found)
		}
		fmt.Fprintf(to.out, "Stack %s, context %s\n\n", w.stack, stack.Config().Context)
		return writeStatus(to.out, found)
	})
}

// stateOf asks for all of it. That Kafka does not answer is part of the answer.
func stateOf(ctx context.Context, stack *automation.Stack) (state, error) {
	var found state
	var err error
	if found.Outputs, err = stack.Outputs(ctx); err != nil {
		return found, err
	}
	if found.Pods, err = stack.Pods(ctx); err != nil {
		return found, err
	}
	if found.Claims, err = stack.Claims(ctx); err != nil {
		return found, err
	}
	if len(found.Pods) == 0 {
		found.Unknown = "no pod runs"
		return found, nil
	}
	members, err := stack.Members(ctx)
	switch {
	case errors.Is(err, automation.ErrCanceled):
		return found, err
	case err != nil:
		found.Unknown = words(err)
	default:
		found.Members = &members
	}
	return found, nil
}

func writeStatus(out io.Writer, s state) error {
	o := s.Outputs
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
	if len(s.Pods) == 0 {
		fmt.Fprintln(out, "\nNo pod runs.")
	} else {
		fmt.Fprintln(table, "\nPOD\tROLES\tNODE\tRESTARTS\tREADY")
	}
	for _, pod := range s.Pods {
		ready := "yes"
		if !pod.Ready {
			ready = "no: " + pod.Why
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", pod.Name, pod.Role, pod.Node, pod.Restarts, ready)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if err := writeMembers(table, s); err != nil {
		return err
	}
	if len(s.Claims) > 0 {
		fmt.Fprintln(table, "\nCLAIM\tSIZE\tPHASE")
	}
	for _, claim := range s.Claims {
		size := claim.Size
		if size != claim.Wanted {
			size = fmt.Sprintf("%s, wants %s", cmp.Or(size, "none"), claim.Wanted)
		}
		phase := claim.Phase
		if claim.Spare {
			phase += ", of a member that has left"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", claim.Name, size, phase)
	}
	return table.Flush()
}

// writeMembers tells who takes part in Kafka.
func writeMembers(table *tabwriter.Writer, s state) error {
	if s.Members == nil {
		if len(s.Pods) > 0 {
			fmt.Fprintf(table, "\nWho takes part in Kafka is not known: %s\n", s.Unknown)
		}
		return table.Flush()
	}
	fmt.Fprintln(table, "\nBROKER\tPOD\tSTATE\tREPLICAS\tLEADS\tON DISK\tRACK")
	for _, b := range s.Members.Brokers {
		size := "?"
		if b.Bytes >= 0 {
			size = placement.Bytes(b.Bytes)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%d\t%d\t%s\t%s\n", b.ID, cmp.Or(b.Pod, "-"), b, b.Replicas, b.Leads, size, cmp.Or(b.Rack, "-"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(table, "\nCONTROLLER\tPOD\tSTATE")
	for _, c := range s.Members.Controllers {
		fmt.Fprintf(table, "%d\t%s\t%s\n", c.ID, cmp.Or(c.Pod, "-"), c)
	}
	fmt.Fprintf(table, "\nmetadata.version %d", s.Members.MetadataVersion)
	if s.Members.Moving > 0 {
		fmt.Fprintf(table, "; partitions on their way to other brokers: %d", s.Members.Moving)
	}
	fmt.Fprintln(table)
	return table.Flush()
}
