package stacks

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

func stackOf(t *testing.T, keys map[string]string) stack {
	t.Helper()
	loaded, err := config.Parse(keys)
	require.NoError(t, err)
	return stack{Config: loaded, plan: loaded.Plan()}
}

// An object that the survey does not look for could be taken over from somebody.
func TestEveryNamedObjectIsLookedFor(t *testing.T) {
	for _, name := range []string{"dev", "ci"} {
		keys := stackFile(t, name)
		keys["kafka-kraft:monitoring"], keys["kafka-kraft:metrics"] = `{"dashboards":true}`, "true"
		plain := map[string]string{}
		for key, value := range keys {
			plain[strings.TrimPrefix(key, "kafka-kraft:")] = value
		}
		s := stackOf(t, plain)
		wanted := Wanted(s.Config)
		seen := slices.Concat(wanted.Names, []string{wanted.Volume, s.KubeNamespace})
		for _, resource := range recorded(t, keys) {
			metadata, _ := resource.Inputs["metadata"].(map[string]any)
			if object, ok := metadata["name"].(string); ok {
				assert.Contains(t, seen, object, "%s", resource)
				annotations, _ := metadata["annotations"].(map[string]any)
				assert.Equal(t, "organization/kafka-kraft/test", annotations[survey.OwnerAnnotation], "%s", resource)
			}
		}
	}
}

func TestHolding(t *testing.T) {
	s := stackOf(t, separatedKeys)
	pool := s.plan.Pools[1].Name
	half := survey.Set{Replicas: 5, Ran: []int{0, 1, 2, 3}, Started: true}
	for name, c := range map[string]struct {
		set   survey.Set
		lived bool
		want  int
	}{
		"a growth that failed half way":        {half, true, 4},
		"an up that failed and came alive":     {half, false, 4},
		"never alive, so nothing to lose":      {survey.Set{Replicas: 5, Ran: []int{0, 1}}, false, 0},
		"scaled back by hand: not by this one": {survey.Set{Replicas: 3, Ran: []int{0, 1, 2, 3, 4}}, true, 3},
		"stopped":                              {survey.Set{Ran: []int{0, 1, 2}}, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			e := estate{found: survey.Found{Sets: map[string]survey.Set{pool: c.set}}}
			if c.lived {
				e.memory.record = s.Record()
			}
			assert.Equal(t, c.want, s.holding(e))
		})
	}
}

func TestOrdered(t *testing.T) {
	s := stackOf(t, separatedKeys)
	stopped := stackOf(t, merge(separatedKeys, map[string]string{"stopped": "true"}))
	runs := estate{memory: memory{record: s.Record()}, found: survey.Found{Sets: map[string]survey.Set{}}}
	for _, pool := range s.plan.Pools {
		runs.found.Sets[pool.Name] = survey.Set{Replicas: 3}
	}
	starts := estate{memory: runs.memory, found: survey.Found{Sets: map[string]survey.Set{s.plan.Pools[0].Name: {}, s.plan.Pools[1].Name: {}}}}
	assert.True(t, s.ordered(runs))
	assert.False(t, stopped.ordered(runs), "brokers need controllers to stop")
	assert.False(t, s.ordered(starts), "both start at once")
	assert.False(t, s.ordered(estate{}), "as they do at first")
}

func TestVolumeNode(t *testing.T) {
	shared := stackOf(t, combinedKeys)
	named := stackOf(t, merge(combinedKeys, map[string]string{"storage": `{"node":"a"}`}))
	remembered := survey.Found{Nodes: []string{"a", "b"}, Record: &survey.Record{Node: "b"}}
	assert.Equal(t, "a", shared.volumeNode(survey.Found{Nodes: []string{"a"}}), "the only node")
	assert.Equal(t, "a", named.volumeNode(survey.Found{Nodes: []string{"a", "b"}}), "the named node")
	assert.Equal(t, "b", shared.volumeNode(survey.Found{Nodes: []string{"a", "b"}, Used: []string{"b"}}), "where pods run")
	assert.Equal(t, "b", shared.volumeNode(remembered), "where they ran")
	assert.Empty(t, stackOf(t, separatedKeys).volumeNode(survey.Found{Nodes: []string{"a"}}))
	// A stopped cluster whose Kubernetes got another node: its records stay where they are.
	assert.ErrorContains(t, placeOf(remembered).check("a").Err(), "its records, are on b")
}

