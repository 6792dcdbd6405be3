package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// streams are where a command writes: results to out, progress to err.
type streams struct{ out, err io.Writer }

// command is one of the words that may follow kafka-kraft.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, args []string, to streams) error
}

// commands are in the order in which help lists them.
func commands() []command {
	return []command{
		{"up", "make the cluster what the stack's configuration says", up},
		{"preview", "write what up would change, as Markdown; changes nothing", preview},
		{"scale", "change the number of brokers and controllers, in the configuration and in the cluster", scale},
		{"restart", "restart all nodes, or those of a role, one at a time", restart},
		{"drift", "tell what in the cluster is not as the last up left it; changes nothing", drift},
		{"status", "tell what is wrong, the stack's pods, who takes part in Kafka, lag and claims; -watch repeats it", status},
		{"smoke", "write records and read them back", smokeCheck},
		{"down", "destroy the stack; its records stay unless told otherwise", down},
		{"monitoring", "write the stack's alert rules and dashboards as files, for Prometheus and Grafana", monitoringFiles},
		{"help", "explain a command or a topic", help},
	}
}

func run(ctx context.Context, args []string, to streams) error {
	if len(args) == 0 {
		return help(ctx, nil, to)
	}
	name := args[0]
	if name == "-h" || name == "-help" || name == "--help" {
		name = "help"
	}
	all := commands()
	at := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if at < 0 {
		return fmt.Errorf("there is no command %q; the commands are %s", name, strings.Join(names(all), ", "))
	}
	return all[at].run(ctx, args[1:], to)
}

func names(all []command) []string {
	list := make([]string, len(all))
	for i, c := range all {
		list[i] = c.name
	}
	return list
}
