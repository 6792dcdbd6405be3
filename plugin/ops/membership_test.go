package ops

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubetesting "k8s.io/client-go/testing"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

type (
	membershipUpdate = infer.UpdateRequest[MembershipArgs, MembershipState]
	membershipCreate = infer.CreateRequest[MembershipArgs]
	membershipRead   = infer.ReadRequest[MembershipArgs, MembershipState]
)

func serve(ids ...int32) MembershipArgs { return MembershipArgs{Place: place(), Brokers: ids} }

func served(ids ...int32) MembershipState {
	return MembershipState{MembershipArgs: serve(ids...), Outcome: Outcome{Opened: ids}}
}

// left is a cluster whose broker 3 was evacuated and is fenced.
func left() *kafka {
	k := newKafka(3)
	k.brokers[3] = true
	k.dynamic[3] = map[string]string{"cordoned.log.dirs": "*"}
	return k
}

// A broker that went is unregistered when its pod is gone, and not before.
func TestMembershipUnregisters(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := left()
		gate := Membership{around(k, objects(3, 4)...)}
		k.later(time.Minute, func() {
			assert.Empty(t, k.told, "its pod is still there")
			gate.scale(t, 3)
		})
		updated, err := gate.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: served(0, 1, 2, 3)})
		require.NoError(t, err)
		assert.Equal(t, served(0, 1, 2), updated.Output)
		assert.Equal(t, []string{"unregister 3"}, k.told)
		assert.Zero(t, k.open, "the connection was closed")

		_, err = gate.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: updated.Output})
		require.NoError(t, err)
		assert.Len(t, k.told, 1, "done is done")
	})
}

// A pod that the StatefulSet will make again is not gone, and one that nobody can be asked about
// is not, either.
func TestGone(t *testing.T) {
	t.Parallel()
	cluster := around(newKafka(0), objects(3, 2)...)
	at := place()
	at.First = 1000
	pool, err := cluster.pool(t.Context(), at, moment)
	require.NoError(t, err)
	gone := func(id int32) bool {
		away, err := pool.gone(t.Context(), id)
		require.NoError(t, err)
		return away
	}
	assert.False(t, gone(1001))
	assert.True(t, gone(1002))
	pods := corev1.SchemeGroupVersion.WithResource("pods")
	require.NoError(t, cluster.kube(t).Tracker().Delete(pods, "n", "kafka-1"))
	assert.False(t, gone(1001), "it is only being replaced")
	require.NoError(t, cluster.kube(t).Tracker().Create(pods, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "kafka-2"}}, "n"))
	assert.False(t, gone(1002), "it has yet to stop")
	cluster.kube(t).PrependReactor("get", "pods", func(kubetesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("no route")
	})
	_, err = pool.gone(t.Context(), 1002)
	require.EqualError(t, err, "pod n/kafka-2: no route")
}

// Pods of a pool whose ids or ordinals do not begin at 0.
func TestMembersOfAPool(t *testing.T) {
	t.Parallel()
	p := &pool{Place: place()}
	p.First = 1000
	assert.Empty(t, p.members())
	p.set = objects(1, 2)[0].(*appsv1.StatefulSet)
	assert.Equal(t, []int32{1000, 1001}, p.members())
	p.set.Spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: 3}
	assert.Equal(t, []int32{1003, 1004}, p.members())
	p.set.Spec.Replicas = nil
	assert.Equal(t, []int32{1003}, p.members())
}

// A broker that came under an old id loses that one's cordon, and gets its share if that is wished.
func TestMembershipTakesIn(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := left()
		gate := Membership{around(k, objects(3, 4)...)}
		k.later(10*time.Second, func() { k.brokers[3] = false })
		inputs := serve(0, 1, 2, 3)
		inputs.Rebalance = "new"
		updated, err := gate.Update(t.Context(), membershipUpdate{Inputs: inputs, State: served(0, 1, 2)})
		require.NoError(t, err)
		assert.Equal(t, []int32{0, 1, 2, 3}, updated.Output.Opened)
		assert.False(t, k.cordoned(3))
		assert.Equal(t, 1, k.onLast(), "its share of 6 replicas")
	})
}

