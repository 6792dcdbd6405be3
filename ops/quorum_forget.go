package ops

import (
	"context"
	"fmt"
	"slices"
)

// forgetsControllers is 4.4-IV2, the first metadata.version with which Kafka forgets controllers
// (MetadataVersion.isControllerUnregistrationSupported).
const forgetsControllers = 33

// forgetControllers takes away the registrations of controllers that left. One that stays blocks
// the next metadata.version, if it did not know that (FeatureControlManager.reasonNotSupported);
// Kafka itself forgets none.
func (w *worker) forgetControllers(ctx context.Context, v Voters, report *QuorumReport) error {
	left := without(sorted(slices.Concat(report.Removed, v.Left)), v.IDs)
	if len(left) == 0 {
		return nil
	}
	var level int16
	if err := w.try(ctx, func(ctx context.Context) (err error) {
		level, err = w.MetadataVersion(ctx)
		return err
	}); err != nil {
		return err
	}
	if level < forgetsControllers {
		report.Registered = left
		return nil
	}
	for _, id := range left {
		if err := w.until(ctx, func(ctx context.Context) (string, error) {
			if gone, err := v.Gone(ctx, id); err != nil || !gone {
				return fmt.Sprintf("controller %d is to be forgotten and its pod is still there", id), err
			}
			return "", w.UnregisterController(ctx, id)
		}); err != nil {
			return err
		}
		report.Unregistered = append(report.Unregistered, id)
	}
	return nil
}

// Remarks say for people what is to be known of what was not done. No line: nothing.
func (r QuorumReport) Remarks() []string {
	if len(r.Registered) == 0 {
		return nil
	}
	return []string{"Kafka still has the registration of " + several("controller", r.Registered) + ", and forgets controllers only from metadata.version 4.4-IV2 on. " +
		"Until then none can be finalised that they did not know; if it comes to that, let them come back for one up with the new Kafka"}
}
