package ops

import (
	"context"
	"errors"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
	kubetesting "k8s.io/client-go/testing"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/insist"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/silence"
)

type (
	evacuationUpdate = infer.UpdateRequest[EvacuationArgs, EvacuationState]
	evacuationCreate = infer.CreateRequest[EvacuationArgs]
	evacuationRead   = infer.ReadRequest[EvacuationArgs, EvacuationState]
)

func keep(ids ...int32) EvacuationArgs { return EvacuationArgs{Place: place(), Keep: ids} }

// stoodOpen is the state of a gate that has opened for these.
func stoodOpen(ids ...int32) EvacuationState {
	return EvacuationState{EvacuationArgs: keep(ids...), Outcome: Outcome{Opened: ids}}
}

// Four brokers become three: the fourth is empty and cordoned when the gate opens.
func TestEvacuationEmptiesWhoLeaves(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		gate := Evacuation{around(k, objects(3, 4)...)}
		updated, err := gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2), State: stoodOpen(0, 1, 2, 3)})
		require.NoError(t, err)
		assert.Equal(t, stoodOpen(0, 1, 2), updated.Output)
		assert.Zero(t, k.onLast())
		assert.True(t, k.cordoned(3))
		assert.Zero(t, k.open, "the connection was closed")

		before := len(k.told)
		_, err = gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2), State: updated.Output})
		require.NoError(t, err)
		assert.Len(t, k.told, before, "done is done")

		updated, err = gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2, 3), State: updated.Output})
		require.NoError(t, err)
		assert.False(t, k.cordoned(3), "changed mind")
		assert.Equal(t, stoodOpen(0, 1, 2, 3), updated.Output)
	})
}

// What the program says of volumes is told to who plans.
func TestOneVolumeIsTold(t *testing.T) {
	assert.True(t, EvacuationArgs{OneVolume: true}.wish().OneVolume)
	assert.True(t, MembershipArgs{OneVolume: true}.wish(MembershipState{}).OneVolume)
}

// A gate that is new may stand before a pool that is not, and that is scaled in the same up.
func TestEvacuationOfAnOlderPool(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		made, err := Evacuation{around(k, objects(1, 4)...)}.Create(t.Context(), evacuationCreate{Inputs: keep(0, 1, 2)})
		require.NoError(t, err)
		assert.Equal(t, "n/kafka", made.ID)
		assert.Equal(t, stoodOpen(0, 1, 2), made.Output)
		assert.Zero(t, k.onLast())
	})
}

// Where nobody can have to be evacuated, Kafka is not asked: it need not even be there.
func TestEvacuationAsksNobody(t *testing.T) {
	for name, objects := range map[string][]runtime.Object{
		"on the first up":           nil,
		"before a pool as it began": objects(1, 3),
		"before one that grows":     objects(1, 2),
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T) {
				k := newKafka(3)
				gate, began := Evacuation{around(k, objects...)}, time.Now()
				for _, preview := range []bool{true, false} {
					made, err := gate.Create(t.Context(), evacuationCreate{Inputs: keep(0, 1, 2), DryRun: preview})
					require.NoError(t, err)
					assert.Equal(t, !preview, len(made.Output.Opened) == 3)
				}
				assert.Zero(t, k.connections)
				assert.Zero(t, time.Since(began))
			})
		})
	}
}

// What is refused changes nothing, has all its reasons, and fails the preview already.
func TestEvacuationRefuses(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		k.version = 29
		k.brokers[2] = true
		gate := Evacuation{around(k, objects(3, 4)...)}
		request := evacuationUpdate{Inputs: keep(0, 1, 2), State: stoodOpen(0, 1, 2, 3)}
		updated, err := gate.Update(t.Context(), request)
		why := reasons(t, err)
		require.Len(t, why, 3)
		assert.Contains(t, why[0], "broker 3: not emptied: metadata.version is 29")
		assert.Contains(t, why[1], "broker 3: not emptied: topic orders has 3 replicas, and only 2 brokers stay")
		assert.Contains(t, why[2], "broker 3: not emptied: broker 2 stays and is fenced")
		assert.Equal(t, []int32{0, 1, 2, 3}, updated.Output.Opened)
		assert.Empty(t, k.told)

		request.DryRun = true
		_, err = gate.Update(t.Context(), request)
		var refusal *ops.Refusal
		require.ErrorAs(t, err, &refusal)
		assert.Len(t, refusal.Reasons, 3)

		request.Inputs.Keep = []int32{0, 0, 2000} // for which nobody need be asked
		k.away = errors.New("away")
		_, err = gate.Update(t.Context(), request)
		require.ErrorAs(t, err, &refusal)
		assert.Len(t, refusal.Reasons, 2)
	})
}

