package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

var pool = Range{First: 0, End: 1000}

// four is four brokers with 24 partitions of three replicas each, and the internal topic of
// consumers.
func four() *fake {
	f := newFake(4)
	for i := range int32(24) {
		f.add("orders", i, i%4, (i+1)%4, (i+2)%4)
	}
	f.add("__consumer_offsets", 0, 3, 0, 1)
	return f
}

func tail(throttle int64) Evacuation {
	return Evacuation{Range: pool, Keep: []int32{0, 1, 2}, Pace: Pace{Throttle: throttle, Concurrency: 4, Poll: 500 * time.Millisecond}}
}

// clean holds a cluster against what is true after every call that came to its end.
func (f *fake) clean(t *testing.T, cordoned ...int32) {
	t.Helper()
	for id, b := range f.brokers {
		if !b.fenced {
			assert.Equal(t, slices.Contains(cordoned, id), b.dynamic[cordonKey] != "", "cordon of broker %d", id)
		}
	}
	f.unthrottled(t)
	for key, p := range f.partitions {
		assert.Empty(t, slices.Concat(p.adding, p.removing), "reassignment of %s", key)
	}
	f.whole(t)
}

// unthrottled asserts that nothing is throttled.
func (f *fake) unthrottled(t *testing.T) {
	t.Helper()
	for id, b := range f.brokers {
		assert.False(t, anySet(b.dynamic, rateKeys), "throttle of broker %d", id)
	}
	for topic, values := range f.topics {
		assert.False(t, anySet(values, listKeys), "throttle of topic %s", topic)
	}
}

// whole is what is true at any time.
func (f *fake) whole(t *testing.T) {
	t.Helper()
	for key, p := range f.partitions {
		original := without(p.replicas, p.adding)
		assert.Len(t, original, 3, "replicas of %s", key)
		assert.Len(t, sorted(p.replicas), len(p.replicas), "%s: no broker twice", key)
		assert.NotEmpty(t, p.isr, "%s is lost", key)
	}
}

// bare asserts that a broker holds nothing.
func (f *fake) bare(t *testing.T, ids ...int32) {
	t.Helper()
	for key, p := range f.partitions {
		assert.False(t, meet(p.replicas, ids), "%s is on %v: %v", key, ids, p.replicas)
	}
	for _, id := range ids {
		if !f.brokers[id].fenced {
			assert.Empty(t, f.brokers[id].disk, "volume of %d", id)
		}
	}
}

func TestEvacuate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		var said []string
		report, err := Evacuate(t.Context(), f, tail(1<<20), func(line string) { said = append(said, line) })
		require.NoError(t, err)
		assert.Equal(t, EvacuationReport{Leaving: []int32{3}, Cordoned: []int32{3}, Moved: 19, Bytes: 19 << 20}, report)
		f.clean(t, 3)
		f.bare(t, 3)
		assert.Contains(t, said, "broker 3: 4 of 19 partitions moved, 4.0 MiB of 19.0 MiB")
		assert.Equal(t, []string{"1048576", "1048576", "1048576", "1048576"}, f.rates, "all four brokers send or take")

		f.again()
		before := len(f.log)
		report, err = Evacuate(t.Context(), f, tail(1<<20), nil)
		require.NoError(t, err)
		assert.Equal(t, EvacuationReport{Leaving: []int32{3}}, report, "done is done")
		assert.Len(t, f.log, before, "and nothing is told to Kafka: %v", f.log[before:])
	})
}

// Four at a time, and never more.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		most := 0
		f.before = func(int, string) error {
			running := 0
			for _, p := range f.partitions {
				if len(p.adding) > 0 {
					running++
				}
			}
			most = max(most, running)
			return nil
		}
		_, err := Evacuate(t.Context(), f, tail(0), nil)
		require.NoError(t, err)
		assert.Equal(t, 4, most)
		assert.Empty(t, f.rates, "no throttle was wished")
	})
}

// cut is how a call comes to its end at one of its requests.
type cut int

