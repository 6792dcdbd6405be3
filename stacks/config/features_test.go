package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func stackAt(t *testing.T, version, release string) Config {
	t.Helper()
	c, err := Parse(merged(good["combined"], map[string]string{"image": "me/kafka", "kafkaVersion": version, "features": release}))
	require.NoError(t, err)
	return c
}

// No release is finalised that a node's Kafka does not know.
func TestFeaturesOfALaterKafka(t *testing.T) {
	err := judge(merged(good["combined"], map[string]string{"kafkaVersion": "4.3.1", "features": "4.4"}))
	require.ErrorContains(t, err, `kafka-kraft:features: "4.4": is newer than kafka-kraft:kafkaVersion 4.3.1, which knows 4.2 and 4.3: let every node run Kafka 4.4 first`)
	assert.ErrorContains(t, err, "nothing was changed")
}

// With the default there is nothing to finalise, and nothing is remembered.
func TestFeaturesHeld(t *testing.T) {
	c := Default()
	_, release := c.Finalises()
	assert.False(t, release)
	assert.Zero(t, FeaturesOf(c.Record()))
	assert.Equal(t, c.Record(), WithFeatures(c.Record(), 0))
	assert.Empty(t, c.Begins())
}

func TestFeaturesAreRemembered(t *testing.T) {
	c := Default()
	record := WithFeatures(c.Record(), 33)
	assert.EqualValues(t, 33, FeaturesOf(record))
	changes, err := c.Changes(record, "")
	require.NoError(t, err)
	assert.Empty(t, changes, "what is wrong with it is for Outdated to say")
	for _, broken := range []string{"%", "features=new", ""} {
		assert.Zero(t, FeaturesOf(broken), broken)
	}
	assert.Equal(t, "%", WithFeatures("%", 33))
}

// What was finalised is refused to an older Kafka, and is not lowered, with both ways out.
func TestOutdated(t *testing.T) {
	for name, c := range map[string]struct {
		version, features string
		level             int16
		want              []string
	}{
		"held":               {"4.4.0", Hold, 33, nil},
		"the same":           {"4.4.0", "4.4", 33, nil},
		"not known":          {"4.3.1", "4.3", 0, nil},
		"not finalised yet":  {"4.4.0", "4.4", 30, nil},
		"went back in time":  {"4.3.1", Hold, 30, nil},
		"a later Kafka":      {"5.0.0", Hold, 40, nil},
		"its level, by hand": {"4.4.0", "4.3", 30, nil},
		"older Kafka": {"4.3.1", Hold, 33, []string{
			`kafka-kraft:kafkaVersion: "4.3.1": cannot read the metadata, whose metadata.version 33 is finalised (4.3 knows 30), and there is no way back, since 32 and 33 change metadata: ` +
				`set it to one of 4.4 or later, or make another stack with 4.3.1 and move the records there`,
		}},
		"lowered": {"4.4.0", "4.3", 33, []string{
			`kafka-kraft:features: "4.3": would lower metadata.version from 33 to 30, and there is no way back, since 32 and 33 change metadata: set it to "4.4" or hold`,
		}},
		"both":         {"4.3.1", "4.3", 33, []string{"kafkaVersion", "features"}},
		"from nowhere": {"4.4.0", Hold, 40, []string{"set it to the one that finalised it, or a later one"}},
	} {
		t.Run(name, func(t *testing.T) {
			problems := stackAt(t, c.version, c.features).Outdated(c.level)
			require.Len(t, problems, len(c.want))
			for i, want := range c.want {
				assert.Contains(t, problems[i].String(), want)
			}
		})
	}
}

// A new cluster is formed with its Kafka's own level.
func TestFeaturesOfANewCluster(t *testing.T) {
	assert.Empty(t, stackAt(t, "4.4.0", "4.4").Begins())
	assert.Empty(t, stackAt(t, "4.3.1", "4.3").Begins())
	assert.Empty(t, stackAt(t, "5.0.0", "4.3").Begins(), "nobody knows")
	assert.ErrorContains(t, stackAt(t, "4.4.0", "4.3").Begins().Err(),
		`kafka-kraft:features: "4.3": a new cluster of Kafka 4.4.0 begins with 4.4 (metadata.version 33), and there is no way back, since 32 and 33 change metadata: `+
			`set it to hold or 4.4, or begin with a kafka-kraft:kafkaVersion of 4.3`)
}
