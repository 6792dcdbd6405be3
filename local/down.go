package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// down destroys the stack. Its records stay, and so that the next up finds them,
// their cluster id is kept in the stack's configuration; with RECORDS=delete both go.
func (a *app) down(ctx context.Context) error {
	tools, ok := toolchain.Ready(a.home, a.repo)
	if !ok {
		return errors.New("the tools are not there, so nothing was started by them: nothing to take down")
	}
	p := pulumi{app: a, tools: tools}
	if a.context == "" && p.config(ctx, "context") != localContext {
		return fmt.Errorf("stack %s is for context %q: run make down CONTEXT=%s", a.stack, p.config(ctx, "context"), p.config(ctx, "context"))
	}
	folder, err := a.recordsFolder(ctx, p)
	if err != nil {
		return err
	}
	if id, err := p.ask(ctx, "stack", "output", "clusterId"); err == nil && id != "" && a.records == "keep" {
		if err := p.set(ctx, "clusterId", id); err != nil {
			return err
		}
		a.log.Say("the cluster id %s is kept in Pulumi.%s.yaml (clusterId), so that the next up finds the records", id, a.stack)
	}
	if err := a.log.Step("pulumi destroy --stack "+a.stack, func() error {
		return p.show(ctx, "destroy", "--yes", "--skip-preview")
	}); err != nil {
		return err
	}
	if a.records == "keep" {
		return nil
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("deleting the records: %w", err)
	}
	a.log.Say("records deleted: %s", folder)
	if p.config(ctx, "clusterId") == "" {
		return nil
	}
	_, err = p.ask(ctx, "config", "rm", "clusterId")
	return err
}

// recordsFolder is where the stack's shared volume lies on this machine. It is only
// needed, and only known, when records shall be deleted from the local cluster.
func (a *app) recordsFolder(ctx context.Context, p pulumi) (string, error) {
	if a.records == "keep" {
		return "", nil
	}
	if a.context != "" {
		return "", fmt.Errorf("RECORDS=delete: only for the local cluster; in context %q delete the volume's folder on its node", a.context)
	}
	path, err := p.ask(ctx, "config", "get", "--path", "storage.hostPath")
	if err != nil {
		return "", fmt.Errorf("RECORDS=delete: stack %s has no storage.hostPath: %w", a.stack, err)
	}
	below, ok := strings.CutPrefix(filepath.Clean(path), "/mnt/")
	if !ok || below == "" {
		return "", fmt.Errorf("RECORDS=delete: storage.hostPath=%q: only a folder below /mnt can be deleted from here", path)
	}
	return filepath.Join(a.home.Volumes(), "mnt", below), nil
}
