package rollout

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakepool"
)

// enough is how long the fake's pods take to come back, some times over.
const enough = 2 * settle

// rolled rolls a pool for a time; how far it came is what the pool says.
func rolled(t *testing.T, p *fakepool.Pool, within time.Duration) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	return Converge(ctx, p.Client, fakepool.Namespace, fakepool.Name, Terms{}, func(string) {}, func(string) {})
}

// Followers first, the active controller last, wherever it is, and never two at a time. So
// there is one election.
func TestRollTakesTheActiveControllerLast(t *testing.T) {
	t.Parallel()
	for leader, want := range [][]string{
		{"kafka-2", "kafka-1", "kafka-0"}, {"kafka-2", "kafka-0", "kafka-1"}, {"kafka-1", "kafka-0", "kafka-2"},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := fakepool.New(3, "a", leader)
			p.Change("b", false)
			require.NoError(t, rolled(t, p, enough))
			all, deleted := p.Restarted()
			assert.Equal(t, want, all)
			assert.Empty(t, deleted, "the budget is asked each time")
			assert.Equal(t, 1, p.Together())
			assert.NoError(t, rolled(t, p, enough), "nothing is left to do")
			again, _ := p.Restarted()
			assert.Equal(t, all, again)
		})
	}
}

// Where no agent answers, the
// highest ordinal goes first.
func TestRollWithoutAgents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 2)
		p.Deaf()
		p.Change("b", false)
		require.NoError(t, rolled(t, p, enough))
		all, _ := p.Restarted()
		assert.Equal(t, []string{"kafka-2", "kafka-1", "kafka-0"}, all)
	})
}

// The first pod that does not come back is the last one that goes. Set back, it alone is
// restarted, and nobody else was.
func TestRollStopsAtThePodThatDoesNotComeBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 2)
		p.Change("b", true)
		err := rolled(t, p, enough)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "1 of 3 pods are up to date, 2 are ready; "+
			"kafka-1 is not in service (kafka: CrashLoopBackOff: again); kafka-0, kafka-2 are not restarted before it is")
		require.ErrorContains(t, err, "the way on: mend what keeps kafka-1, or set the configuration back, and up again")
		all, _ := p.Restarted()
		assert.Equal(t, []string{"kafka-1"}, all)

		p.Change("a", false)
		require.NoError(t, rolled(t, p, enough))
		all, _ = p.Restarted()
		assert.Equal(t, []string{"kafka-1", "kafka-1"}, all)
	})
}

// One pod has its time, and not all of them together: that would be over in the midst of a roll of
// which nothing is wrong. Whoever waits for one in vain waits no longer than that.
func TestRollTimesEachPod(t *testing.T) {
	t.Parallel()
	const each = 2 * settle
	for bad, want := range map[bool][]string{false: {"kafka-1", "kafka-0", "kafka-2"}, true: {"kafka-1"}} {
		synctest.Test(t, func(t *testing.T) {
			p := fakepool.New(3, "a", 2)
			p.Slow(each * 3 / 4)
			p.Change("b", bad)
			ctx, cancel := context.WithTimeout(t.Context(), 3*each)
			defer cancel()
			err := Roll(ctx, p.Client, fakepool.Namespace, fakepool.Name, Terms{Each: each}, nil)
			require.NoError(t, ctx.Err(), "the others' time is left")
			if bad {
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.ErrorContains(t, err, "the way on: mend what keeps kafka-1, or set")
			} else {
				require.NoError(t, err)
			}
			all, _ := p.Restarted()
			assert.Equal(t, want, all)
		})
	}
}

// Nothing is wrong with a pod that has only just gone when the time is over.
func TestRollIsOutOfTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 2)
		p.Slow(time.Hour)
		p.Change("b", false)
		err := rolled(t, p, settle/2)
		require.ErrorContains(t, err, "the time is over; the next up goes on")
		assert.NotContains(t, err.Error(), "the way on")
	})
}