func TestCheck(t *testing.T) {
	const me = "organization/kafka-kraft/test"
	s := stackOf(t, separatedKeys)
	controllers, pool := s.plan.Pools[0].Name, s.plan.Pools[1].Name
	moved := stackOf(t, merge(separatedKeys, map[string]string{"namespace": "other"}))
	fewer := stackOf(t, merge(separatedKeys, map[string]string{"brokers": "2"}))
	left := survey.Record{Namespace: "kafka-kraft", Cluster: "kafka", Owner: me, Facts: s.Record(), ClusterID: "AAAAAAAAAAAAAAAAAAAAAA"}
	foreign := left
	foreign.Owner = "organization/kafka-kraft/other"
	running := func(brokers survey.Set) survey.Found {
		return survey.Found{Record: &left, Sets: map[string]survey.Set{controllers: {Replicas: 3, Started: true}, pool: brokers}}
	}
	alive := running(survey.Set{Replicas: 3, Ran: []int{0, 1, 2}, Started: true})
	stopped := stackOf(t, merge(separatedKeys, map[string]string{"brokers": "2", "stopped": "true"}))
	stuck := survey.Found{Record: &left, Sets: map[string]survey.Set{pool: {Replicas: 3, Ran: []int{0, 1, 2}}}}
	for name, c := range map[string]struct {
		stack stack
		e     estate
		want  string // empty: well
	}{
		"new":                          {s, estate{}, ""},
		"another Kubernetes cluster":   {s, estate{memory: memory{record: s.Record(), kubernetes: "a"}, found: survey.Found{Identity: "b"}}, "kafka-kraft:context: \"kafka-kraft-local\": is another Kubernetes cluster (b) than the one that this stack lives in (a)"},
		"the same, by whatever name":   {s, estate{memory: memory{record: s.Record(), kubernetes: "a"}, found: survey.Found{Identity: "a"}}, ""},
		"destroyed, the same again":    {s, estate{found: survey.Found{Record: &left}}, ""},
		"destroyed, fewer brokers":     {fewer, estate{seen: true, found: survey.Found{Record: &left}}, "kubectl delete configmap -n kafka-kraft kafka-record"},
		"destroyed, another namespace": {moved, estate{found: survey.Found{Left: []survey.Record{left}}}, "the records of this stack are in namespace kafka-kraft, of cluster kafka"},
		"fewer brokers":                {fewer, estate{seen: true, memory: memory{record: s.Record()}, found: alive}, ""}, // Kafka says whether it can
		"fewer, timed out, alive now":  {fewer, estate{seen: true, found: alive}, ""},
		"fewer, nobody answers":        {fewer, estate{memory: memory{record: s.Record()}}, ""},
		"fewer, and stopped": {stopped, estate{seen: true, memory: memory{record: s.Record()}, found: alive},
			"kafka-kraft:brokers: \"2\": the cluster has 3, and those that go are emptied first, which a cluster that stops cannot do"},
		"fewer, and started again": {fewer, estate{seen: true, memory: memory{record: s.Record()}, found: running(survey.Set{Ran: []int{0, 1, 2}})},
			"which a cluster that does not run cannot do: set it back for one up"},
		"fewer, deleted by hand": {fewer, estate{seen: true, memory: memory{record: s.Record()}, found: survey.Found{Record: &left}}, "that does not run"},
		"timed out, never alive": {fewer, estate{found: stuck}, ""},
		"another stack's record": {fewer, estate{found: survey.Found{Record: &foreign}}, ""}, // which Foreign refuses
		"scaled by hand, more than said": {s, estate{seen: true, memory: memory{record: s.Record()},
			found: running(survey.Set{Replicas: 5, Ran: []int{0, 1, 2, 3, 4}, Started: true})}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.e.owner = me
			err := c.stack.check(c.e)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.ErrorContains(t, err, "nothing was changed")
		})
	}
	assert.Equal(t, left.ClusterID, s.adopt(estate{owner: me, found: survey.Found{Record: &left}}), "of the records that a destroy left")
	assert.Empty(t, s.adopt(estate{owner: me, found: survey.Found{Record: &foreign}}))
	assert.Empty(t, s.adopt(estate{owner: me, found: alive}), "what runs is taken over by its state alone")
}