const (
	before cut = iota // told to stop, and the request is not carried out
	after             // told to stop, and it is
	killed            // nothing more reaches Kafka, the last words neither
)

// cutOff cuts a call off at one of its requests.
func cutOff(f *fake, at int, how cut, stop context.CancelCauseFunc) {
	f.before = func(call int, _ string) error {
		if how == after {
			call--
		}
		if call == at || how == killed && call > at {
			stop(errStopped)
			return context.Canceled
		}
		return nil
	}
}

var errStopped = errors.New("interrupted")

// Every call is cut off once at each of its requests, in each way, and then called again: to the
// end, or with the configuration set back.
func TestEvacuateCancelMatrix(t *testing.T) {
	t.Parallel()
	for title, next := range map[string]struct {
		keep     []int32
		throttle int64
	}{
		"again":                           {[]int32{0, 1, 2}, 1 << 20},
		"again, without a throttle":       {[]int32{0, 1, 2}, 0},
		"set back":                        {[]int32{0, 1, 2, 3}, 0},
		"another one":                     {[]int32{0, 1, 3}, 1 << 20},
		"another one, without a throttle": {[]int32{0, 1, 3}, 0},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			everyStep(t, 80, func(t *testing.T, at int, how cut) bool {
				f := four()
				for i := range int32(12) { // the rest is more of the same
					delete(f.partitions, name("orders", i))
				}
				ctx, stop := context.WithCancelCause(t.Context())
				defer stop(nil)
				cutOff(f, at, how, stop)
				_, err := Evacuate(ctx, f, tail(1<<20), nil)
				ended := err == nil
				if !ended && how != killed { // the last words can fail, too
					require.ErrorIs(t, err, errStopped)
				}
				f.again()
				f.whole(t)
				if how != killed {
					f.unthrottled(t)
				}
				e := tail(next.throttle)
				e.Keep = next.keep
				_, err = Evacuate(t.Context(), f, e, nil)
				require.NoError(t, err)
				leaving := without([]int32{0, 1, 2, 3}, next.keep)
				f.clean(t, leaving...)
				f.bare(t, leaving...)
				return ended
			})
		})
	}
}

// everyStep runs a case with every number from 1 on, in each way of being cut off, until it
// comes to its end before that. There must be as many as least.
func everyStep(t *testing.T, least int, run func(t *testing.T, at int, how cut) (ended bool)) {
	t.Helper()
	for _, how := range []cut{before, after, killed} {
		at, ended := 0, false
		for !ended && !t.Failed() {
			at++
			synctest.Test(t, func(t *testing.T) { ended = run(t, at, how) })
		}
		if t.Failed() {
			t.Logf("at request %d, way %d", at, how)
		}
		assert.Greater(t, at, least, "every step of it")
	}
}

// The context ends while it waits, not at a call.
func TestEvacuateCancelledInAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		ctx, stop := context.WithCancelCause(t.Context())
		report, err := Evacuate(ctx, f, tail(1<<20), func(line string) {
			if line == "broker 3: 8 of 19 partitions moved, 8.0 MiB of 19.0 MiB" {
				stop(errStopped)
			}
		})
		require.ErrorIs(t, err, errStopped)
		assert.Equal(t, []string{"broker 3: no more replicas", "8 partitions moved, 8.0 MiB copied"}, report.Lines(), "how far it came")
		assert.Contains(t, err.Error(), "broker 3: 8 of 19 partitions moved")
		f.unthrottled(t)
	})
}

// Every call fails once for a reason that passes, and nobody notices.
func TestEvacuateThroughTrouble(t *testing.T) {
	t.Parallel()
	for at := 1; at < 200; at += 7 {
		synctest.Test(t, func(t *testing.T) {
			f := four()
			f.before = func(call int, _ string) error {
				if call >= at && call < at+3 {
					return fmt.Errorf("some call: %w", kerr.NotController)
				}
				return nil
			}
			_, err := Evacuate(t.Context(), f, tail(1<<20), nil)
			require.NoError(t, err)
			f.clean(t, 3)
			f.bare(t, 3)
		})
	}
}