// The agent starts a JVM again that was killed, and Kubernetes sees nothing of it. A pod whose JVM
// was, or is not in service again, does not prove that the new template is any good.
func TestRollStopsAtAJVMThatIsKilled(t *testing.T) {
	t.Parallel()
	for serves, why := range map[bool]string{true: "its JVM was killed 1 times since it began", false: "its agent says that it is not ready"} {
		synctest.Test(t, func(t *testing.T) {
			p := fakepool.New(3, "a", 2)
			p.Kill("kafka-0", true) // with the old template
			p.Change("b", false)
			time.AfterFunc(fakepool.Takes, func() { p.Kill("kafka-1", serves) })
			require.ErrorContains(t, rolled(t, p, enough), "kafka-1 is not in service ("+why+"); kafka-0, kafka-2 are not restarted before it is")
			all, _ := p.Restarted()
			assert.Equal(t, []string{"kafka-1"}, all)
			p.Kill("kafka-1", true)
			require.NoError(t, rolled(t, p, enough+10*time.Minute), "it has gone well for a while")
		})
	}
}

// Cut off in the middle it stops, and a second time, and goes on with those that are left.
func TestRollIsCutOffAndGoneOnWith(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 0)
		p.Change("b", false)
		for range 2 {
			ctx, cancel := context.WithCancel(t.Context())
			before, _ := p.Restarted()
			go func() {
				for now := before; len(now) == len(before); now, _ = p.Restarted() {
					time.Sleep(time.Millisecond)
				}
				time.Sleep(2 * pause) // the pod is away, and was looked at
				cancel()
			}()
			err := Converge(ctx, p.Client, fakepool.Namespace, fakepool.Name, Terms{}, func(string) {}, func(string) {})
			require.ErrorIs(t, err, context.Canceled)
			assert.NotContains(t, err.Error(), "the way on", "nothing is wrong with the pod")
			after, _ := p.Restarted()
			time.Sleep(time.Hour)
			rest, _ := p.Restarted()
			assert.Len(t, rest, len(before)+1, "what is cut off stops")
			assert.Equal(t, after, rest)
		}
		require.NoError(t, rolled(t, p, enough))
		all, _ := p.Restarted()
		assert.Equal(t, []string{"kafka-2", "kafka-1", "kafka-0"}, all)
	})
}

// Set back in the middle, those go back that had gone, and no other.
func TestRollIsSetBackInTheMiddle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 0)
		p.Change("b", false)
		require.Error(t, rolled(t, p, time.Second), "it is in the middle")
		p.Change("a", false)
		require.NoError(t, rolled(t, p, enough))
		all, _ := p.Restarted()
		assert.Equal(t, []string{"kafka-2", "kafka-2"}, all)
		assert.Equal(t, 1, p.Together())
	})
}

// A pod whose replicas are not in sync, and a budget that refuses, keep the next one.
func TestRollWaits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hold func(p *fakepool.Pool, is bool)
		why  string
	}{
		"replicas": {func(p *fakepool.Pool, is bool) { p.Behind("kafka-1", is) }, "kafka-1 catches up, 0 partitions are not in sync"},
		"budget":   {func(p *fakepool.Pool, is bool) { p.Refuse(is) }, "kafka-2 cannot be restarted yet: the budget refuses"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := fakepool.New(3, "a", 0)
				p.Change("b", false)
				c.hold(p, true)
				require.ErrorContains(t, rolled(t, p, enough), "0 of 3 pods are up to date, 3 are ready; "+c.why)
				all, _ := p.Restarted()
				assert.Empty(t, all)
				c.hold(p, false)
				require.NoError(t, rolled(t, p, enough))
			})
		})
	}
}

// With OnDelete nobody else restarts a pod that runs and is not in service with what it has: a
// change may be what mends it. It goes first, and when nothing else has brought it back.
func TestRollMendsAPodThatIsOutOfService(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 2)
		p.Fail("kafka-0")
		p.Change("b", false)
		require.Error(t, rolled(t, p, settle/2))
		all, _ := p.Restarted()
		assert.Empty(t, all, "it may come back by itself")
		require.NoError(t, rolled(t, p, enough))
		all, deleted := p.Restarted()
		assert.Equal(t, []string{"kafka-0", "kafka-1", "kafka-2"}, all)
		assert.Equal(t, []string{"kafka-0"}, deleted)
		assert.Equal(t, 1, p.Together())
	})
}

// Degraded on purpose, nothing of what was so before holds anybody; a pod that does not come
// back with the new template does.
func TestRollOfADegradedPool(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 2)
		p.Refuse(true)
		p.Behind("kafka-1", true)
		p.Fail("kafka-0")
		p.Change("b", true)
		ctx, cancel := context.WithTimeout(t.Context(), settle/2)
		defer cancel()
		require.ErrorContains(t, Roll(ctx, p.Client, fakepool.Namespace, fakepool.Name, Terms{Degraded: true}, nil), "kafka-2 is not restarted before it is")
		all, _ := p.Restarted()
		assert.Equal(t, []string{"kafka-1"}, all)
	})
}

