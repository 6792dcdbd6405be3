package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// down destroys the stack. Its records stay, and so does what the next up finds them by:
// it lies with them in the cluster. With RECORDS=delete all of that goes.
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
	r := a.remains(ctx, p)
	if err := a.log.Step("pulumi destroy --stack "+a.stack, func() error {
		return p.show(ctx, "destroy", "--yes", "--skip-preview")
	}); err != nil {
		return err
	}
	if a.records == "keep" {
		a.log.Say("the records stay: %s; the next make up goes on with them, make down RECORDS=delete deletes them", r.where(ctx))
		return nil
	}
	if err := a.log.Step("deleting the records", func() error { return r.remove(ctx) }); err != nil {
		return err
	}
	if folder == "" {
		return nil
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("deleting the records: %w", err)
	}
	a.log.Say("records deleted: %s", folder)
	return nil
}

// recordsFolder is where the stack's shared volume lies on this machine. It is only
// needed, and only known, when records shall be deleted from the local cluster; records
// in claims go with these.
func (a *app) recordsFolder(ctx context.Context, p pulumi) (string, error) {
	if a.records == "keep" || p.config(ctx, "storage.mode") == string(config.PerPod) {
		return "", nil
	}
	path := p.config(ctx, "storage.hostPath")
	if path == "" {
		path = config.Default().Storage.HostPath
	}
	if a.context != "" {
		return "", fmt.Errorf("RECORDS=delete: a shared volume's only in the local cluster; in context %q run make down and delete %s on its node", a.context, path)
	}
	below, ok := strings.CutPrefix(filepath.Clean(path), "/mnt/")
	if !ok || below == "" {
		return "", fmt.Errorf("RECORDS=delete: storage.hostPath=%q: only a folder below /mnt can be deleted from here", path)
	}
	return filepath.Join(a.home.Volumes(), "mnt", below), nil
}