// A failure that does not pass ends the call, and so does one that lasts; the throttle goes.
func TestEvacuateFails(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{"denied": kerr.ClusterAuthorizationFailed, "away": errors.New("no route")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := four()
				f.before = func(_ int, what string) error {
					if what == "reassign" {
						return failure
					}
					return nil
				}
				_, err := Evacuate(t.Context(), f, tail(1<<20), nil)
				require.ErrorIs(t, err, failure)
				f.clean(t, 3)
			})
		})
	}
}

func TestEvacuateRefusesWithAllReasons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		f.version = 29
		f.partitions["orders-1"].size = 1 << 45 // no room
		f.add("four", 0, 0, 1, 2, 3)
		lost := f.add("lost", 0, 3, 1, 0)
		f.fence(2)
		lost.leader = -1
		f.add("foreign", 0, 0, 1, 2)
		require.NoError(t, f.reassign(Assignment{Topic: "foreign", Replicas: []int32{0, 1, 3}}))
		f.partitions["foreign-0"].steps = 1000
		f.topics["lost"][listKeys[0]] = "*"

		_, err := Evacuate(t.Context(), f, tail(1), nil)
		var refusal *Refusal
		require.ErrorAs(t, err, &refusal)
		assert.Equal(t, "broker 3: not emptied", refusal.What)
		for i, want := range []string{
			"metadata.version is 29, and brokers can be cordoned from 30 (4.3-IV0) on: finalise that first",
			"partition orders-1 ",
			"topic __consumer_offsets has 3 replicas, and only 2 brokers stay that can hold one",
			"topic four has 4 replicas, and only 3 brokers stay",
			"broker 2 stays and is fenced: bring it back first",
			"partition lost-0 has no leader, so that nothing can be copied: bring back one of brokers 3, 1, 0",
			"partition foreign-0 is being moved by somebody else, to brokers 0, 1, 3: let that end, or cancel it",
			"topics lost are throttled by hand",
		} {
			assert.Condition(t, func() bool {
				return slices.ContainsFunc(refusal.Reasons, func(reason string) bool { return len(reason) >= len(want) && reason[:len(want)] == want })
			}, "reason %d: %s\nin %v", i, want, err)
		}
		assert.Empty(t, f.log, "nothing was told to Kafka")

		_, err = Evacuate(t.Context(), f, Evacuation{Range: pool, Keep: []int32{5, 5, 1000}, Pace: Pace{Throttle: -1, Concurrency: -1}}, nil)
		require.EqualError(t, err, "no broker is emptied:\n  broker 5 is named twice\n  broker 1000 is not in the range of ids 0 to 999\n"+
			"  throttle -1: must be bytes per second, or 0 for none\n  concurrency -1: must be at least 1, or 0 for 10")
	})
}

// What is set by hand stays, and somebody else's moves elsewhere are let alone.
func TestEvacuateLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake(5)
		f.add("orders", 0, 0, 1, 3)
		f.add("others", 0, 0, 1, 2)
		require.NoError(t, f.reassign(Assignment{Topic: "others", Replicas: []int32{4, 1, 2}}))
		f.partitions["others-0"].steps = 1000
		f.topics["others"][listKeys[1]] = "0:4"
		f.brokers[4].dynamic[rateKeys[1]] = "1000"
		f.brokers[2].dynamic[cordonKey] = "/data/1"
		e := Evacuation{Range: pool, Keep: []int32{0, 1, 2, 4}}
		report, err := Evacuate(t.Context(), f, e, nil)
		require.NoError(t, err)
		f.bare(t, 3)
		assert.Equal(t, []int32{0, 1, 4}, f.partitions["orders-0"].replicas, "nothing goes where somebody has cordoned")
		assert.Equal(t, []string{"broker 2 keeps cordoned.log.dirs=/data/1, which was set by hand; it takes no replicas"}, report.Remarks)
		assert.Equal(t, "0:4", f.topics["others"][listKeys[1]])
		assert.NotEmpty(t, f.partitions["others-0"].adding)
	})
}

