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
)

type (
	featuresUpdate = infer.UpdateRequest[FeaturesArgs, FeaturesState]
	featuresCreate = infer.CreateRequest[FeaturesArgs]
	featuresRead   = infer.ReadRequest[FeaturesArgs, FeaturesState]
	featuresDiff   = infer.DiffRequest[FeaturesArgs, FeaturesState]
)

func release(name string) FeaturesArgs { return FeaturesArgs{Place: place(), Release: name} }

func released(name string) FeaturesState {
	return FeaturesState{FeaturesArgs: release(name), Outcome: Outcome{Opened: []int32{0, 1, 2}}}
}

func featuresOf(k *kafka) Features { return Features{around(k, objects(2, 3)...)} }

// voting has three brokers and three controllers.
func voting() *kafka {
	k := newKafka(3)
	k.voters = firstVoters(3)
	return k
}

func TestFeaturesAreFinalised(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := voting()
		gate := featuresOf(k)
		planned, err := gate.Create(t.Context(), featuresCreate{Inputs: release("4.4"), DryRun: true})
		require.NoError(t, err)
		assert.Equal(t, "n/kafka", planned.ID)
		assert.Empty(t, k.told, "a preview changes nothing")

		made, err := gate.Create(t.Context(), featuresCreate{Inputs: release("4.4")})
		require.NoError(t, err)
		assert.Equal(t, released("4.4"), made.Output)
		assert.Equal(t, []string{"metadata.version 33"}, k.told)
		assert.Zero(t, k.open, "the connection was closed")

		_, err = gate.Update(t.Context(), featuresUpdate{Inputs: release("4.4"), State: made.Output})
		require.NoError(t, err)
		assert.Len(t, k.told, 1, "done is done")
		diff, err := gate.Diff(t.Context(), featuresDiff{Inputs: release("4.4"), State: made.Output})
		require.NoError(t, err)
		assert.False(t, diff.HasChanges)
	})
}

// What Kafka would refuse fails the preview, and changes nothing.
func TestFeaturesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		is      func(*kafka)
		release string
		want    string
	}{
		"a controller that left": {func(k *kafka) { k.ghost = 1003 }, "4.4", "let it come back for one up"},
		"an older voter":         {func(k *kafka) { k.ghost = 1001 }, "4.4", "let every node run Kafka 4.4 first"},
		"lowered":                {func(k *kafka) { k.version = 33 }, "4.3", "metadata.version stays 33: 30 would lower it, and there is no way back, since 32 and 33 change metadata"},
		"no release":             {func(*kafka) {}, "4.9", `release "4.9" is none of 4.2, 4.3 or 4.4`},
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T) {
				k := voting()
				c.is(k)
				gate := featuresOf(k)
				_, err := gate.Create(t.Context(), featuresCreate{Inputs: release(c.release), DryRun: true})
				require.ErrorContains(t, err, c.want)
				_, err = gate.Update(t.Context(), featuresUpdate{Inputs: release(c.release), State: released("4.3"), DryRun: true})
				require.ErrorContains(t, err, c.want)
				updated, err := gate.Update(t.Context(), featuresUpdate{Inputs: release(c.release), State: released("4.3")})
				require.Error(t, err)
				if c.release != "4.9" {
					assert.Contains(t, said(t, err), c.want)
					assert.True(t, updated.Output.Pending, "gone through again")
				}
				assert.Empty(t, k.told)
			})
		})
	}
}

// Brokers that the same up restarts with a newer Kafka know the release when the gate comes.
func TestFeaturesBeforeTheRoll(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := voting()
		k.highest = 30
		gate := featuresOf(k)
		_, err := gate.Create(t.Context(), featuresCreate{Inputs: release("4.4"), DryRun: true})
		require.NoError(t, err, "the preview only warns")
		_, err = gate.Create(t.Context(), featuresCreate{Inputs: release("4.4")})
		assert.Contains(t, said(t, err), "broker 2 knows metadata.version up to 30 only")
		assert.Empty(t, k.told)
	})
}

// Who cannot be asked does not keep a preview from its end, and nobody asks a cluster that is not
// there yet, or is stopped.
func TestFeaturesNobodyToAsk(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := voting()
		_, err := Features{around(k)}.Create(t.Context(), featuresCreate{Inputs: release("4.4"), DryRun: true})
		require.NoError(t, err)
		gate := featuresOf(k)
		stopped := release("4.4")
		stopped.Stopped = true
		made, err := gate.Create(t.Context(), featuresCreate{Inputs: stopped})
		require.NoError(t, err)
		assert.True(t, made.Output.Pending)
		diff, err := gate.Diff(t.Context(), featuresDiff{Inputs: stopped, State: made.Output})
		require.NoError(t, err)
		assert.False(t, diff.HasChanges, "it waits for the start")
		diff, err = gate.Diff(t.Context(), featuresDiff{Inputs: release("4.4"), State: made.Output})
		require.NoError(t, err)
		assert.Contains(t, diff.DetailedDiff, "stopped")
		_, err = gate.Update(t.Context(), featuresUpdate{Inputs: release("4.4"), State: made.Output, DryRun: true})
		require.NoError(t, err)
		assert.Zero(t, k.connections)

		k.away = errors.New("no route to host")
		_, err = gate.Create(t.Context(), featuresCreate{Inputs: release("4.4"), DryRun: true})
		require.NoError(t, err)
		began := time.Now()
		_, err = gate.Create(t.Context(), featuresCreate{Inputs: release("4.4")})
		assert.Contains(t, said(t, err), "no route to host")
		assert.GreaterOrEqual(t, time.Since(began), patience)
	})
}

// Who was cut off while brokers had not heard of it yet goes on with the next up.
func TestFeaturesAreCutOff(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := voting()
		k.deaf = true
		gate := featuresOf(k)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		cut, err := gate.Create(ctx, featuresCreate{Inputs: release("4.4")})
		assert.Equal(t, []string{
			"cut off, and the next up goes on: waits until brokers 0, 1, 2 know that metadata.version is 33: context canceled",
			"so far: metadata.version 33 is finalised, it was 30",
		}, reasons(t, err))
		assert.True(t, cut.Output.Pending)
		diff, err := gate.Diff(t.Context(), featuresDiff{Inputs: release("4.4"), State: cut.Output})
		require.NoError(t, err)
		assert.Equal(t, map[string]p.PropertyDiff{"pending": {Kind: p.Update}}, diff.DetailedDiff)
		k.deaf = false
		updated, err := gate.Update(t.Context(), featuresUpdate{Inputs: release("4.4"), State: cut.Output})
		require.NoError(t, err)
		assert.Equal(t, released("4.4"), updated.Output)
		assert.Len(t, k.told, 1)
	})
}

func TestFeaturesRead(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := voting()
		gate := featuresOf(k)
		read := func(name string) error {
			_, err := gate.Read(t.Context(), featuresRead{Inputs: release(name), State: released(name)})
			return err
		}
		assert.Contains(t, said(t, read("4.4")), "the release is not finalised: metadata.version 30 to 33")
		require.NoError(t, read("4.3"))
		k.version = 33
		require.NoError(t, read("4.4"))
		require.NoError(t, read("4.3"), "raised by hand")
		k.away = errors.New("away")
		require.NoError(t, read("4.4"))
		_, err := gate.Read(t.Context(), featuresRead{})
		require.ErrorIs(t, err, errNoImport)
	})
}
