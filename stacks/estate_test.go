package stacks

import (
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
		keys["kafka-kraft:podMonitor"], keys["kafka-kraft:metrics"] = "false", "true"
		plain := map[string]string{}
		for key, value := range keys {
			plain[strings.TrimPrefix(key, "kafka-kraft:")] = value
		}
		s := stackOf(t, plain)
		seen := append(s.names(), s.wanted().Volume, s.KubeNamespace)
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
	pool := s.plan.BrokerPool().Name
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
