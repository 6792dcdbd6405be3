package ops

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// upgraded has three brokers and three controllers, all of which know 33, and 30 is finalised.
func upgraded() *fake {
	f := newFake(3)
	for _, id := range ids(3) {
		f.voter(id)
	}
	f.leader, f.knows = 1000, map[string]int16{}
	return f
}

func TestFinalise(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := upgraded()
		f.addBroker(3).fenced = true
		plan, err := PlanFeatures(t.Context(), f, Features{Level: 33})
		require.NoError(t, err)
		assert.Equal(t, FeaturesPlan{From: 30, To: 33}, plan)
		assert.Equal(t, []string{"metadata.version 30 to 33: one way, 32 and 33 change metadata; Kafka older than 4.4 cannot read it"}, plan.Lines())
		assert.Empty(t, f.log, "nothing was changed")

		var said []string
		report, err := Finalise(t.Context(), f, Features{Level: 33}, func(line string) { said = append(said, line) })
		require.NoError(t, err)
		assert.Equal(t, FeaturesReport{From: 30, To: 33, Brokers: []int32{0, 1, 2}}, report)
		assert.Equal(t, []string{"metadata.version 33"}, f.log)
		assert.Equal(t, []string{"metadata.version 33 is finalised, it was 30, and brokers 0, 1, 2 know it"}, report.Lines())
		assert.Contains(t, said, "waits until brokers 1, 2 know that metadata.version is 33")
		for id := range int32(3) {
			assert.Zero(t, f.brokers[id].deaf, "broker %d knows it", id)
		}

		report, err = Finalise(t.Context(), f, Features{Level: 33}, nil)
		require.NoError(t, err)
		assert.Equal(t, FeaturesReport{From: 33, To: 33, Brokers: []int32{0, 1, 2}}, report)
		assert.Empty(t, report.Lines())
		assert.Len(t, f.log, 1, "done is done")
	})
}

// A node that does not know the level is named, with the way on, and nothing is changed.
func TestFinaliseRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		is    func(*fake)
		level int16
		want  []string
	}{
		"an older broker": {func(f *fake) { f.knows["Broker 2"] = 30 }, 33, []string{
			"metadata.version stays 30: broker 2 knows metadata.version up to 30 only: let every node run Kafka 4.4 first",
		}},
		"older brokers": {func(f *fake) { f.knows["Broker 1"], f.knows["Broker 2"] = 30, 30 }, 33, []string{"broker 1 knows", "broker 2 knows"}},
		"one that is fenced": {func(f *fake) { f.fence(2); f.knows["Broker 2"] = 30 }, 33, []string{
			"Broker 2 only supports versions 7-30", "let every node run Kafka 4.4 first, or, if broker 2 is gone for good, unregister it",
		}},
		"an older voter": {func(f *fake) { f.knows["Controller 1001"] = 30 }, 33, []string{
			"Controller 1001 only supports versions 7-30", ": let every node run Kafka 4.4 first",
		}},
		"a controller that left": {func(f *fake) { f.registered[1003] = true; f.knows["Controller 1003"] = 30 }, 33, []string{
			"Controller 1003 only supports versions 7-30", "controller 1003 does not vote any more and is still registered; let it come back for one up",
		}},
		"one way": {func(f *fake) { f.version = 33 }, 30, []string{
			"metadata.version stays 33: 30 would lower it, and there is no way back, since 32 and 33 change metadata",
		}},
		"no release": {func(*fake) {}, 34, []string{"broker 0 knows metadata.version up to 33 only: let every node run a newer Kafka first"}},
		"no level":   {func(*fake) {}, 0, []string{"metadata.version 0 is no level"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := upgraded()
				c.is(f)
				was := f.version
				_, planned := PlanFeatures(t.Context(), f, Features{Level: c.level})
				_, done := Finalise(t.Context(), f, Features{Level: c.level}, nil)
				for _, err := range []error{planned, done} {
					require.ErrorAs(t, err, new(*Refusal))
					for _, want := range c.want {
						assert.ErrorContains(t, err, want)
					}
				}
				assert.Equal(t, was, f.version)
				assert.Empty(t, f.log)
			})
		})
	}
}