// Where one preview waited in vain, the next ones hardly do, until somebody answers.
func TestGlancesShareSilence(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		gate := Evacuation{around(k, objects(4, 4)...)}
		gate.Silent = &silence.Silence[Silent]{}
		preview := func() time.Duration {
			began := time.Now()
			_, err := gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2), State: stoodOpen(0, 1, 2, 3), DryRun: true})
			require.NoError(t, err)
			return time.Since(began)
		}
		k.away = errors.New("away")
		assert.Equal(t, glance, preview())
		assert.Zero(t, preview())
		k.away = nil
		preview()
		k.away = errors.New("away")
		assert.Equal(t, glance, preview(), "it did answer meanwhile")
	})
}

// Cut off in the middle: what was done is told, and the next up finishes it, or takes it back.
func TestEvacuationIsCutOff(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		k.stuck = true
		gate := Evacuation{around(k, objects(3, 4)...)}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		cut, err := gate.Update(ctx, evacuationUpdate{Inputs: keep(0, 1, 2), State: stoodOpen(0, 1, 2, 3)})
		why := said(t, err)
		assert.Contains(t, why, "cut off, and the next up goes on: broker 3: 0 of 2 partitions moved, 0 B of 2.0 GiB")
		assert.Contains(t, why, "so far: broker 3: no more replicas")
		assert.Equal(t, EvacuationState{keep(0, 1, 2), Outcome{Opened: []int32{0, 1, 2, 3}, Pending: true}}, cut.Output)
		require.Len(t, k.running, 2)

		diff, err := gate.Diff(t.Context(), infer.DiffRequest[EvacuationArgs, EvacuationState]{Inputs: keep(0, 1, 2), State: cut.Output})
		require.NoError(t, err)
		assert.Equal(t, p.DiffResponse{HasChanges: true, DetailedDiff: map[string]p.PropertyDiff{"pending": {Kind: p.Update}}}, diff,
			"it is gone on with whatever the engine remembers")

		back, err := gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2, 3), State: cut.Output})
		require.NoError(t, err)
		assert.Equal(t, stoodOpen(0, 1, 2, 3), back.Output)
		assert.Empty(t, k.running)
		assert.False(t, k.cordoned(3))
		assert.Equal(t, 2, k.onLast())
	})
}

// A Kafka that does not answer keeps the gate shut only while a pod is to go: otherwise what
// comes next may be what mends it.
func TestEvacuationWithoutKafka(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		k.away = errors.New("nobody listens")
		gate := Evacuation{around(k, objects(3, 4)...)}
		began := time.Now()
		_, err := gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2), State: stoodOpen(0, 1, 2, 3)})
		assert.Equal(t, []string{"nobody listens"}, reasons(t, err))
		assert.GreaterOrEqual(t, time.Since(began), patience)

		began = time.Now()
		let, err := gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2, 3), State: stoodOpen(0, 1, 2)})
		require.NoError(t, err)
		assert.LessOrEqual(t, time.Since(began), moment+insist.Pause)
		assert.Equal(t, Outcome{Opened: []int32{0, 1, 2}, Pending: true}, let.Output.Outcome, "the next up looks again")

		_, err = gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2), State: stoodOpen(0, 1, 2, 3), DryRun: true})
		require.NoError(t, err, "a preview only does not know")

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = gate.Update(ctx, evacuationUpdate{Inputs: keep(0, 1, 2, 3), State: stoodOpen(0, 1, 2)})
		assert.Contains(t, said(t, err), "cut off, and the next up goes on", "nobody is let through who was told to stop")
	})
}

// A broker whose pod somebody has taken away keeps the gate shut while what it had cannot be moved.
func TestEvacuationOfAGhost(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		k.brokers[3] = true
		k.partitions[0].Leader = -1
		gate := Evacuation{around(k, objects(3, 3)...)}
		_, err := gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2), State: stoodOpen(0, 1, 2)})
		assert.Contains(t, said(t, err), "partition orders-0 has no leader")
	})
}

