package ops

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
)

var controllers = Range{First: 1000, End: 2000}

func ids(n int) []int32 {
	var list []int32
	for i := range int32(n) {
		list = append(list, 1000+i)
	}
	return list
}

// quorumOf has n voters, of which those from alive on are stopped.
func quorumOf(n, alive int) *fake {
	f := newFake(0)
	for i, id := range ids(n) {
		f.voter(id)
		f.deadVoter[id] = i >= alive
	}
	f.leader = 1000
	return f
}

func (f *fake) dead(_ context.Context, id int32) (bool, error) { return f.deadVoter[id], nil }

func TestCheckLeave(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to int
		want     string // "" passes
	}{
		{5, 3, ""}, {7, 5, ""}, {3, 3, ""}, {9, 5, ""}, {4, 3, ""}, {3, 2, ""}, {1, 1, ""},
		{7, 3, "of voters 1000, 1001, 1002, 1003, 1004, 1005, 1006 only 1000, 1001, 1002 would run, and 4 of 7 must; go to 5 first"},
		{9, 3, "go to 5 first"},
		{3, 1, "of voters 1000, 1001, 1002 only 1000 would run, and 2 of 3 must; a quorum of 3 cannot become smaller"},
		{1, 0, "of voters 1000 none would run, and 1 of 1 must; a quorum of 1 cannot become smaller"},
	} {
		err := CheckLeave(ids(c.from), ids(c.to))
		if c.want == "" {
			assert.NoError(t, err, "%d to %d", c.from, c.to)
			continue
		}
		assert.ErrorContains(t, err, c.want, "%d to %d", c.from, c.to)
	}
	assert.NoError(t, CheckLeave(ids(3), ids(5)), "to grow is another matter")
}

func TestSettle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cluster *fake
		voters  int
		want    []int32
	}{
		"nothing to do":    {quorumOf(3, 3), 3, nil},
		"5 to 3":           {quorumOf(5, 3), 3, []int32{1004, 1003}},
		"the leader, too":  {func() *fake { f := quorumOf(5, 3); f.leader = 1002; return f }(), 3, []int32{1004, 1003}},
		"one more than it": {quorumOf(4, 3), 3, []int32{1003}},
		"3 to 5": {func() *fake { f := quorumOf(3, 3); f.joining = []int32{1003, 1004}; return f }(),
			5, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := c.cluster
				report, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(c.voters), Gone: f.dead}, nil)
				require.NoError(t, err)
				assert.Equal(t, c.want, report.Removed)
				assert.Len(t, f.voters, c.voters)
			})
		})
	}
}

// A voter goes only when its pod has gone, and when enough of the others are with the leader.
func TestSettleWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := quorumOf(5, 3)
		f.joining = nil
		f.deadVoter[1002] = true
		gone := map[int32]bool{}
		var said []string
		report, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Gone: func(_ context.Context, id int32) (bool, error) { return gone[id], nil }}, func(line string) {
			said = append(said, line)
			switch line {
			case "controllers 1002 are behind the leader":
				f.deadVoter[1002] = false
			case "controller 1004 is to go and its pod is still there":
				gone[1004] = true
				f.deadVoter[1001] = true
			case "controller 1004 is removed when 3 of the 5 voters are caught up without it; now 2 are":
				f.deadVoter[1001] = false
			case "controller 1003 is to go and its pod is still there":
				gone[1003] = true
			}
		})
		require.NoError(t, err)
		assert.Equal(t, []int32{1004, 1003}, report.Removed)
		assert.Equal(t, []string{
			"controllers 1002 are behind the leader",
			"controller 1004 is to go and its pod is still there",
			"controller 1004 is removed when 3 of the 5 voters are caught up without it; now 2 are",
			"controller 1004 is removed from the quorum",
			"controller 1003 is to go and its pod is still there",
			"controller 1003 is removed from the quorum",
		}, withoutErrors(said))
	})
}

// A voter tells the quorum of a new listener by itself, a moment after it has started.
func TestSettleWaitsForListeners(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := quorumOf(3, 3)
		f.joining = nil
		f.known = map[int32][]string{1000: {"CONTROLLER", "QUORUM"}, 1001: {"CONTROLLER"}, 1002: {"CONTROLLER", "QUORUM"}}
		var said []string
		_, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Listeners: []string{"QUORUM", "CONTROLLER"}}, func(line string) {
			said = append(said, line)
			f.known[1001] = append(f.known[1001], "QUORUM")
		})
		require.NoError(t, err)
		assert.Equal(t, []string{"controllers 1001 are not known to the quorum yet at all of QUORUM, CONTROLLER"}, withoutErrors(said))
	})
}

// Whether a pod is gone may be unknown for a while.
func TestSettleAsksAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := quorumOf(4, 3)
		asked := 0
		report, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Gone: func(context.Context, int32) (bool, error) {
			if asked++; asked < 4 {
				return false, errors.New("Kubernetes is away")
			}
			return true, nil
		}}, nil)
		require.NoError(t, err)
		assert.Equal(t, []int32{1003}, report.Removed)
	})
}

// withoutErrors leaves out what was said of a busy leader.
func withoutErrors(lines []string) []string {
	var rest []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "tries again") {
			rest = append(rest, line)
		}
	}
	return rest
}

func TestSettleRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := quorumOf(7, 3)
		_, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Gone: f.dead}, nil)
		require.ErrorContains(t, err, "go to 5 first")
		assert.Empty(t, f.log)

		f = quorumOf(5, 3)
		_, err = Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3)}, nil)
		require.ErrorContains(t, err, "nobody tells whether the pods of 1003, 1004 are gone")
		_, err = Settle(t.Context(), f, Voters{Range: controllers, IDs: []int32{3}}, nil)
		require.ErrorContains(t, err, "voter 3 is not in the range of ids 1000 to 1999")

		f.before = func(_ int, what string) error {
			if what == "remove voter" {
				return kerr.UnsupportedVersion
			}
			return nil
		}
		_, err = Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Gone: f.dead}, nil)
		require.ErrorContains(t, err, "voters can be removed from kraft.version 1 on")
	})
}

// Somebody else takes voters out meanwhile, and what was a small step no longer is one.
func TestSettleLooksAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := quorumOf(5, 5)
		gone := false
		_, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Gone: func(context.Context, int32) (bool, error) { return gone, nil }}, func(line string) {
			if line == "controller 1004 is to go and its pod is still there" {
				gone = true
				delete(f.voters, 1001)
				delete(f.voters, 1002)
			}
		})
		require.EqualError(t, err, "no controller may leave: of voters 1000, 1003, 1004 only 1000 would run, and 2 of 3 must; a quorum of 3 cannot become smaller")
		assert.Len(t, f.voters, 3)
	})
}

// A voter that still runs joins again and again, whatever its pod is said to be.
func TestSettleGivesUpOnAGhost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := quorumOf(4, 4)
		looks := 0
		f.before = func(_ int, what string) error {
			if _, votes := f.voters[1003]; !votes && what == "quorum" {
				if looks++; looks%2 == 0 { // it was seen gone once
					f.voter(1003)
				}
			}
			return nil
		}
		_, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Gone: func(context.Context, int32) (bool, error) { return true, nil }}, nil)
		require.ErrorContains(t, err, "it still runs somewhere")
	})
}

// Every step of 7 to 5 is cut off once, and called again.
func TestQuorumCancelMatrix(t *testing.T) {
	t.Parallel()
	everyStep(t, 8, func(t *testing.T, at int, how cut) bool {
		f := quorumOf(7, 5)
		ctx, stop := context.WithCancelCause(t.Context())
		defer stop(nil)
		cutOff(f, at, how, stop)
		v := Voters{Range: controllers, IDs: ids(5), Gone: f.dead}
		_, err := Settle(ctx, f, v, nil)
		ended := err == nil
		if !ended {
			require.ErrorIs(t, err, errStopped)
		}
		f.again()
		_, err = Settle(t.Context(), f, v, nil)
		require.NoError(t, err)
		assert.Len(t, f.voters, 5)
		return ended
	})
}

func TestPlanQuorum(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := quorumOf(5, 5)
		plan, err := PlanQuorum(t.Context(), f, Voters{Range: controllers, IDs: append(ids(3), 1005)})
		require.NoError(t, err)
		assert.Equal(t, []string{
			"waits for controllers 1005 to vote",
			"controller 1004: removed from the quorum as soon as its pod is gone",
			"controller 1003: removed from the quorum as soon as its pod is gone",
		}, plan.Lines())
		f.deadVoter[1001], f.deadVoter[1002] = true, true
		_, err = PlanQuorum(t.Context(), f, Voters{Range: controllers, IDs: ids(1)})
		require.EqualError(t, err, "no controller may leave: of voters 1000, 1001, 1002, 1003, 1004 only 1000 would run, and 3 of 5 must; go to 3 first")
		_, err = PlanQuorum(t.Context(), f, Voters{Range: controllers, IDs: ids(3)})
		require.EqualError(t, err, "no controller may leave: voters 1001, 1002 stay and are behind the leader: let them catch up first")
		assert.Empty(t, f.log)
	})
}

// Kafka forgets the controllers that left, as soon as it can.
func TestSettleForgets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		version                  int16
		left                     []int32
		unregistered, registered []int32
	}{
		"4.4":                          {33, nil, []int32{1003, 1004}, nil},
		"4.4, who left before":         {33, []int32{1004, 1005}, []int32{1003, 1004, 1005}, nil},
		"4.3":                          {32, []int32{1005}, nil, []int32{1003, 1004, 1005}},
		"4.4, one of them votes again": {33, []int32{1002}, []int32{1003, 1004}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := quorumOf(5, 3)
				f.version, f.registered[1005], f.deadVoter[1005] = c.version, true, true
				report, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Gone: f.dead, Left: c.left}, nil)
				require.NoError(t, err)
				assert.Equal(t, QuorumReport{Removed: []int32{1004, 1003}, Unregistered: c.unregistered, Registered: c.registered}, report)
				for _, id := range c.unregistered {
					assert.NotContains(t, f.registered, id)
				}
				assert.Contains(t, f.registered, int32(1002))
				assert.Equal(t, len(c.registered) > 0, len(report.Remarks()) > 0)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		f := quorumOf(3, 3)
		f.version = 33
		_, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Left: []int32{1003, 3}}, nil)
		require.ErrorContains(t, err, "controller 3 is not in the range of ids 1000 to 1999")
		require.ErrorContains(t, err, "nobody tells whether the pods of 3, 1003 are gone")

		gone := false
		f.registered[1003] = true
		var said []string
		report, err := Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3), Left: []int32{1003},
			Gone: func(context.Context, int32) (bool, error) { return gone, nil }}, func(line string) { said, gone = append(said, line), true })
		require.NoError(t, err)
		assert.Equal(t, []string{"controller 1003 is to be forgotten and its pod is still there"}, said)
		assert.Equal(t, []string{"controller 1003 unregistered"}, report.Lines())

		calls := f.calls
		_, err = Settle(t.Context(), f, Voters{Range: controllers, IDs: ids(3)}, nil)
		require.NoError(t, err)
		assert.Equal(t, 3, f.calls-calls, "nobody left, nothing is asked of registrations")
	})
}