// A throttle that a call left behind, which was killed, is taken away even if nothing is to do.
func TestLeftoverThrottle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		f.topics["orders"][listKeys[0]] = "0:1"
		f.brokers[1].dynamic[rateKeys[0]] = "1000"
		f.brokers[2].dynamic[rateKeys[1]] = "1000"
		e := Evacuation{Range: pool, Keep: []int32{0, 1, 2, 3}}
		_, err := Evacuate(t.Context(), f, e, nil)
		require.NoError(t, err)
		f.clean(t)
	})
}

// A broker that is dead is emptied from the others' copies; so is one that is not even registered.
func TestEvacuateTheDead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		f.fence(3)
		report, err := Evacuate(t.Context(), f, tail(0), nil)
		require.NoError(t, err)
		assert.Empty(t, report.Cordoned)
		assert.Equal(t, 19, report.Moved)
		f.bare(t, 3)

		f = four()
		f.fence(3)
		f.brokers[3].registered = false
		_, err = Evacuate(t.Context(), f, tail(0), nil)
		require.NoError(t, err)
		f.bare(t, 3)
	})
}

// A partition that somebody puts on the broker by hand, late, is moved, too: while volumes are
// cleaned, and between the two looks that must find nothing.
func TestSomethingNewComes(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]func(f *fake, pause time.Duration) bool{
		"while it is cleaned":   func(f *fake, _ time.Duration) bool { return !f.holds(3) && len(f.brokers[3].disk) > 0 },
		"between the two looks": func(_ *fake, pause time.Duration) bool { return pause >= between },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := four()
				came, last := false, time.Now()
				f.before = func(int, string) error {
					if !came && late(f, time.Since(last)) {
						came = true
						f.add("new", 0, 3, 0, 1)
					}
					last = time.Now()
					return nil
				}
				_, err := Evacuate(t.Context(), f, tail(0), nil)
				require.NoError(t, err)
				require.True(t, came)
				f.bare(t, 3)
				f.clean(t, 3)
			})
		})
	}
}

// holds reports whether a partition is assigned to the broker.
func (f *fake) holds(id int32) bool {
	for _, p := range f.partitions {
		if slices.Contains(p.replicas, id) {
			return true
		}
	}
	return false
}

// Somebody else cancels what we have begun, and deletes topics that wait for their turn.
func TestOthersMeddle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		for i := range int32(3) {
			f.add("short-lived", i, 3, 0, 1)
		}
		meddled := false
		report, err := Evacuate(t.Context(), f, tail(0), func(line string) {
			if meddled || !strings.HasPrefix(line, "broker 3: 4 of 22") {
				return
			}
			meddled = true
			for key, p := range f.partitions {
				if len(p.adding) > 0 {
					assert.NoError(t, f.reassign(Assignment{Topic: p.topic, Index: p.index}))
				}
				if p.topic == "short-lived" {
					delete(f.partitions, key)
				}
			}
		})
		require.NoError(t, err)
		require.True(t, meddled)
		assert.Equal(t, 19, report.Moved, "each counts once")
		f.bare(t, 3)
		f.clean(t, 3)
	})
}

// Somebody puts back whatever we move: that is not for us to win.
func TestTugOfWar(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake(4)
		f.add("orders", 0, 3, 0, 1)
		f.before = func(int, string) error {
			if p := f.partitions["orders-0"]; len(p.adding) > 0 {
				return f.reassign(Assignment{Topic: "orders"})
			}
			return nil
		}
		_, err := Evacuate(t.Context(), f, tail(0), nil)
		require.ErrorContains(t, err, "after three rounds as many partitions are on them as before")
	})
}

