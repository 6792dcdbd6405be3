package ops

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
	kubetesting "k8s.io/client-go/testing"

	"github.com/kafka-kraft/kafka-kraft/plugin/internal/insist"
)

type (
	quorumUpdate = infer.UpdateRequest[QuorumArgs, QuorumState]
	quorumCreate = infer.CreateRequest[QuorumArgs]
	quorumRead   = infer.ReadRequest[QuorumArgs, QuorumState]
)

func firstVoters(n int32) []int32 {
	var ids []int32
	for i := range n {
		ids = append(ids, 1000+i)
	}
	return ids
}

func vote(n int32) QuorumArgs {
	args := QuorumArgs{Place: place(), Voters: firstVoters(n)}
	args.First, args.End = 1000, 2000
	return args
}

func voted(n int32) QuorumState {
	return QuorumState{QuorumArgs: vote(n), Outcome: Outcome{Opened: firstVoters(n)}}
}

func quorumOf(n int32) *kafka {
	k := newKafka(3)
	k.voters = firstVoters(n)
	return k
}

// 5 to 3: the pods have stopped, and their voters are removed, the highest id first.
func TestQuorumShrinks(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := quorumOf(5)
		gate := Quorum{around(k, objects(3, 5)...)}
		k.later(time.Minute, func() {
			assert.Empty(t, k.told, "its pod is still there")
			gate.scale(t, 3)
		})
		updated, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: voted(5)})
		require.NoError(t, err)
		retired := voted(3)
		retired.Retired = []int32{1003, 1004}
		assert.Equal(t, retired, updated.Output, "Kafka cannot forget them yet")
		assert.Equal(t, []string{"remove voter 1004", "remove voter 1003"}, k.told)
		assert.Zero(t, k.open, "the connection was closed")

		// It can later, and one that came back is not forgotten.
		k.told, k.version = nil, 33
		k.observers = []int32{1003}
		gate.scale(t, 4)
		k.later(time.Minute, func() { k.voters = firstVoters(4) })
		updated, err = gate.Update(t.Context(), quorumUpdate{Inputs: vote(4), State: updated.Output})
		require.NoError(t, err)
		assert.Equal(t, voted(4), updated.Output)
		assert.Equal(t, []string{"unregister controller 1004"}, k.told)
	})
}

// Who was cut off between the removal and the end forgets the one that left all the same.
func TestQuorumForgets(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := quorumOf(3)
		k.version = 33
		gate := Quorum{around(k, objects(3, 3)...)}
		state := voted(4)
		state.Pending = true
		updated, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: state})
		require.NoError(t, err)
		assert.Equal(t, voted(3), updated.Output)
		assert.Equal(t, []string{"unregister controller 1003"}, k.told)
	})
}

func TestQuorumGrows(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := quorumOf(3)
		k.observers = []int32{1003, 1004}
		gate := Quorum{around(k, objects(3, 5)...)}
		began := time.Now()
		k.later(time.Minute, func() { k.voters = firstVoters(5) })
		updated, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(5), State: voted(3)})
		require.NoError(t, err)
		assert.Equal(t, voted(5), updated.Output)
		assert.GreaterOrEqual(t, time.Since(began), time.Minute)
	})
}

// Too large a step fails the preview, since the gate comes after the pods have been stopped; and
// so does the gate itself.
func TestQuorumRefuses(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := quorumOf(7)
		gate := Quorum{around(k, objects(3, 3)...)}
		_, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: voted(7), DryRun: true})
		require.ErrorContains(t, err, "go to 5 first")
		updated, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: voted(7)})
		assert.Contains(t, said(t, err), "no controller may leave: of voters 1000, ")
		assert.Equal(t, Outcome{Opened: firstVoters(7), Pending: true}, updated.Output.Outcome)
		assert.Empty(t, k.told)

		wrong := vote(3)
		wrong.Voters = []int32{0}
		_, err = gate.Create(t.Context(), quorumCreate{Inputs: wrong, DryRun: true})
		require.ErrorContains(t, err, "voter 0 is not in the range of ids 1000 to 1999")
	})
}

func TestQuorumIsCutOff(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := quorumOf(5)
		gate := Quorum{around(k, objects(3, 4)...)}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		cut, err := gate.Update(ctx, quorumUpdate{Inputs: vote(3), State: voted(5)})
		assert.Equal(t, []string{
			"cut off, and the next up goes on: controller 1003 is to go and its pod is still there: context canceled",
			"so far: controller 1004 removed from the quorum",
		}, reasons(t, err))
		assert.Equal(t, Outcome{Opened: firstVoters(5), Pending: true}, cut.Output.Outcome)
		k.voters = firstVoters(5) // the pod came back and joined
		back, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(5), State: cut.Output})
		require.NoError(t, err)
		assert.Equal(t, voted(5), back.Output, "changed mind")
	})
}

func TestQuorumOnTheFirstUp(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := quorumOf(3)
		for _, o := range [][]runtime.Object{nil, objects(1, 3)} {
			_, err := Quorum{around(k, o...)}.Create(t.Context(), quorumCreate{Inputs: vote(3), DryRun: true})
			require.NoError(t, err)
		}
		made, err := Quorum{around(k, objects(1, 3)...)}.Create(t.Context(), quorumCreate{Inputs: vote(3)})
		require.NoError(t, err)
		assert.Equal(t, voted(3), made.Output)
		assert.Zero(t, k.connections)

		k.voters = firstVoters(4)
		_, err = Quorum{around(k, objects(2, 3)...)}.Create(t.Context(), quorumCreate{Inputs: vote(3)})
		require.NoError(t, err)
		assert.Equal(t, []string{"remove voter 1003"}, k.told, "behind an older pool it is as good as an update")
	})
}

