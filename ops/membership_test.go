package ops

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

func members(rebalance placement.Rebalance, ids ...int32) Membership {
	return Membership{Range: pool, Brokers: ids, Rebalance: rebalance, Pace: Pace{Throttle: 1 << 20, Concurrency: 4, Poll: 500 * time.Millisecond}}
}

// left is a cluster whose broker 3 was evacuated and has gone.
func left() *fake {
	f := newFake(4)
	for i := range int32(12) {
		f.add("orders", i, i%3, (i+1)%3, (i+2)%3)
	}
	f.brokers[3].dynamic[cordonKey] = all
	f.fence(3)
	return f
}

// A broker is forgotten when it is fenced, its pod is gone and it holds nothing.
func TestForget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := left()
		f.brokers[3].fenced = false
		podGone := false
		m := members("", 0, 1, 2)
		asked := 0
		m.Gone = func(_ context.Context, id int32) (bool, error) {
			if asked++; asked == 1 {
				return false, errors.New("Kubernetes is away")
			}
			return podGone && id == 3, nil
		}
		var said []string
		report, err := Join(t.Context(), f, m, func(line string) {
			said = append(said, line)
			switch line {
			case "broker 3 is to go and still serves":
				f.fence(3)
			case "broker 3 is to go and its pod is still there":
				podGone = true
			}
		})
		require.NoError(t, err)
		assert.Equal(t, []string{
			"broker 3 is to go and still serves", "tries again: Kubernetes is away", "broker 3 is to go and its pod is still there",
			"broker 3 is gone; another look", "broker 3 is being forgotten",
		}, said)
		assert.Equal(t, MembershipReport{Unregistered: []int32{3}}, report)
		assert.False(t, f.brokers[3].registered)

		report, err = Join(t.Context(), f, m, nil)
		require.NoError(t, err)
		assert.Empty(t, report.Unregistered, "done is done")
	})
}

// Kafka would forget a broker with all it has, so we do not ask it to.
func TestForgetRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		f.fence(3)
		_, err := Join(t.Context(), f, members("", 0, 1), nil)
		require.EqualError(t, err, "no broker is unregistered:\n  broker 2 is to go and holds 18 replicas: evacuate it first\n"+
			"  broker 3 is to go and holds 19 replicas: evacuate it first")
		assert.Empty(t, f.log)

		f = left() // and something comes at the last moment
		f.brokers[3].fenced = false
		_, err = Join(t.Context(), f, members("", 0, 1, 2), func(string) {
			f.add("late", 0, 0, 1, 3)
			f.fence(3)
		})
		require.ErrorContains(t, err, "broker 3 is to go and holds 1 replica: evacuate it first")
		assert.True(t, f.brokers[3].registered)

		_, err = Join(t.Context(), f, members("some", 0), nil)
		require.ErrorContains(t, err, `rebalance "some": must be none, new or full`)
	})
}

// A new broker comes up under an old id, with that one's cordon, and is filled.
func TestJoin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := left()
		m := members(placement.New, 0, 1, 2, 3)
		m.Fill = []int32{3}
		var said []string
		report, err := Join(t.Context(), f, m, func(line string) {
			said = append(said, line)
			if line == "brokers 3 are not registered, or fenced" {
				f.brokers[3].fenced = false
			}
		})
		require.NoError(t, err)
		f.clean(t)
		assert.Equal(t, []int32{3}, report.Released)
		assert.Equal(t, 9, report.Moved, "its share of 36 replicas")
		assert.Equal(t, int64(9<<20), report.Bytes)
		assert.NotEmpty(t, f.rates)
		assert.Contains(t, said, "rebalance: 4 of 9 partitions moved, 4.0 MiB of 9.0 MiB")
		for key, p := range f.partitions {
			assert.Equal(t, p.replicas[0], p.leader, "%s has its preferred leader", key)
		}

		report, err = Join(t.Context(), f, m, nil)
		require.NoError(t, err)
		assert.Equal(t, MembershipReport{}, report, "done is done")
	})
}

// Who is new can be guessed.
func TestFillIsGuessed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := left()
		f.brokers[3].fenced = false
		report, err := Join(t.Context(), f, members(placement.New, 0, 1, 2, 3), nil)
		require.NoError(t, err)
		assert.Equal(t, 9, report.Moved)
	})
}

func TestRebalanceRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := left()
		f.brokers[3].fenced, f.brokers[3].free = false, 10
		f.topics["orders"][listKeys[1]] = "*"
		_, err := Join(t.Context(), f, members(placement.Full, 0, 1, 2, 3), nil)
		require.ErrorContains(t, err, "no replica is moved to even out the brokers:\n  topics orders are throttled by hand")
		require.ErrorContains(t, err, "broker 3 has room for 10 B")
		for _, line := range f.log {
			assert.NotContains(t, line, "reassign")
		}
	})
}