// Only a gate that is new before a pool as it began asks nobody: what an earlier one did must be
// taken back.
func TestEvacuationLooks(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		changed, began := Evacuation{around(k, objects(2, 4)...)}, Evacuation{around(k, objects(1, 4)...)}
		for title, run := range map[string]func() error{
			"a new one before an older pool": func() error {
				_, err := changed.Create(t.Context(), evacuationCreate{Inputs: keep(0, 1, 2, 3)})
				return err
			},
			"an older one before a pool as it began": func() error {
				_, err := began.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2, 3), State: stoodOpen(0, 1, 2, 3)})
				return err
			},
		} {
			k.dynamic[3]["cordoned.log.dirs"] = "*"
			require.NoError(t, run(), title)
			assert.False(t, k.cordoned(3), title)
		}
	})
}

// Kubernetes that does not answer keeps it shut: then nobody knows what is behind it.
func TestEvacuationWithoutKubernetes(t *testing.T) {
	inTime(t, func(t *testing.T) {
		cluster := around(newKafka(3))
		cluster.kube(t).PrependReactor("get", "statefulsets", func(kubetesting.Action) (bool, runtime.Object, error) {
			return true, nil, errors.New("no route")
		})
		made, err := Evacuation{cluster}.Create(t.Context(), evacuationCreate{Inputs: keep(0, 1, 2)})
		assert.Equal(t, []string{"stateful set n/kafka: no route"}, reasons(t, err))
		assert.True(t, made.Output.Pending)

		elsewhere := keep(0, 1, 2)
		elsewhere.Context = "elsewhere"
		_, err = Evacuation{cluster}.Create(t.Context(), evacuationCreate{Inputs: elsewhere})
		require.EqualError(t, err, "no such context", "what was never there is not kept")
	})
}

// A pool that stops is not evacuated. Nor does it lose a broker meanwhile that holds something.
func TestEvacuationOfAStoppedPool(t *testing.T) {
	stopped := func(ids ...int32) EvacuationArgs {
		args := keep(ids...)
		args.Stopped = true
		return args
	}
	t.Run("all stay", func(t *testing.T) {
		inTime(t, func(t *testing.T) {
			k := newKafka(4)
			k.away = errors.New("broken, which is why it is stopped")
			gate := Evacuation{around(k, objects(3, 4)...)}
			_, err := gate.Update(t.Context(), evacuationUpdate{Inputs: stopped(0, 1, 2, 3), State: stoodOpen(0, 1, 2, 3)})
			require.NoError(t, err)
		})
	})
	t.Run("one leaves as it stops", func(t *testing.T) {
		inTime(t, func(t *testing.T) {
			k := newKafka(4)
			gate := Evacuation{around(k, objects(3, 4)...)}
			for _, preview := range []bool{true, false} {
				_, err := gate.Update(t.Context(), evacuationUpdate{Inputs: stopped(0, 1, 2), State: stoodOpen(0, 1, 2, 3), DryRun: preview})
				if preview {
					require.ErrorContains(t, err, "kafka loses no broker while it is stopped: what is on broker 3 can be moved only while the pool runs")
					continue
				}
				assert.Contains(t, said(t, err), "what is on broker 3 can be moved only while the pool runs")
			}
			k.partitions = nil // it is empty
			_, err := gate.Update(t.Context(), evacuationUpdate{Inputs: stopped(0, 1, 2), State: stoodOpen(0, 1, 2, 3)})
			require.NoError(t, err)
			k.away = errors.New("nobody knows")
			_, err = gate.Update(t.Context(), evacuationUpdate{Inputs: stopped(0, 1, 2), State: stoodOpen(0, 1, 2, 3)})
			assert.Contains(t, said(t, err), "what is on broker 3 can be moved only")
		})
	})
	t.Run("one leaves while it rests", func(t *testing.T) {
		inTime(t, func(t *testing.T) {
			k := newKafka(4)
			gate := Evacuation{around(k, objects(4, 0)...)}
			for name, inputs := range map[string]EvacuationArgs{"and goes on resting": stopped(0, 1), "and as it starts": keep(0, 1)} {
				_, err := gate.Update(t.Context(), evacuationUpdate{Inputs: inputs, State: stoodOpen(0, 1, 2, 3)})
				assert.Len(t, reasons(t, err), 2, name)
				assert.Contains(t, said(t, err), "what is on broker 2 can", name)
			}
			assert.Zero(t, k.connections)
		})
	})
	t.Run("it starts", func(t *testing.T) {
		inTime(t, func(t *testing.T) {
			k := newKafka(4)
			gate := Evacuation{around(k, objects(4, 0)...)}
			made, err := gate.Create(t.Context(), evacuationCreate{Inputs: stopped(0, 1, 2)})
			require.NoError(t, err)
			assert.Nil(t, made.Output.Opened, "nobody knows who is in it")
			state := stoodOpen(0, 1, 2)
			state.Stopped, state.Pending = true, true
			started, err := gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2), State: state})
			require.NoError(t, err)
			assert.Zero(t, k.connections, "which would wait for what this gate stands before")
			assert.Equal(t, Outcome{Opened: []int32{0, 1, 2}, Pending: true}, started.Output.Outcome, "what is pending stays so")
		})
	})
}

