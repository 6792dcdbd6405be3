package kafka

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/defaults"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
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

// watched counts what goes on beside an update.
type watched struct {
	vetoes
	beside chan string
}

func (watched) Leave(context.Context, topology.Plan, topology.Pool, func(string)) error { return nil }

func (w watched) Release(context.Context, string, string, func(string)) error {
	w.beside <- "release"
	return nil
}

func (w watched) Watch(context.Context, string, string, func(string)) error {
	w.beside <- "watch"
	return nil
}

// A gate releases and watches pods itself, as long as it takes. Where there is none, that goes
// beside the provider's wait.
func TestNothingGoesBesideAGate(t *testing.T) {
	for gate, want := range map[*Gate]int{nil: 3, {Context: "here"}: 0} {
		synctest.Test(t, func(t *testing.T) {
			run, over := context.WithCancel(t.Context())
			defer over()
			w := watched{beside: make(chan string, 3)}
			r := &rollouts{Rollout: w, pool: &NodePoolArgs{Gate: gate}, limit: time.Minute, run: run, over: over}
			require.NoError(t, r.beforeCreate(nil))
			require.NoError(t, r.beforeUpdate(&pulumi.ResourceHookArgs{}))
			synctest.Wait()
			assert.Len(t, w.beside, want)
		})
	}
}

// vetoes refuses that controllers stop, and has nothing against anything else.
type vetoes struct{ Rollout }

var errVetoed = errors.New("they must run on")

func (vetoes) Leave(context.Context, topology.Plan, topology.Pool, func(string)) error {
	return errVetoed
}

func (vetoes) DropUnbound(context.Context, string, string, string, []string, func(string)) error {
	return nil
}

func (vetoes) Release(context.Context, string, string, func(string)) error { return nil }

func (vetoes) Watch(context.Context, string, string, func(string)) error { return nil }

// Controllers are asked before a change stops any; brokers are emptied by then, and who stops
// with all others needs nobody.
func TestControllersMayNotLeave(t *testing.T) {
	for name, c := range map[string]struct {
		roles   []topology.Role
		stopped bool
		want    error
	}{
		"controllers": {[]topology.Role{topology.Controller}, false, errVetoed},
		"all stop":    {[]topology.Role{topology.Controller}, true, nil},
		"brokers":     {[]topology.Role{topology.Broker}, false, nil},
		"combined":    {[]topology.Role{topology.Broker, topology.Controller}, false, errVetoed},
		"they stop":   {[]topology.Role{topology.Broker, topology.Controller}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			run, over := context.WithCancel(t.Context())
			defer over()
			r := &rollouts{
				Rollout: vetoes{}, pool: &NodePoolArgs{Pool: topology.Pool{Roles: c.roles}, Settings: Settings{Stopped: c.stopped}},
				limit: time.Minute, run: run, over: over,
			}
			same := resource.PropertyMap{}
			require.ErrorIs(t, r.beforeUpdate(&pulumi.ResourceHookArgs{OldInputs: same, NewInputs: same}), c.want)
		})
	}
}

// leaves lets controllers leave.
type leaves struct{ vetoes }

func (leaves) Leave(context.Context, topology.Plan, topology.Pool, func(string)) error { return nil }

func (leaves) Preflight(context.Context, string, string, func(string)) error { return nil }

// Controllers that leave stop at once and vote on until all others have restarted, each of which
// could then be one too many.
func TestControllersDoNotLeaveAndRestartAtOnce(t *testing.T) {
	inputs := func(replicas int, image, founders string) resource.PropertyMap {
		return resource.NewPropertyMapFromMap(map[string]any{"spec": map[string]any{
			"replicas": float64(replicas),
			"template": map[string]any{"spec": map[string]any{"initContainers": []any{map[string]any{
				"image": image, "env": []any{map[string]any{"name": contract.EnvInitialControllers, "value": founders}},
			}}}},
		}})
	}
	for name, c := range map[string]struct {
		before, after resource.PropertyMap
		pool          topology.Pool
		refused       bool
	}{
		"leave and restart": {inputs(5, "a", "f"), inputs(3, "b", "f"), topology.Pool{Replicas: 3}, true},
		"leave":             {inputs(5, "a", "f"), inputs(3, "a", "f"), topology.Pool{Replicas: 3}, false},
		"restart":           {inputs(3, "a", "f"), inputs(3, "b", "f"), topology.Pool{Replicas: 3}, false},
		"come and restart":  {inputs(1, "a", "f"), inputs(3, "b", "f"), topology.Pool{Replicas: 3}, false},
		// What all nodes have to be told is no other change.
		"founders leave":           {inputs(5, "a", "f"), inputs(3, "b", "g"), topology.Pool{Replicas: 3}, false},
		"founders are enough then": {inputs(7, "a", "f"), inputs(5, "b", "f"), topology.Pool{Replicas: 5}, false},
	} {
		t.Run(name, func(t *testing.T) {
			plan := topology.Plan{Name: "k", Namespace: "n"}.Combined(c.pool).FoundedBy(3)
			run, over := context.WithCancel(t.Context())
			defer over()
			r := &rollouts{
				Rollout: leaves{}, pool: &NodePoolArgs{Plan: plan, Pool: plan.Pools[0], Gate: &Gate{}}, name: "k", limit: time.Minute, run: run, over: over,
			}
			err := r.beforeUpdate(&pulumi.ResourceHookArgs{OldInputs: c.before, NewInputs: c.after})
			if c.refused {
				require.ErrorContains(t, err, "nothing of k was changed, which is to go from 5 controllers to 3, and to restart those that stay")
				require.ErrorContains(t, err, "the one, then the other")
			} else {
				require.NoError(t, err)
			}
		})
	}
}
