package ops

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// fills is how much of its volume a file system has at least. What is missing is for
// the file system itself: of ext4 about a 50th, and of the smallest xfs, 300 MB, 64 MB for its log
// (mkfs.xfs(8)). More exactly it cannot be said without knowing what made it, and a wait for what
// never comes would be worse than a small growth that is taken on Kubernetes' word.
const fills = 0.75

// AwaitVolumes returns when each of these brokers has a file system for its records that is as
// large as its volume has become, in bytes by node id. Kubernetes' own word is that the volume
// grew; this is that the broker can write to it. A file system that is more than its volume is
// right, too: a volume that is a folder has that of a disk. So is one that the broker does not
// know the size of.
//
// The error is that of ctx, with what is waited for, or what Kafka has answered with for two
// minutes.
func AwaitVolumes(ctx context.Context, admin Admin, volumes map[int32]int64, progress Progress) error {
	w := newWorker(admin, Pace{Poll: 2 * time.Second}, progress)
	return w.until(ctx, func(ctx context.Context) (string, error) {
		var waits []string
		for _, id := range slices.Sorted(maps.Keys(volumes)) {
			dirs, err := w.LogDirs(ctx, id)
			if err != nil {
				return "", err
			}
			for _, dir := range dirs {
				if dir.Total > 0 && float64(dir.Total) < fills*float64(volumes[id]) {
					waits = append(waits, fmt.Sprintf("broker %d has a file system of %s on a volume of %s; unless it grows now, restart its pod",
						id, placement.Bytes(dir.Total), placement.Bytes(volumes[id])))
				}
			}
		}
		return strings.Join(waits, "; "), nil
	})
}
