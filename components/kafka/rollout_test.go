package kafka

import (
	"context"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/defaults"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

func TestRolls(t *testing.T) {
	spec := func(replicas float64, template string) resource.PropertyMap {
		return resource.PropertyMap{"spec": resource.NewProperty(resource.PropertyMap{
			"replicas": resource.NewProperty(replicas),
			"template": resource.NewProperty(resource.PropertyMap{"image": resource.NewProperty(template)}),
		})}
	}
	assert.True(t, rolls(spec(3, "a"), spec(3, "b")), "another template")
	assert.False(t, rolls(spec(3, "a"), spec(5, "a")), "scaled")
	assert.False(t, rolls(spec(3, "a"), spec(0, "b")), "stopped")
	assert.False(t, rolls(spec(3, "a"), spec(3, "a")), "no change")
}

// waits counts what is waited for.
type waits struct {
	Rollout
	pods, defaults int
}

func (w *waits) Await(context.Context, string, string, func(string)) error { w.pods++; return nil }

func (w *waits) Defaults(context.Context, topology.Plan, defaults.Wanted, func(string), func(string)) error {
	w.defaults++
	return nil
}

// Pods are waited for once: by the gate, or by the hook where there is none.
func TestNothingWaitsTwice(t *testing.T) {
	for gate, want := range map[*Gate]int{nil: 1, {Context: "here"}: 0} {
		run, over := context.WithCancel(t.Context())
		w := &waits{}
		r := &rollouts{
			Rollout: w, pool: &NodePoolArgs{Gate: gate, Pool: topology.Pool{Roles: []topology.Role{topology.Broker}}},
			limit: time.Minute, run: run, over: over,
		}
		require.NoError(t, r.afterUpdate(nil))
		assert.Equal(t, want, w.pods)
		assert.Equal(t, want, w.defaults)
		assert.Error(t, run.Err(), "what goes on beside the update has ended")
	}
}
