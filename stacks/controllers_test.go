package stacks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

// Controllers that come to a live stack change no pod that is there: neither what an empty
// volume is formatted with, nor where nodes look for the quorum.
func TestControllersComeToALiveStack(t *testing.T) {
	kubeconfig(t)
	of := func(controllers string, outputs map[string]any) []record.Resource {
		keys := map[string]string{"kafka-kraft:image": ready}
		for key, value := range merge(separatedKeys, map[string]string{"controllers": controllers}) {
			keys["kafka-kraft:"+key] = value
		}
		resources, err := record.RunLive(keys, outputs, Program)
		require.NoError(t, err)
		return resources
	}
	const controllers, brokers = "kafka-kafka-controller", "kafka-kafka-broker"
	facts := func(resources []record.Resource) string {
		text, _ := dig(t, find(t, resources, "kubernetes:core/v1:ConfigMap", "record").Inputs, "data", "facts").(string)
		return text
	}
	three := of("3", live(t, separatedKeys))
	five := of("5", live(t, separatedKeys))
	for _, set := range []string{controllers, brokers} {
		template := func(resources []record.Resource) any {
			return dig(t, find(t, resources, statefulSet, set).Inputs, "spec", "template")
		}
		assert.Equal(t, template(three), template(five), set)
		assert.Equal(t, find(t, three, "kubernetes:core/v1:ConfigMap", set), find(t, five, "kubernetes:core/v1:ConfigMap", set))
	}
	assert.EqualValues(t, 5, dig(t, find(t, five, statefulSet, controllers).Inputs, "spec", "replicas"))
	assert.Len(t, find(t, five, gates.QuorumType, controllers).Inputs["voters"], 5)
	ids := func(resources []record.Resource) (n int) {
		for _, r := range resources {
			if r.Type == "random:index/randomId:RandomId" {
				n++
			}
		}
		return n
	}
	assert.Equal(t, ids(three), ids(five), "directory ids are those of the first quorum")
	assert.Equal(t, "1000 1001 1002 1003 1004", dig(t, find(t, five, "kubernetes:core/v1:ConfigMap", "life").Inputs, "data", "controllers"))

	first, now := config.Controllers(facts(five))
	assert.Equal(t, [2]int{3, 5}, [2]int{first, now})
	assert.Equal(t, facts(three), facts(of("3", map[string]any{OutputFrozen: facts(five)})), "and back")

	// A new stack of five has five for life.
	assert.Equal(t, 5, strings.Count(initial(t, of("5", nil)), "@"))
	assert.Equal(t, 3, strings.Count(initial(t, five), "@"))
}

// initial are the first voters, as pods are told of them.
func initial(t *testing.T, resources []record.Resource) string {
	t.Helper()
	env, _ := dig(t, find(t, resources, statefulSet, "kafka-kafka-controller").Inputs, "spec", "template", "spec", "containers", 0, "env").([]any)
	for _, variable := range env {
		if dig(t, variable, "name") == "KAFKA_INITIAL_CONTROLLERS" {
			text, _ := dig(t, variable, "value").(string)
			return text
		}
	}
	t.Fatal("no first voters")
	return ""
}

// What a destroy left tells who began the quorum, and so does a cluster that an up which failed
// has brought to life.
func TestFoundersAreRemembered(t *testing.T) {
	const me = "organization/kafka-kraft/test"
	five := stackOf(t, merge(separatedKeys, map[string]string{"controllers": "5"}))
	grown := config.WithControllers(five.Record(), 3, 5)
	left := &survey.Record{Namespace: "kafka-kraft", Cluster: "kafka", Owner: me, Facts: grown}
	alive := survey.Found{Record: left, Sets: map[string]survey.Set{five.plan.Pools[0].Name: {Replicas: 5, Started: true}}}
	for name, e := range map[string]estate{
		"live":      {memory: memory{record: grown}},
		"destroyed": {owner: me, found: survey.Found{Record: left}},
		"timed out": {owner: me, found: alive},
	} {
		assert.Equal(t, 3, five.founders(e), name)
		plan, _ := five.sized(e)
		assert.Len(t, plan.Initial, 3, name)
		assert.Len(t, plan.Controllers(), 5, name)
		require.NoError(t, five.check(e), name)
		assert.Contains(t, five.facts(e), "controllers=3&controllers.atLeast=5", name)
	}
	assert.Equal(t, 5, five.founders(estate{}), "a new stack")
	combined := stackOf(t, combinedKeys)
	assert.Equal(t, combined.Record(), combined.facts(estate{}))
}

func TestControllersThatMayNotLeave(t *testing.T) {
	three := stackOf(t, separatedKeys)
	stopping := stackOf(t, merge(separatedKeys, map[string]string{"stopped": "true"}))
	five := stackOf(t, merge(separatedKeys, map[string]string{"controllers": "5"}))
	seven := stackOf(t, merge(separatedKeys, map[string]string{"controllers": "7"}))
	one := stackOf(t, merge(separatedKeys, map[string]string{"controllers": "1"}))
	controllers, brokers := three.plan.Pools[0].Name, three.plan.Pools[1].Name
	grown := config.WithControllers(five.Record(), 3, 5)
	e := func(record string, replicas int) estate {
		return estate{seen: true, memory: memory{record: record}, found: survey.Found{Sets: map[string]survey.Set{
			controllers: {Replicas: replicas}, brokers: {Replicas: min(replicas, 3)},
		}}}
	}
	for name, c := range map[string]struct {
		stack stack
		e     estate
		want  string // empty: well
	}{
		"3 to 5":                      {five, e(three.Record(), 3), ""},
		"5 to 3":                      {three, e(grown, 5), ""}, // the quorum says whether it can
		"5 to 3, nobody answers":      {three, estate{memory: memory{record: grown}}, ""},
		"5 to 3, and stopped":         {stopping, e(grown, 5), `kafka-kraft:controllers: "3": the quorum has 5, and those that go are taken out of it, which a cluster that stops cannot do`},
		"5 to 3, stopped until now":   {three, e(grown, 0), "which a cluster that does not run cannot do: set it back for one up"},
		"a growth that failed":        {stopping, e(three.Record(), 5), "the quorum has 5"},
		"3 to 5, stopped until now":   {five, e(three.Record(), 0), ""},
		"stopped":                     {stopping, e(three.Record(), 3), ""},
		"5 to 1":                      {one, e(grown, 5), "must be 3 or 5"},
		"3 to 7":                      {seven, e(three.Record(), 3), "must be 3 or 5"},
		"never alive":                 {seven, estate{seen: true}, ""},
		"of an older version, 3 to 5": {five, estate{seen: true, memory: memory{record: "topology=separated&controllers=3"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.stack.check(c.e)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.ErrorContains(t, err, "nothing was changed")
		})
	}
}