// Who is new is known by who was there; without that, who has little is. When only the
// StatefulSet has changed, nothing moves.
func TestWhoIsNew(t *testing.T) {
	t.Parallel()
	full, more := served(0, 1), served(0, 1)
	full.Rebalance, more.Rebalance, more.Pending = "full", "full", true
	for name, c := range map[string]struct {
		old       MembershipState
		brokers   []int32
		fill      []int32
		rebalance placement.Rebalance
	}{
		"one came":              {full, []int32{0, 1, 2}, []int32{2}, placement.Full},
		"one went":              {full, []int32{0}, nil, placement.Full},
		"one came, one went":    {full, []int32{0, 2}, []int32{2}, placement.Full},
		"nobody came":           {full, []int32{0, 1}, nil, placement.None},
		"it was cut off":        {more, []int32{0, 1}, nil, placement.Full},
		"it was not yet wished": {served(0, 1), []int32{0, 1}, nil, placement.Full},
		"nobody knows":          {MembershipState{}, []int32{0, 1}, nil, placement.Full},
	} {
		args := serve(c.brokers...)
		args.Rebalance = "full"
		wish := args.wish(c.old)
		assert.Equal(t, c.fill, wish.Fill, name)
		assert.Equal(t, c.rebalance, wish.Rebalance, name)
	}
}

// A broker that holds something is never unregistered.
func TestMembershipRefuses(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		k.brokers[3] = true
		gate := Membership{around(k, objects(3, 3)...)}
		updated, err := gate.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: served(0, 1, 2, 3)})
		assert.Equal(t, []string{"no broker is unregistered: broker 3 is to go and holds 2 replicas: evacuate it first"}, reasons(t, err))
		assert.Equal(t, Outcome{Opened: []int32{0, 1, 2, 3}, Pending: true}, updated.Output.Outcome)
		assert.Empty(t, k.told)

		// A preview does not: by then it may be empty.
		_, err = gate.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: served(0, 1, 2, 3), DryRun: true})
		require.NoError(t, err)
		wrong := serve(0, 1, 2)
		wrong.Rebalance = "some"
		_, err = gate.Update(t.Context(), membershipUpdate{Inputs: wrong, State: served(0, 1, 2, 3), DryRun: true})
		require.ErrorContains(t, err, `rebalance "some": must be none, new or full`)
	})
}

// What is refused for certain fails the preview.
func TestMembershipPreviewOfARebalance(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(3)
		k.throttledByHand = true
		gate := Membership{around(k, objects(3, 3)...)}
		inputs := serve(0, 1, 2)
		inputs.Rebalance, inputs.Throttle = "full", 1000
		_, err := gate.Update(t.Context(), membershipUpdate{Inputs: inputs, State: served(0, 1, 2), DryRun: true})
		require.ErrorContains(t, err, "topics orders are throttled by hand")
		inputs.Brokers = []int32{0, 1, 2, 3}
		_, err = gate.Update(t.Context(), membershipUpdate{Inputs: inputs, State: served(0, 1, 2), DryRun: true})
		require.NoError(t, err, "as it is now, which is not as it will be")
	})
}

func TestMembershipIsCutOff(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := left()
		k.brokers[4], k.dynamic[4] = false, map[string]string{"cordoned.log.dirs": "*"}
		gate := Membership{around(k, objects(3, 5)...)}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		cut, err := gate.Update(ctx, membershipUpdate{Inputs: serve(0, 1, 2, 4), State: served(0, 1, 2, 3)})
		assert.Equal(t, []string{
			"cut off, and the next up goes on: broker 3 is to go and its pod is still there: context canceled", "so far: broker 4: replicas again",
		}, reasons(t, err))
		assert.Equal(t, Outcome{Opened: []int32{0, 1, 2, 3}, Pending: true}, cut.Output.Outcome)
	})
}

// Behind a StatefulSet as it was made Kafka is not asked; behind one that was changed it is, even
// by a gate that is new.
func TestMembershipOnTheFirstUp(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := left()
		for _, o := range [][]runtime.Object{nil, objects(1, 3)} {
			_, err := Membership{around(k, o...)}.Create(t.Context(), membershipCreate{Inputs: serve(0, 1, 2), DryRun: true})
			require.NoError(t, err)
		}
		made, err := Membership{around(k, objects(1, 3)...)}.Create(t.Context(), membershipCreate{Inputs: serve(0, 1, 2)})
		require.NoError(t, err)
		assert.Equal(t, served(0, 1, 2), made.Output)
		assert.Zero(t, k.connections)

		// Scaled in the same up: the preview sees what is to change.
		_, err = Membership{around(k, objects(1, 4)...)}.Create(t.Context(), membershipCreate{Inputs: serve(0, 1, 2), DryRun: true})
		require.NoError(t, err)
		assert.Equal(t, 1, k.connections)
		_, err = Membership{around(k, objects(2, 3)...)}.Create(t.Context(), membershipCreate{Inputs: serve(0, 1, 2)})
		require.NoError(t, err)
		assert.Equal(t, []string{"unregister 3"}, k.told)

		k = left()
		_, err = Membership{around(k, objects(1, 3)...)}.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: served(0, 1, 2)})
		require.NoError(t, err)
		assert.Equal(t, []string{"unregister 3"}, k.told, "an update always asks")
	})
}

