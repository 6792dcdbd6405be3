package ops

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// disks are brokers of whom only their file systems are asked, by id, in bytes.
type disks struct {
	Admin
	mutex sync.Mutex
	total map[int32]int64
}

func (d *disks) LogDirs(_ context.Context, id int32) ([]LogDir, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	total, answers := d.total[id]
	if !answers {
		return nil, errors.New("unknown broker")
	}
	return []LogDir{{Path: "/data", Total: total}}, nil
}

// later lets a file system have another size while it is waited for.
func (d *disks) later(after time.Duration, id int32, total int64) {
	time.AfterFunc(after, func() {
		d.mutex.Lock()
		defer d.mutex.Unlock()
		d.total[id] = total
	})
}

func TestAwaitVolumes(t *testing.T) {
	t.Parallel()
	const gib = 1 << 30
	for name, c := range map[string]struct {
		total  int64
		volume int64
		waits  string // "" if it is large enough
	}{
		"ext4":                  {9_800 << 20, 10 * gib, ""},
		"smallest xfs":          {236 << 20, 300 << 20, ""},
		"a folder":              {900 * gib, 10 * gib, ""},
		"not known":             {-1, 10 * gib, ""},
		"has not grown":         {5 * gib, 10 * gib, "broker 4 has a file system of 5.0 GiB on a volume of 10.0 GiB; unless it grows now, restart its pod: context deadline exceeded"},
		"larger than any known": {1 << 62, 1 << 62, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				err := AwaitVolumes(ctx, &disks{total: map[int32]int64{4: c.total}}, map[int32]int64{4: c.volume}, nil)
				if c.waits == "" {
					require.NoError(t, err)
					return
				}
				require.EqualError(t, err, c.waits)
			})
		})
	}
}

// All of them are waited for, and one that restarts is no error.
func TestAwaitVolumesOfAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		brokers := &disks{total: map[int32]int64{0: 20, 1: 10}}
		brokers.later(10*time.Second, 2, 10)
		// Between two looks, so that none falls between the two.
		brokers.later(19*time.Second, 1, 19)
		brokers.later(19*time.Second, 2, 19)
		begun := time.Now()
		var said []string
		err := AwaitVolumes(t.Context(), brokers, map[int32]int64{0: 20, 1: 20, 2: 20}, func(line string) { said = append(said, line) })
		require.NoError(t, err)
		assert.InDelta(t, 21, time.Since(begun).Seconds(), 1)
		assert.Len(t, said, 2)
		assert.Contains(t, said[0], "unknown broker")
		assert.Contains(t, said[1], "broker 1 has a file system of 10 B on a volume of 20 B; unless it grows now, restart its pod; broker 2 has")

		delete(brokers.total, 0)
		err = AwaitVolumes(t.Context(), brokers, map[int32]int64{0: 20}, nil)
		require.EqualError(t, err, "for 2m0s: unknown broker")
	})
}

// The folders of one file system each have all of its room, and together no more.
func TestOneVolumeHasItsRoomOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		emptied, filled := four(), newFake(5)
		for i := range int32(12) {
			filled.add("orders", i, i%3, (i+1)%3, (i+2)%3)
		}
		for _, f := range []*fake{emptied, filled} {
			for _, b := range f.brokers {
				b.free = 10 << 20 // of replicas of 1 MiB, 19 and 14 are to be copied
			}
		}
		e, m := tail(0), members(placement.New, 0, 1, 2, 3, 4)
		for _, one := range []bool{false, true} {
			e.OneVolume, m.OneVolume = one, one
			emptying, errEmptying := PlanEvacuation(t.Context(), emptied, e)
			filling, errFilling := PlanMembership(t.Context(), filled, m)
			if one {
				require.ErrorContains(t, errEmptying, "needs 1.2 MiB, and the one volume of all brokers has ")
				require.ErrorContains(t, errFilling, "broker 4 has room for ")
				continue
			}
			require.NoError(t, errors.Join(errEmptying, errFilling))
			assert.Equal(t, []int{19, 9}, []int{len(emptying.Moves), len(filling.Moves)})
		}
	})
}
