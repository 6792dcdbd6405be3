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

func broker(id int32) Node { return Node{ID: id, Broker: true} }

// emptied is a broker that has lost its volume: it serves again and has nothing of what it had.
func (f *fake) emptied(id int32) {
	for _, p := range f.partitions {
		if len(p.isr) > 1 {
			p.isr = without(p.isr, []int32{id})
		}
		if p.leader == id {
			p.leader = p.isr[0]
		}
	}
}

// What a broker gets back is known without asking it: its volume may be what is broken.
func TestPlanReplacement(t *testing.T) {
	t.Parallel()
	f := four()
	f.before = func(_ int, what string) error {
		if strings.HasPrefix(what, "configure") || what == "reassign" || what == "unregister" {
			t.Error("it changes something: " + what)
		}
		return nil
	}
	plan, err := PlanReplacement(t.Context(), f, []Node{broker(1)})
	require.NoError(t, err)
	assert.Equal(t, []ReplacedNode{{Node: broker(1), Replicas: 19, Bytes: 19 << 20}}, plan.Nodes)
	assert.Equal(t, "broker 1: 19 replicas, 19.0 MiB are copied back from the others", plan.Nodes[0].String())

	f.fence(1)
	_, err = PlanReplacement(t.Context(), f, []Node{broker(1)})
	require.NoError(t, err, "it may be dead")

	plan, err = PlanReplacement(t.Context(), newFake(3), []Node{broker(2)})
	require.NoError(t, err)
	assert.Equal(t, "broker 2: 0 replicas, 0 B are copied back from the others", plan.Nodes[0].String())
}

// All that is in the way is said at once.
func TestReplacementRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		world func(*fake)
		nodes []Node
		want  []string
	}{
		"the only replica": {func(f *fake) { f.add("alone", 0, 1); f.add("alone", 1, 1); f.add("elsewhere", 0, 2) }, []Node{broker(1)},
			[]string{"broker 1: nobody else has alone-0, alone-1: give the topic more replicas, or move it to another broker (kafka-reassign-partitions.sh)"}},
		"many": {func(f *fake) {
			for i := range int32(9) {
				f.add("alone", i, 1)
			}
		}, []Node{broker(1)}, []string{"broker 1: nobody else has alone-0, alone-1, alone-2 and 6 more: give the topic more replicas, or move it to another broker (kafka-reassign-partitions.sh)"}},
		"as many as must be in sync": {func(f *fake) {
			f.add("both", 0, 1, 2)
			f.add("one", 0, 1, 2)
			f.topics["one"]["min.insync.replicas"] = "1"
		}, []Node{broker(1)},
			[]string{"broker 1: too few others are in sync, by min.insync.replicas, with both-0 (1 of 2): wait until they are, or give the topic one replica more than that"}},
		"another one is away": {func(f *fake) { f.fence(2) }, []Node{broker(1)},
			[]string{
				"broker 2 is fenced: bring it back first",
				"broker 1: too few others are in sync, by min.insync.replicas, with orders-0 (1 of 2), orders-1 (1 of 2), orders-12 (1 of 2) and 9 more: wait until they are, or give the topic one replica more than that",
			}},
		"another one catches up": {func(f *fake) { f.add("late", 0, 0, 2, 3).isr = []int32{0, 3} }, []Node{broker(1)},
			[]string{"broker 2 catches up with late-0: wait until it has"}},
		"on its way": {func(f *fake) {
			_, _ = f.Reassign(context.Background(), []Assignment{{Topic: "orders", Index: 3, Replicas: []int32{0, 1, 2}}, {Topic: "orders", Index: 2, Replicas: []int32{2, 3, 1}}})
		}, []Node{broker(1)},
			[]string{"broker 1: somebody moves orders-2, orders-3: let that end, or cancel it (kafka-reassign-partitions.sh --cancel)"}},
		"two that share what must be in sync": {func(f *fake) { f.fence(2) }, []Node{broker(1), broker(2)},
			[]string{"broker 1: too few others are in sync, by min.insync.replicas, with orders-0 (1 of 2), orders-1 (1 of 2), orders-12 (1 of 2) and 9 more: wait until they are, or give the topic one replica more than that"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := four()
			c.world(f)
			for range 8 {
				f.tick() // what brokers answer is a moment old
			}
			_, err := PlanReplacement(t.Context(), f, c.nodes)
			var refusal *Refusal
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, c.want, refusal.Reasons)
			assert.Equal(t, "no volume is replaced", refusal.What)
		})
	}
}