func TestEvacuationForesees(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(4)
		gate := Evacuation{around(k, objects(3, 4)...)}
		lines, err := gate.foresee(t.Context(), EvacuationState{EvacuationArgs: keep(0, 1, 2)}, false)
		require.NoError(t, err)
		assert.Equal(t, []string{"broker 3: 2 replicas, 2.0 GiB to 2"}, lines)
		_, err = gate.Update(t.Context(), evacuationUpdate{Inputs: keep(0, 1, 2), State: stoodOpen(0, 1, 2, 3), DryRun: true})
		require.NoError(t, err)
		assert.Empty(t, k.told, "a preview changes nothing")
	})
}

func TestEvacuationRead(t *testing.T) {
	stopped := keep(0, 1, 2)
	stopped.Stopped = true
	for name, c := range map[string]struct {
		objects []runtime.Object
		args    EvacuationArgs
		world   func(*kafka)
		closed  string // "" if it stands open
	}{
		"open":                   {objects(3, 3), keep(0, 1, 2, 3), nil, ""},
		"a broker that is extra": {objects(3, 3), keep(0, 1, 2), nil, "broker 3: 2 replicas, 2.0 GiB to 2"},
		"a cordon is left":       {objects(3, 3), keep(0, 1, 2, 3), func(k *kafka) { k.dynamic[1]["cordoned.log.dirs"] = "*" }, "broker 1: takes replicas again"},
		"it could not be now":    {objects(3, 3), keep(0, 1, 2), func(k *kafka) { k.brokers[2] = true }, "broker 3: 2 replicas, 2.0 GiB"},
		"unreachable":            {objects(3, 3), keep(0, 1, 2), func(k *kafka) { k.away = errors.New("away") }, ""},
		"stopped":                {objects(3, 3), stopped, nil, ""},
		"resting":                {objects(3, 0), keep(0, 1, 2), nil, ""},
		"deleted":                {nil, keep(0, 1, 2), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T) {
				k := newKafka(4)
				if c.world != nil {
					c.world(k)
				}
				state := EvacuationState{EvacuationArgs: c.args}
				found, err := Evacuation{around(k, c.objects...)}.Read(t.Context(), evacuationRead{ID: "n/kafka", Inputs: c.args, State: state})
				assert.Equal(t, infer.ReadResponse[EvacuationArgs, EvacuationState]{ID: "n/kafka", Inputs: c.args, State: state}, found)
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

func TestGatesAreNotImported(t *testing.T) {
	t.Parallel()
	_, err := Evacuation{}.Read(t.Context(), evacuationRead{ID: "n/kafka"})
	require.ErrorContains(t, err, "not imported")
	_, err = Membership{}.Read(t.Context(), infer.ReadRequest[MembershipArgs, MembershipState]{ID: "n/kafka"})
	require.ErrorContains(t, err, "not imported")
	_, err = Quorum{}.Read(t.Context(), infer.ReadRequest[QuorumArgs, QuorumState]{ID: "n/kafka"})
	require.ErrorContains(t, err, "not imported")
}
