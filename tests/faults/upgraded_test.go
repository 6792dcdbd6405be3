package faults_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

// upgrade is a walk from one release of Kafka to the next one, and through the door behind it.
type upgrade struct{ *kit.Separated }

// upgraded begins with the former release.
func upgraded(t *testing.T, seen *proof.Result) {
	config := runs(t, "4.3.1")
	config["external.basePort"] = "31192"
	w := &upgrade{kit.NewSeparated(t, "upgrade", config)}
	for _, step := range []struct {
		name string
		run  func(*upgrade, *testing.T)
	}{
		{"records of the former release", (*upgrade).begins},
		{"up, back and up again under load", (*upgrade).upAndBack},
		{"the release is finalised", (*upgrade).finalised},
		{"there is no way back", (*upgrade).noWayBack},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(w, t) }) {
			t.Fatalf("the walk ends here: %s", step.name)
		}
	}
	seen.Records = w.Books.Verdict().Read
	seen.Saw("slowest acknowledgement", 0, w.Books.Slowest())
}

// runs is a stack with this Kafka.
func runs(t *testing.T, version string) kit.Config {
	t.Helper()
	return kit.Config{"kafkaVersion": version, "image": kit.ImageOf(t, version)}
}

func (w *upgrade) begins(t *testing.T) {
	w.Records(t)
	w.level(t, w.Client(t, w.Bootstrap), 30)
}

// upAndBack changes what runs, and nothing that is finalised.
func (w *upgrade) upAndBack(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	for _, version := range []string{"4.4.0", "4.3.1", "4.4.0"} {
		before := w.UIDs(t, w.All()...)
		w.underLoad(t, func() {
			w.Set(t, runs(t, version))
			w.MustUp(t)
		})
		require.NoError(t, w.AreNew(t.Context(), before), version)
		w.Whole(t, client)
		w.level(t, client, 30)
	}
	w.MustChangeNothing(t)
}

// finalised changes what is finalised, and restarts nobody.
func (w *upgrade) finalised(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	before := w.UIDs(t, w.All()...)
	w.Set(t, kit.Config{"features": "4.4"})
	steps, err := w.Steps(t)
	require.NoError(t, err, "Kafka would do it")
	made := 0
	for _, step := range steps {
		if step.Type == gates.FeaturesType {
			made++
		}
	}
	assert.Equal(t, 1, made)
	w.level(t, client, 30)
	w.underLoad(t, func() { w.MustUp(t) })
	w.level(t, client, 33)
	assert.Equal(t, before, w.UIDs(t, w.All()...), "nobody had to be restarted")
	w.MustChangeNothing(t)
}

// noWayBack tries what would make metadata unreadable.
func (w *upgrade) noWayBack(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	before := w.UIDs(t, w.All()...)
	for _, wrong := range []kit.Config{
		{"features": "4.3"},
		{"kafkaVersion": "4.3.1", "features": "hold"},
		{"kafkaVersion": "4.3.1", "features": "4.3"},
	} {
		w.Set(t, wrong)
		_, err := w.Steps(t)
		require.ErrorContains(t, err, "there is no way back, since 32 and 33 change metadata", "in the preview: %v", wrong)
		_, err = w.TryUp(t)
		require.ErrorContains(t, err, "there is no way back, since 32 and 33 change metadata", "%v", wrong)
		w.Set(t, kit.Config{"kafkaVersion": "4.4.0", "features": "4.4"})
	}
	assert.Equal(t, before, w.UIDs(t, w.All()...), "nothing was changed")
	w.level(t, client, 33)
	w.MustChangeNothing(t)
}

// level fails the test unless this metadata.version is finalised, and every broker knows it.
func (w *upgrade) level(t *testing.T, client *kgo.Client, want int16) {
	t.Helper()
	admin := ops.New(client)
	for _, broker := range kit.Registered(t, client) {
		found, err := admin.MetadataVersionOf(t.Context(), broker)
		require.NoError(t, err)
		assert.Equal(t, want, found.Finalised, "broker %d", broker)
	}
}

// underLoad writes 1000 records a second meanwhile. None is lost.
func (w *upgrade) underLoad(t *testing.T, do func()) {
	t.Helper()
	load := w.StartLoad(t, 1000)
	do()
	load.Stop(t)
	w.MustReadBack(t)
	assert.Zero(t, w.Books.Verdict().Failed)
}