func TestMembershipOfAStoppedPool(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := left()
		gate := Membership{around(k, objects(3, 3)...)}
		inputs := serve(0, 1, 2)
		inputs.Stopped = true
		pending := served(0, 1, 2, 3)
		pending.Pending = true
		stopped, err := gate.Update(t.Context(), membershipUpdate{Inputs: inputs, State: pending})
		require.NoError(t, err)
		assert.Equal(t, pending.Outcome, stopped.Output.Outcome)
		for _, preview := range []membershipUpdate{
			{Inputs: inputs, State: pending, DryRun: true},
			{Inputs: serve(0, 1, 2), State: stopped.Output, DryRun: true},
		} {
			_, err = gate.Update(t.Context(), preview)
			require.NoError(t, err)
		}
		assert.Zero(t, k.connections)

		_, err = gate.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: stopped.Output})
		require.NoError(t, err)
		assert.Equal(t, []string{"unregister 3"}, k.told, "what could not be done meanwhile")
	})
}

func TestMembershipWithoutKafka(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := left()
		k.away = errors.New("nobody listens")
		gate := Membership{around(k, objects(3, 3)...)}
		_, err := gate.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: served(0, 1, 2, 3)})
		assert.Equal(t, []string{"nobody listens"}, reasons(t, err))
		_, err = gate.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: served(0, 1, 2, 3), DryRun: true})
		require.NoError(t, err)

		k.later(time.Minute, func() { k.away = nil })
		_, err = gate.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: served(0, 1, 2, 3)})
		require.NoError(t, err, "brokers may be restarting")

		elsewhere := serve(0, 1, 2)
		elsewhere.Context = "elsewhere"
		_, err = gate.Create(t.Context(), membershipCreate{Inputs: elsewhere})
		require.EqualError(t, err, "no such context")
		gate.kube(t).PrependReactor("get", "statefulsets", func(kubetesting.Action) (bool, runtime.Object, error) {
			return true, nil, errors.New("no route")
		})
		_, err = gate.Update(t.Context(), membershipUpdate{Inputs: serve(0, 1, 2), State: served(0, 1, 2)})
		assert.Equal(t, []string{"stateful set n/kafka: no route"}, reasons(t, err))
	})
}

func TestMembershipRead(t *testing.T) {
	stopped := serve(0, 1, 2)
	stopped.Stopped = true
	full := serve(0, 1, 2)
	full.Rebalance, full.Throttle = "full", 1000
	const prefix = "its brokers are not those that there are to be: "
	for name, c := range map[string]struct {
		args   MembershipArgs
		world  func(*kafka)
		closed string // "" if it stands open
	}{
		"a ghost":              {serve(0, 1, 2), nil, prefix + "broker 3: unregistered as soon as it is gone"},
		"unregistered by hand": {serve(0, 1, 2), func(k *kafka) { delete(k.brokers, 3); delete(k.brokers, 1) }, prefix + "waits for brokers 1"},
		"open":                 {serve(0, 1, 2), func(k *kafka) { delete(k.brokers, 3) }, ""},
		"uneven": {full, func(k *kafka) {
			delete(k.brokers, 3)
			k.partitions[0].Replicas, k.partitions[1].Replicas = []int32{0}, []int32{0}
		}, ""},
		"and throttled, too": {full, func(k *kafka) { k.throttledByHand = true }, prefix + "broker 3: unregistered as soon as it is gone"},
		"unreachable":        {serve(0, 1, 2), func(k *kafka) { k.away = errors.New("away") }, ""},
		"stopped":            {stopped, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T) {
				k := left()
				if c.world != nil {
					c.world(k)
				}
				state := MembershipState{MembershipArgs: c.args}
				found, err := Membership{around(k)}.Read(t.Context(), membershipRead{ID: "n/kafka", Inputs: c.args, State: state})
				assert.Equal(t, infer.ReadResponse[MembershipArgs, MembershipState]{ID: "n/kafka", Inputs: c.args, State: state}, found)
				assert.Empty(t, k.told)
				if c.closed == "" {
					require.NoError(t, err)
					return
				}
				assert.Equal(t, []string{c.closed}, reasons(t, err))
			})
		})
	}
}
