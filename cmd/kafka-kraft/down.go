package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// down destroys the stack. Its records stay, and so does what the next up finds them by,
// unless they shall be deleted.
func down(ctx context.Context, args []string, to streams) error {
	f := newFlags("down")
	records := f.String("records", "keep", "keep or delete the records, `what` they are bound to, and an empty namespace")
	root := f.String("node-root", "", "`folder` of this machine that is the root of the node with the shared volume, with -records delete; / if the node is this machine")
	f.check(func() error {
		if *records != "keep" && *records != "delete" {
			return fmt.Errorf("-records %q: must be keep or delete", *records)
		}
		return nil
	})
	return onExisting(ctx, f, args, to, func(_ *which, stack *automation.Stack) error {
		if *records == "keep" {
			if _, err := stack.Destroy(ctx); err != nil {
				return err
			}
			return tellRecords(ctx, stack, to)
		}
		return destroyWithRecords(ctx, stack, *root, to)
	})
}

// destroyWithRecords is told before it begins where a shared volume's records are.
func destroyWithRecords(ctx context.Context, stack *automation.Stack, root string, to streams) error {
	folder, err := sharedFolder(stack.Config(), root)
	if err != nil {
		return err
	}
	if _, err := stack.Destroy(ctx); err != nil {
		return err
	}
	if err := stack.DeleteRecords(ctx); err != nil {
		return err
	}
	if folder != "" {
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("deleting the records: %w", err)
		}
	}
	fmt.Fprintln(to.err, "The records are deleted.")
	return nil
}

// tellRecords says where the records are that stay.
func tellRecords(ctx context.Context, stack *automation.Stack, to streams) error {
	if stack.Config().Context == "" {
		fmt.Fprintf(to.err, "Stack %s is empty: there was nothing to take down.\n", stack.Name())
		return nil
	}
	where, err := stack.Records(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(to.err, "The records stay: %s. The next up goes on with them; down -records delete deletes them.\n", where)
	return nil
}

// sharedFolder is where the directory of a shared volume lies on this machine, so that it
// can be deleted; "" with a claim for every pod, which Kubernetes deletes.
func sharedFolder(c config.Config, root string) (string, error) {
	if c.Storage.Mode != config.Shared {
		return "", nil
	}
	path := filepath.Clean(c.Storage.HostPath)
	if root == "" {
		return "", fmt.Errorf("-records delete: records on a shared volume are in a directory of a node: run down without it and delete %s on the node, or name its root with -node-root", path)
	}
	top, below, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !ok || below == "" {
		return "", fmt.Errorf("-records delete: storage.hostPath %q: only a folder below a top one is deleted from here", path)
	}
	if info, err := os.Stat(filepath.Join(root, top)); err != nil || !info.IsDir() {
		return "", fmt.Errorf("-node-root %q: there is no folder %s in it, and storage.hostPath is %s", root, top, path)
	}
	return filepath.Join(root, path), nil
}