// Where no metadata is lost, Kafka goes back.
func TestFinaliseLowers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := upgraded()
		f.version = 31
		report, err := Finalise(t.Context(), f, Features{Level: 30}, nil)
		require.NoError(t, err)
		assert.Equal(t, FeaturesReport{From: 31, To: 30, Brokers: []int32{0, 1, 2}}, report)
	})
}

// Who was cut off while brokers had not heard of it goes on with waiting.
func TestFinaliseIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := upgraded()
		ctx, cancel := context.WithCancel(t.Context())
		report, err := Finalise(ctx, f, Features{Level: 33}, func(string) { cancel() })
		require.ErrorIs(t, err, context.Canceled)
		assert.EqualValues(t, 33, report.To)
		plan, err := PlanFeatures(t.Context(), f, Features{Level: 33})
		require.NoError(t, err)
		assert.NotEmpty(t, plan.Behind)
		assert.Len(t, plan.Lines(), 1)
		_, err = Finalise(t.Context(), f, Features{Level: 33}, nil)
		require.NoError(t, err)
		assert.Len(t, f.log, 1)
	})
}

// A broker that restarts, or a quorum that elects, is waited for, and not for ever.
func TestFinaliseWaitsOutFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := upgraded()
		failures := 0
		f.before = func(call int, _ string) error {
			if call < 5 {
				failures++
				return kerr.RequestTimedOut
			}
			return nil
		}
		_, err := Finalise(t.Context(), f, Features{Level: 33}, nil)
		require.NoError(t, err)
		assert.Equal(t, 4, failures)

		f.before = func(int, string) error { return errors.New("away") }
		_, err = Finalise(t.Context(), f, Features{Level: 33, Pace: Pace{Patience: time.Minute}}, nil)
		require.ErrorContains(t, err, "for 1m0s: away")

		f.again()
		for id := range int32(3) {
			f.fence(id)
		}
		_, err = Finalise(t.Context(), f, Features{Level: 33, Pace: Pace{Patience: time.Minute}}, nil)
		require.ErrorContains(t, err, "no broker serves")
	})
}

func TestClientMetadataVersion(t *testing.T) {
	t.Parallel()
	w, admin := newWire(t, 2)
	version, err := admin.MetadataVersionOf(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, MetadataVersion{Finalised: 30, Highest: 33}, version)

	require.NoError(t, admin.SetMetadataVersion(t.Context(), 33, false, true))
	_, req := last[*kmsg.UpdateFeaturesRequest](w)
	assert.True(t, req.ValidateOnly)
	assert.Equal(t, []kmsg.UpdateFeaturesRequestFeatureUpdate{{Feature: "metadata.version", MaxVersionLevel: 33, UpgradeType: 1}}, req.FeatureUpdates)
	require.NoError(t, admin.SetMetadataVersion(t.Context(), 30, true, false))
	_, req = last[*kmsg.UpdateFeaturesRequest](w)
	assert.False(t, req.ValidateOnly)
	assert.EqualValues(t, 2, req.FeatureUpdates[0].UpgradeType)

	on(w, func(_ int32, _ *kmsg.UpdateFeaturesRequest, r *kmsg.UpdateFeaturesResponse) {
		r.ErrorCode, r.ErrorMessage = kerr.InvalidUpdateVersion.Code, ptr("Controller 3 only supports versions 7-30")
	})
	err = admin.SetMetadataVersion(t.Context(), 33, false, false)
	require.ErrorIs(t, err, kerr.InvalidUpdateVersion)
	assert.ErrorContains(t, err, `metadata.version 33: INVALID_UPDATE_VERSION`)
	assert.ErrorContains(t, err, "Controller 3 only supports versions 7-30", "in Kafka's own words")
}
