package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

// By default nothing is asked of Kafka. A release that is finalised is remembered, beside the
// records, too, also when nothing is asked for any more.
func TestFeaturesAreRemembered(t *testing.T) {
	kubeconfig(t)
	of := func(features string, outputs map[string]any) ([]record.Resource, string) {
		keys := map[string]string{"kafka-kraft:image": ready}
		for key, value := range merge(separatedKeys, map[string]string{"features": features}) {
			keys["kafka-kraft:"+key] = value
		}
		resources, err := record.RunLive(keys, outputs, Program)
		require.NoError(t, err)
		facts, _ := dig(t, find(t, resources, "kubernetes:core/v1:ConfigMap", "record").Inputs, "data", "facts").(string)
		return resources, facts
	}
	was := live(t, separatedKeys)
	held, facts := of("hold", was)
	for _, r := range held {
		assert.NotEqual(t, gates.FeaturesType, r.Type)
	}
	assert.Equal(t, was[OutputFrozen], facts)
	done, facts := of("4.4", was)
	assert.Equal(t, "4.4", find(t, done, gates.FeaturesType, "kafka").Inputs["release"])
	assert.EqualValues(t, 33, config.FeaturesOf(facts))
	_, still := of("hold", map[string]any{OutputFrozen: facts})
	assert.Equal(t, facts, still)
}

// An older Kafka than what is finalised is refused, whoever knows of it, and so is a lower release.
func TestOlderThanFinalised(t *testing.T) {
	const me = "organization/kafka-kraft/test"
	keys := merge(separatedKeys, map[string]string{"kafkaVersion": "4.3.1"})
	older := stackOf(t, keys)
	lower := stackOf(t, merge(separatedKeys, map[string]string{"features": "4.3"}))
	facts := config.WithFeatures(older.Record(), 33)
	left := &survey.Record{Namespace: "kafka-kraft", Cluster: "kafka", Owner: me, Facts: facts}
	for name, e := range map[string]estate{
		"by the key":     {owner: me, memory: memory{record: facts}},
		"left":           {owner: me, found: survey.Found{Record: left}},
		"as Kafka says":  {owner: me, memory: memory{record: older.Record()}, level: 33},
		"by hand, later": {owner: me, memory: memory{record: config.WithFeatures(older.Record(), 30)}, level: 33},
	} {
		require.ErrorContains(t, older.check(e), `kafka-kraft:kafkaVersion: "4.3.1": cannot read the metadata, whose metadata.version 33 is finalised`, name)
		require.ErrorContains(t, lower.check(e), `kafka-kraft:features: "4.3": would lower metadata.version from 33 to 30`, name)
		require.NoError(t, stackOf(t, separatedKeys).check(e), name)
	}
	require.NoError(t, older.check(estate{owner: me, memory: memory{record: older.Record()}, level: 30}), "nothing was finalised")
	require.ErrorContains(t, lower.check(estate{owner: me}), "a new cluster of Kafka 4.4.0 begins with 4.4")
}

// Kafka is asked when pods may run something newer than they shall.
func TestGoesBack(t *testing.T) {
	finalised := survey.Found{Record: &survey.Record{Facts: config.WithFeatures(stackOf(t, separatedKeys).Record(), 33)}}
	for name, c := range map[string]struct {
		version string
		e       estate
		want    bool
	}{
		"new":             {"4.3.1", estate{}, false},
		"the same":        {"4.3.1", estate{memory: memory{version: "4.3.1"}}, false},
		"up":              {"4.4.0", estate{memory: memory{version: "4.3.1"}}, false},
		"back":            {"4.3.1", estate{memory: memory{version: "4.4.0"}}, true},
		"from far":        {"4.4.0", estate{memory: memory{version: "5.0.0"}}, true},
		"an up was cut":   {"4.3.1", estate{memory: memory{version: "4.3.1"}, found: finalised}, true},
		"and goes on":     {"4.4.0", estate{memory: memory{version: "4.3.1"}, found: finalised}, false},
		"to nobody knows": {"5.0.0", estate{memory: memory{version: "4.4.0"}}, false},
	} {
		keys := merge(separatedKeys, map[string]string{"kafkaVersion": c.version, "image": ready})
		assert.Equal(t, c.want, stackOf(t, keys).goesBack(c.e), name)
	}
}