// Brokers may be started after this gate, so that nobody can be asked on a start.
func TestQuorumStopsAndStarts(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := quorumOf(5)
		k.away = errors.New("no broker runs")
		gate := Quorum{around(k, objects(5, 3)...)}
		inputs := vote(3)
		inputs.Stopped = true
		stopped, err := gate.Update(t.Context(), quorumUpdate{Inputs: inputs, State: voted(3)})
		require.NoError(t, err)
		for _, preview := range []bool{true, false} {
			started, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: stopped.Output, DryRun: preview})
			require.NoError(t, err)
			assert.Equal(t, voted(3), started.Output)
		}
		assert.Zero(t, k.connections, "the same voters as before it stopped")

		// It was stopped in the middle of 5 to 3.
		stopped.Output.Outcome = Outcome{Opened: firstVoters(5), Pending: true}
		began := time.Now()
		started, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: stopped.Output})
		require.NoError(t, err)
		assert.LessOrEqual(t, time.Since(began), moment+insist.Pause)
		assert.NotZero(t, k.connections, "it was tried")
		assert.Equal(t, stopped.Output.Outcome, started.Output.Outcome)
		diff, err := gate.Diff(t.Context(), infer.DiffRequest[QuorumArgs, QuorumState]{Inputs: vote(3), State: started.Output})
		require.NoError(t, err)
		assert.True(t, diff.HasChanges)

		began = time.Now()
		_, err = gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: started.Output})
		assert.Equal(t, []string{"no broker runs"}, reasons(t, err), "now they must: a voter is to go")
		assert.GreaterOrEqual(t, time.Since(began), patience)
		k.away = nil
		_, err = gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: started.Output})
		require.NoError(t, err)
		assert.Equal(t, firstVoters(3), k.voters)
	})
}

// Whatever broke all brokers may be what is mended after this gate.
func TestQuorumWithoutKafka(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := quorumOf(3)
		k.away = errors.New("nobody listens")
		gate := Quorum{around(k, objects(3, 3)...)}
		for _, state := range []QuorumState{voted(3), voted(2), {QuorumArgs: vote(3)}} {
			let, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: state})
			require.NoError(t, err)
			assert.Equal(t, Outcome{Opened: state.Opened, Pending: true}, let.Output.Outcome)
		}
		_, err := gate.Update(t.Context(), quorumUpdate{Inputs: vote(3), State: voted(3), DryRun: true})
		require.NoError(t, err, "a preview only does not know")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = gate.Update(ctx, quorumUpdate{Inputs: vote(3), State: voted(3)})
		assert.Contains(t, said(t, err), "cut off, and the next up goes on")
	})
}

func TestQuorumWithoutKubernetes(t *testing.T) {
	inTime(t, func(t *testing.T) {
		gate := Quorum{around(quorumOf(3))}
		gate.kube(t).PrependReactor("get", "statefulsets", func(kubetesting.Action) (bool, runtime.Object, error) {
			return true, nil, errors.New("no route")
		})
		_, err := gate.Create(t.Context(), quorumCreate{Inputs: vote(3)})
		assert.Equal(t, []string{"stateful set n/kafka: no route"}, reasons(t, err))
		elsewhere := vote(3)
		elsewhere.Context = "elsewhere"
		_, err = gate.Create(t.Context(), quorumCreate{Inputs: elsewhere})
		require.EqualError(t, err, "no such context")
	})
}

func TestQuorumRead(t *testing.T) {
	stopped := vote(3)
	stopped.Stopped = true
	const prefix = "its voters are not those that there are to be: "
	for name, c := range map[string]struct {
		args   QuorumArgs
		world  func(*kafka)
		closed string // "" if it stands open
	}{
		"open":            {vote(3), nil, ""},
		"one is missing":  {vote(4), nil, prefix + "waits for controllers 1003 to vote"},
		"one too many":    {vote(2), nil, prefix + "controller 1002: removed from the quorum as soon as its pod is gone"},
		"it could not be": {vote(1), nil, prefix + "controller 1002: removed from the quorum as soon as its pod is gone; controller 1001: removed from the quorum as soon as its pod is gone"},
		"one is behind":   {vote(3), func(k *kafka) { k.behind = 1001 }, ""},
		"unreachable":     {vote(4), func(k *kafka) { k.away = errors.New("away") }, ""},
		"stopped":         {stopped, func(k *kafka) { k.voters = firstVoters(1) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T) {
				k := quorumOf(3)
				if c.world != nil {
					c.world(k)
				}
				state := QuorumState{QuorumArgs: c.args}
				found, err := Quorum{around(k)}.Read(t.Context(), quorumRead{ID: "n/kafka", Inputs: c.args, State: state})
				assert.Equal(t, infer.ReadResponse[QuorumArgs, QuorumState]{ID: "n/kafka", Inputs: c.args, State: state}, found)
				if c.closed == "" {
					require.NoError(t, err)
					return
				}
				assert.Equal(t, []string{c.closed}, reasons(t, err))
			})
		})
	}
}
