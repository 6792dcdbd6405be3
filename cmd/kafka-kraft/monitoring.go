package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/kafka-kraft/kafka-kraft/monitoring"
)

// monitoringFiles writes the stack's alert rules and dashboards as files, for who has neither
// the Prometheus operator nor Grafana's sidecar. It reads the stack's file, and asks nobody.
func monitoringFiles(_ context.Context, args []string, to streams) error {
	var w which
	f := newFlags("monitoring")
	w.addFile(f)
	output := f.String("output", "kafka-monitoring", "`folder` for the files; made if it is not there")
	if err := f.read(args, to); err != nil {
		return err
	}
	file := w.file(w.folder)
	config, err := configurationOf(file)
	if err != nil {
		return err
	}
	if config == nil {
		return fmt.Errorf("-stack %s: there is no %s; -dir names the folder with it", w.stack, file)
	}
	if err := config.Validate(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	cluster := monitoring.Cluster{Plan: config.Plan(), Stopped: config.Stopped}
	files, err := cluster.Files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*output, 0o755); err != nil { //nolint:gosec // to be read by all
		return fmt.Errorf("-output: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(*output, name), files[name], 0o644); err != nil { //nolint:gosec // to be read by all
			return fmt.Errorf("-output: %w", err)
		}
		fmt.Fprintln(to.out, filepath.Join(*output, name))
	}
	return nil
}