// Every step of a join is cut off once, and called again: with the same wishes, or with the new
// broker going again.
func TestMembershipCancelMatrix(t *testing.T) {
	t.Parallel()
	m := members(placement.New, 0, 1, 2, 4)
	m.Fill = []int32{4}
	for name, next := range map[string]func(*testing.T, *fake){
		"again": func(t *testing.T, f *fake) {
			_, err := Join(t.Context(), f, m, nil)
			require.NoError(t, err)
			f.clean(t)
			held := 0
			for _, p := range f.partitions {
				if meet(p.replicas, []int32{4}) {
					held++
				}
			}
			assert.Equal(t, 9, held)
		},
		"without a throttle": func(t *testing.T, f *fake) {
			m := m
			m.Throttle = 0
			_, err := Join(t.Context(), f, m, nil)
			require.NoError(t, err)
			f.clean(t)
		},
		"set back": func(t *testing.T, f *fake) {
			// The rebalance may still be running, and then it is not ours to evacuate.
			for range 20 {
				f.tick()
			}
			_, err := Evacuate(t.Context(), f, tail(1<<20), nil)
			require.NoError(t, err)
			f.clean(t, 4)
			f.bare(t, 3, 4)
			f.fence(4)
			_, err = Join(t.Context(), f, members("", 0, 1, 2), nil)
			require.NoError(t, err)
			assert.False(t, f.brokers[4].registered)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyStep(t, 50, func(t *testing.T, at int, how cut) bool {
				f := left()
				f.addBroker(4)
				f.brokers[4].dynamic[cordonKey] = all
				ctx, stop := context.WithCancelCause(t.Context())
				defer stop(nil)
				cutOff(f, at, how, stop)
				_, err := Join(ctx, f, m, nil)
				ended := err == nil
				if !ended && how != killed { // the last words can fail, too
					require.ErrorIs(t, err, errStopped)
				}
				f.again()
				f.whole(t)
				if how != killed {
					f.unthrottled(t)
				}
				next(t, f)
				assert.False(t, f.brokers[3].registered)
				return ended
			})
		})
	}
}

// A rebalance that was killed runs on, throttled. The next one waits for it, and then lets go.
func TestRebalanceGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := left()
		f.addBroker(4)
		f.brokers[3].registered = false
		m := members(placement.Full, 0, 1, 2, 4)
		ctx, stop := context.WithCancelCause(t.Context())
		_, err := Join(ctx, f, m, func(line string) {
			if strings.HasPrefix(line, "rebalance: ") {
				cutOff(f, f.calls, killed, stop)
			}
		})
		require.Error(t, err)
		f.again()
		for _, p := range f.partitions {
			p.steps = 100
		}
		var said []string
		m.Throttle = 0
		report, err := Join(t.Context(), f, m, func(line string) { said = append(said, line) })
		require.NoError(t, err)
		assert.Equal(t, "waits for what moves already: 4 partitions", said[0])
		assert.Equal(t, 5, report.Moved, "the other four were on their way")
		f.clean(t)

		f.partitions["orders-0"].replicas = []int32{0, 1, 2}
		require.NoError(t, f.reassign(Assignment{Topic: "orders", Replicas: []int32{0, 1, 4}}))
		f.partitions["orders-0"].steps = 1000
		report, err = Join(t.Context(), f, members("", 0, 1, 2, 4), nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"somebody moves 1 partition; a throttle, if there is one, is left to them"}, report.Remarks)
	})
}

func TestPlanMembership(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := left()
		f.addBroker(4).dynamic[cordonKey] = all
		plan, err := PlanMembership(t.Context(), f, members(placement.New, 0, 1, 2, 4, 5))
		require.NoError(t, err)
		assert.Equal(t, []string{
			"waits for brokers 5", "broker 4: takes replicas again", "broker 3: unregistered as soon as it is gone",
			"rebalance: 9 partitions, 9.0 MiB",
		}, plan.Lines())
		assert.Empty(t, f.log)
		plan, err = PlanMembership(t.Context(), f, members("", 0, 1))
		require.NoError(t, err, "it may be empty by then")
		assert.Contains(t, plan.Lines(), "broker 2: unregistered as soon as it is empty and gone; now it holds 12 replicas")
		assert.Empty(t, strings.Join(MembershipPlan{}.Lines(), ""))
	})
}