// A controller joins the others anew, which have to be a majority.
func TestReplacementOfControllers(t *testing.T) {
	t.Parallel()
	controller := Node{ID: 1001, Controller: true}
	for _, c := range []struct {
		voters, alive int
		leaderless    bool
		nodes         []Node
		want          []string
	}{
		{3, 3, false, []Node{controller}, nil},
		{3, 3, false, []Node{{ID: 1000, Controller: true}}, nil},
		{3, 2, false, []Node{{ID: 1002, Controller: true}}, nil}, // the dead one
		{3, 2, false, []Node{controller}, []string{"controller 1002: behind the leader; bring that back first", "controller 1001: without it 1 of 3 voters are caught up, and 2 must be"}},
		{5, 4, false, []Node{controller}, []string{"controller 1004: behind the leader; bring that back first"}},
		{5, 4, false, []Node{controller, {ID: 1004, Controller: true}}, nil},
		{1, 1, false, []Node{{ID: 1000, Controller: true}}, []string{"controller 1000: without it 0 of 1 voters are caught up, and 1 must be"}},
		{3, 3, true, []Node{controller}, []string{"the quorum has no leader: bring it back first"}},
	} {
		f := quorumOf(c.voters, c.alive)
		if c.leaderless {
			f.leader = -1
		}
		plan, err := PlanReplacement(t.Context(), f, c.nodes)
		if len(c.want) == 0 {
			require.NoError(t, err, "%+v", c)
			assert.Equal(t, f.voters[c.nodes[0].ID].Directory, plan.Voters[c.nodes[0].ID])
			assert.Equal(t, c.nodes[0].String()+": the metadata log is copied back from the others", plan.Nodes[0].String())
			continue
		}
		var refusal *Refusal
		require.ErrorAs(t, err, &refusal)
		assert.Equal(t, c.want, refusal.Reasons)
	}

	// A node that is both has to satisfy both.
	f := four()
	f.voter(1)
	f.leader = 1
	f.add("alone", 0, 1)
	for range 8 {
		f.tick()
	}
	plan, err := PlanReplacement(t.Context(), f, []Node{{ID: 1, Broker: true, Controller: true}})
	require.ErrorContains(t, err, "without it 0 of 1 voters")
	require.ErrorContains(t, err, "nobody else has alone-0")
	assert.Equal(t, "broker 1: 20 replicas, 19.0 MiB, and the metadata log are copied back from the others", plan.Nodes[0].String())
}

// A broker is waited for until it is in sync with all that it has, whatever order that comes in.
func TestAwaitReplacedBroker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := four()
		f.emptied(1)
		f.brokers[1].fenced = true
		f.before = func(call int, _ string) error {
			switch {
			case call == 20:
				f.brokers[1].fenced = false
			case call == 30:
				return kerr.RequestTimedOut
			case call > 40 && call%20 == 0:
				for _, p := range f.sorted() { // three more
					if behind := without(p.replicas, p.isr); len(behind) > 0 && call > 40 {
						p.isr = append(p.isr, 1)
					}
				}
			}
			return nil
		}
		var said []string
		require.NoError(t, AwaitReplaced(t.Context(), f, broker(1), [16]byte{}, func(line string) { said = append(said, line) }))
		assert.Contains(t, said, "broker 1 is not registered yet, or fenced")
		assert.Contains(t, said, "broker 1: 0 of 19 replicas in sync again")
		for _, p := range f.partitions {
			assert.Len(t, p.isr, 3)
		}

		f.emptied(1)
		ctx, cancel := context.WithCancelCause(t.Context())
		f.before = func(call int, _ string) error {
			if call > f.calls+5 || len(said) > 10 {
				cancel(errors.New("Ctrl-C"))
			}
			return nil
		}
		said = make([]string, 11)
		require.ErrorContains(t, AwaitReplaced(ctx, f, broker(1), [16]byte{}, nil), "Ctrl-C")
	})
}

// A controller is waited for until it votes under the id of its new volume.
func TestAwaitReplacedController(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := quorumOf(3, 2)
		was := f.voters[1002].Directory
		f.before = func(call int, _ string) error {
			switch call {
			case 5:
				delete(f.voters, 1002) // Kafka swaps them
			case 10:
				f.voters[1002] = Voter{ID: 1002, Directory: [16]byte{9}}
			case 15:
				f.deadVoter[1002] = false
			}
			return nil
		}
		var said []string
		node := Node{ID: 1002, Controller: true}
		require.NoError(t, AwaitReplaced(t.Context(), f, node, was, func(line string) { said = append(said, line) }))
		assert.Equal(t, []string{"controller 1002 has yet to join the quorum with its new volume", "controller 1002 is behind the leader"}, said)
		assert.Greater(t, f.calls, 15)
		require.NoError(t, AwaitReplaced(t.Context(), f, node, [16]byte{}, nil), "nobody knows under which it voted")
	})
}
