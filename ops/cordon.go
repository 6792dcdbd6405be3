package ops

import (
	"context"
	"fmt"
	"slices"
)

// A cordoned directory gets no new replicas from the controllers (KIP-1066), but a reassignment
// by hand still goes there: ReplicationControlManager.validateManualPartitionAssignment asks
// only whether the broker is registered. The key lives in the metadata log under the broker's
// id and outlives its registration, so a later broker of that id would come up cordoned.
const (
	cordonKey = "cordoned.log.dirs"
	// all is ours. Somebody who cordons a directory by hand names it.
	all = "*"
	// minMetadataVersion is 4.3-IV0, the first with cordons (MetadataVersion.IBP_4_3_IV0).
	minMetadataVersion = 30
)

// cordoned reports whether a broker has our cordon.
func (s world) cordoned(id int32) bool { return s.dynamic[id][cordonKey] == all }

// cordon sets our cordon, or takes it away, and waits until the broker itself says so.
func (w *worker) cordon(ctx context.Context, broker int32, on bool) error {
	value := ""
	if on {
		value = all
	}
	if err := w.try(ctx, func(ctx context.Context) error {
		return w.AlterBroker(ctx, broker, map[string]string{cordonKey: value})
	}); err != nil {
		return err
	}
	return w.until(ctx, func(ctx context.Context) (string, error) {
		dirs, err := w.LogDirs(ctx, broker)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(dirs, func(d LogDir) bool { return d.Cordoned != on }) {
			return fmt.Sprintf("broker %d has yet to act on %s", broker, cordonKey), nil
		}
		return "", nil
	})
}
