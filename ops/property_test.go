package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Whatever the cluster, whoever is dead and wherever a call was cut off: an evacuation is refused
// with nothing begun, or it ends with the brokers empty and nothing left behind.
func TestEvacuateProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		f := newFake(rapid.IntRange(3, 7).Draw(r, "brokers"))
		var ids []int32
		for id, b := range f.brokers {
			ids = append(ids, id)
			b.rack = fmt.Sprint(id % 3)
		}
		slices.Sort(ids)
		for i := range int32(rapid.IntRange(0, 20).Draw(r, "partitions")) {
			f.add(fmt.Sprintf("topic%d", i%3), i, rapid.Permutation(ids).Draw(r, "replicas")[:3]...)
		}
		if rapid.IntRange(0, 3).Draw(r, "one dead") == 0 {
			f.fence(rapid.SampledFrom(ids).Draw(r, "dead"))
		}
		first := Evacuation{Range: pool, Keep: subset(r, ids, "first"), Pace: Pace{Throttle: rapid.Int64Range(0, 1).Draw(r, "throttle")}}
		then := first
		then.Keep = subset(r, ids, "then")
		at := rapid.IntRange(1, 150).Draw(r, "at")
		how := rapid.SampledFrom([]cut{before, after, killed}).Draw(r, "how")
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancelCause(t.Context())
			cutOff(f, at, how, stop)
			_, err := Evacuate(ctx, f, first, nil)
			stop(nil)
			f.again()
			var refusal *Refusal
			if err != nil && how != killed && !errors.As(err, &refusal) {
				require.ErrorIs(t, err, errStopped)
			}
			f.whole(t)

			limit, end := context.WithTimeout(t.Context(), time.Hour)
			defer end()
			_, err = Evacuate(limit, f, then, nil)
			leaving := without(ids, then.Keep)
			if errors.As(err, &refusal) {
				f.whole(t)
				return
			}
			require.NoError(t, err, "%v leave", leaving)
			f.clean(t, leaving...)
			f.bare(t, leaving...)
		})
		if t.Failed() {
			r.FailNow()
		}
	})
}

func subset(r *rapid.T, ids []int32, label string) []int32 {
	return slices.DeleteFunc(slices.Clone(ids), func(int32) bool { return rapid.IntRange(0, 2).Draw(r, label) == 0 })
}