// Degraded on purpose, what is lost with its node, or finds none, keeps nobody, whatever template it
// has: it does not come back with the change. A pod that this roll has restarted, and that finds no
// node with what it has now, does.
func TestRollOfAPoolThatHasLostANode(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(p *fakepool.Pool, pod string){"node": (*fakepool.Pool).Lose, "no node": (*fakepool.Pool).Displace} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := fakepool.New(3, "a", 2)
				p.Change("b", false)
				require.Error(t, rolled(t, p, time.Second))
				time.Sleep(enough)
				lose(p, "kafka-1") // which runs the newest template
				roll := func(degraded bool) error {
					ctx, cancel := context.WithTimeout(t.Context(), enough)
					defer cancel()
					return Roll(ctx, p.Client, fakepool.Namespace, fakepool.Name, Terms{Degraded: degraded}, nil)
				}
				require.ErrorContains(t, roll(false), "kafka-0, kafka-2 are not restarted before it is")
				require.ErrorContains(t, roll(true), "3 of 3 pods are up to date, 2 are ready")
				all, _ := p.Restarted()
				assert.Equal(t, []string{"kafka-1", "kafka-0", "kafka-2"}, all)
				assert.Equal(t, 2, p.Together())
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 2)
		p.Slow(time.Hour)
		p.Change("b", false)
		ctx, cancel := context.WithTimeout(t.Context(), enough)
		defer cancel()
		time.AfterFunc(fakepool.Takes, func() { p.Displace("kafka-1") })
		require.ErrorContains(t, Roll(ctx, p.Client, fakepool.Namespace, fakepool.Name, Terms{Degraded: true}, nil), "kafka-0, kafka-2 are not restarted before it is")
		all, _ := p.Restarted()
		assert.Equal(t, []string{"kafka-1"}, all)
	})
}

// Where Kubernetes rolls, Roll only waits.
func TestRollLeavesARollingUpdateToKubernetes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := fakepool.New(3, "a", 2)
		p.Change("b", false)
		set, err := p.Client.AppsV1().StatefulSets(fakepool.Namespace).Get(t.Context(), fakepool.Name, metav1.GetOptions{})
		require.NoError(t, err)
		set.Spec.UpdateStrategy.Type = appsv1.RollingUpdateStatefulSetStrategyType
		_, err = p.Client.AppsV1().StatefulSets(fakepool.Namespace).Update(t.Context(), set, metav1.UpdateOptions{})
		require.NoError(t, err)
		require.Error(t, rolled(t, p, enough))
		all, _ := p.Restarted()
		assert.Empty(t, all)
	})
}

func TestPlan(t *testing.T) {
	t.Parallel()
	p := fakepool.New(3, "a", 2)
	look := func(all bool) Order {
		set, err := p.Client.AppsV1().StatefulSets(fakepool.Namespace).Get(t.Context(), fakepool.Name, metav1.GetOptions{})
		require.NoError(t, err)
		order, err := Plan(t.Context(), p.Client, set, 3, all)
		require.NoError(t, err)
		return order
	}
	assert.Equal(t, Order{}, look(false))
	assert.Equal(t, Order{Pods: []string{"kafka-1", "kafka-0", "kafka-2"}, Active: "kafka-2"}, look(true))
	p.Change("b", false)
	assert.Equal(t, look(true), look(false))
	p.Deaf()
	assert.Equal(t, Order{Pods: []string{"kafka-2", "kafka-1", "kafka-0"}}, look(false))
	all, _ := p.Restarted()
	assert.Empty(t, all)
}

// Another pod that the selector finds is not the StatefulSet's to restart.
func TestPodsOf(t *testing.T) {
	t.Parallel()
	p := fakepool.New(2, "a", 0)
	require.NoError(t, p.Client.Tracker().Add(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Namespace: fakepool.Namespace, Name: "kafka-9", Labels: map[string]string{"app": fakepool.Name},
	}}))
	set, err := p.Client.AppsV1().StatefulSets(fakepool.Namespace).Get(t.Context(), fakepool.Name, metav1.GetOptions{})
	require.NoError(t, err)
	pods, err := podsOf(t.Context(), p.Client, set)
	require.NoError(t, err)
	assert.Equal(t, "kafka-1, kafka-0", namesOf(pods))
}