// What only a broker has that leaves is moved first.
func TestUrgent(t *testing.T) {
	t.Parallel()
	s := world{partitions: []Partition{
		{Topic: "a", ISR: []int32{0, 3}}, {Topic: "b", ISR: []int32{3}}, {Topic: "c", ISR: []int32{0}}, {Topic: "d", ISR: []int32{3, 2}},
	}}
	var order []string
	for _, m := range urgent(s, []int32{2, 3}, []placement.Move{{Topic: "a"}, {Topic: "b"}, {Topic: "c"}, {Topic: "d"}}) {
		order = append(order, m.Topic)
	}
	assert.Equal(t, []string{"b", "d", "a", "c"}, order)

	synctest.Test(t, func(t *testing.T) {
		f := four()
		f.partitions["orders-23"].isr = []int32{3}
		e := tail(0)
		e.Concurrency = 1
		first := ""
		f.before = func(int, string) error {
			for key, p := range f.partitions {
				if first == "" && len(p.adding) > 0 {
					first = key
				}
			}
			return nil
		}
		_, err := Evacuate(t.Context(), f, e, nil)
		require.NoError(t, err)
		assert.Equal(t, "orders-23", first)
	})
}

func TestPlanEvacuation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		plan, err := PlanEvacuation(t.Context(), f, tail(0))
		require.NoError(t, err)
		assert.Equal(t, []string{"broker 3: 19 replicas, 19.0 MiB to 0, 1, 2"}, plan.Lines())
		assert.False(t, plan.Done())
		assert.Empty(t, f.log, "a plan changes nothing")

		f.fence(2)
		plan, err = PlanEvacuation(t.Context(), f, tail(0))
		require.ErrorContains(t, err, "broker 2 stays and is fenced")
		assert.Equal(t, []string{"broker 3: 19 replicas, 19.0 MiB"}, plan.Lines())

		f = four()
		f.fence(3)
		plan, err = PlanEvacuation(t.Context(), f, tail(0))
		require.NoError(t, err)
		assert.Equal(t, []string{"broker 3: 19 replicas, 19.0 MiB to 0, 1, 2 (it is away: they are copied from others)"}, plan.Lines())

		f = four()
		ctx, stop := context.WithCancelCause(t.Context())
		_, _ = Evacuate(ctx, f, tail(0), func(line string) {
			if line == "broker 3: 8 of 19 partitions moved, 8.0 MiB of 19.0 MiB" {
				stop(errStopped)
			}
		})
		for _, p := range f.partitions {
			p.steps = 1000 // time stands still
		}
		plan, err = PlanEvacuation(t.Context(), f, Evacuation{Range: pool, Keep: []int32{0, 1, 2, 3}})
		require.NoError(t, err)
		assert.Equal(t, []string{"broker 3: takes replicas again", "4 reassignments cancelled"}, plan.Lines())
		plan, err = PlanEvacuation(t.Context(), f, tail(0))
		require.NoError(t, err)
		assert.Equal(t, []string{"broker 3: 7 replicas, 7.0 MiB to 0, 1, 2", "4 partitions on the way already"}, plan.Lines())
		assert.False(t, plan.Done())
	})
}

// Done is a broker that is empty and gets nothing more, or is away.
func TestPlanOfWhatIsDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		f.addBroker(4)
		stay := Evacuation{Range: pool, Keep: []int32{0, 1, 2, 3}}
		plan, err := PlanEvacuation(t.Context(), f, stay)
		require.NoError(t, err)
		assert.Equal(t, []string{"broker 4: nothing on it; it takes no more replicas"}, plan.Lines())
		assert.False(t, plan.Done())
		f.brokers[4].dynamic[cordonKey] = all
		plan, err = PlanEvacuation(t.Context(), f, stay)
		require.NoError(t, err)
		assert.Equal(t, []string{"broker 4: nothing on it"}, plan.Lines())
		assert.True(t, plan.Done())
		f.fence(4)
		delete(f.brokers[4].dynamic, cordonKey)
		plan, err = PlanEvacuation(t.Context(), f, stay)
		require.NoError(t, err)
		assert.True(t, plan.Done())
	})
}
