package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// brokersComeAndGo makes three brokers four, of which the new one gets its share, and three
// again, while records are written. Nobody else is restarted, and nothing is left behind.
func (w *separated) brokersComeAndGo(t *testing.T) {
	client := w.Client(t, w.Bootstrap)
	kit.CreateTopic(t, client, "shared-out", 12, 3)
	before, fourth := w.UIDs(t, w.All()...), kit.SetOf(w.Brokers)+"-3"
	load := w.StartLoad(t, 1000)

	w.Set(t, kit.Config{"moves.rebalance": "new"})
	require.NoError(t, w.scale(t, automation.Brokers(4)))
	require.NoError(t, w.PodsReady(t.Context(), append(w.All(), fourth)...))
	assert.Equal(t, []int32{0, 1, 2, 3}, kit.Registered(t, client))
	assert.NotEmpty(t, kit.Held(t, client, 3), "the new broker has its share")
	kit.MustBeTidy(t, client, 0, 1, 2, 3)
	w.MustChangeNothing(t)
	assert.Empty(t, w.members(t, 4).Ghosts)

	require.NoError(t, w.scale(t, automation.Brokers(3)))
	kit.Eventually(t, time.Minute, "the fourth pod is gone", func() error { return w.PodsReady(t.Context(), w.All()...) })
	assert.Equal(t, []int32{0, 1, 2}, kit.Registered(t, client), "who is gone is forgotten")
	assert.Empty(t, kit.Held(t, client, 3))
	kit.MustBeTidy(t, client, 0, 1, 2)
	w.MustChangeNothing(t)

	claim := "data-" + fourth
	ghosts := w.members(t, 3).Ghosts
	require.Len(t, ghosts, 1, "%v", ghosts)
	assert.Equal(t, claim, ghosts[0].Name)
	require.Contains(t, w.claims(t), claim, "retainData")
	w.RemoveClaim(t, claim)

	load.Stop(t)
	assert.Equal(t, before, w.UIDs(t, w.All()...), "nobody else had to be restarted")
	w.MustReadBack(t)

	// Three replicas need three brokers, which is known before anything is changed.
	kept := w.file(t)
	require.ErrorContains(t, w.scale(t, automation.Brokers(2)), "topic shared-out has 3 replicas, and only 2 brokers stay that can hold one")
	assert.Equal(t, kept, w.file(t), "what is refused is not kept")
	w.Set(t, kit.Config{"brokers": "2"})
	_, err := w.Steps(t)
	require.ErrorContains(t, err, "topic shared-out has 3 replicas, and only 2 brokers stay that can hold one", "in the preview")
	_, err = w.TryUp(t)
	require.ErrorContains(t, err, "topic shared-out has 3 replicas, and only 2 brokers stay that can hold one")
	assert.Equal(t, before, w.UIDs(t, w.All()...))
	w.Set(t, kit.Config{"brokers": "", "moves.rebalance": ""})
	w.MustUp(t)
	assert.Equal(t, before, w.UIDs(t, w.All()...))
	kit.MustBeTidy(t, client, 0, 1, 2)
}

// automated is the stack as a program of a user's has it, in the same folder and state.
func (w *separated) automated(t *testing.T) *automation.Stack {
	t.Helper()
	space := w.Stack.Workspace()
	env := space.GetEnvVars()
	stack, err := automation.Open(t.Context(), w.Name(), automation.Options{
		Dir: space.WorkDir(), Existing: true, Backend: env["PULUMI_BACKEND_URL"], Passphrase: env["PULUMI_CONFIG_PASSPHRASE"],
	})
	require.NoError(t, err)
	return stack
}

func (w *separated) scale(t *testing.T, to automation.Count) error {
	t.Helper()
	stack := w.automated(t)
	_, err := stack.Scale(t.Context(), to)
	require.NoError(t, stack.Close())
	return err
}

// file is the stack's own.
func (w *separated) file(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.Stack.Workspace().WorkDir(), "Pulumi."+w.Name()+".yaml"))
	require.NoError(t, err)
	return string(text)
}

// members is what people are told of a healthy cluster with so many brokers.
func (w *separated) members(t *testing.T, brokers int) automation.Status {
	t.Helper()
	stack := w.automated(t)
	defer func() { require.NoError(t, stack.Close()) }()
	found, err := stack.Status(t.Context())
	require.NoError(t, err)
	require.Empty(t, found.Unknown)
	require.Len(t, found.Members.Brokers, brokers)
	for i, b := range found.Members.Brokers {
		assert.Equal(t, automation.Broker{
			ID: i, Pod: fmt.Sprintf("%s-%d", kit.SetOf(w.Brokers), i), State: automation.Serves, Rack: b.Rack, Replicas: b.Replicas, Leads: b.Leads, Bytes: b.Bytes, Free: b.Free,
		}, b)
		assert.Positive(t, b.Replicas)
		assert.GreaterOrEqual(t, b.Bytes, int64(0))
		assert.Positive(t, b.Free)
	}
	require.Len(t, found.Members.Controllers, 3)
	leads := 0
	for i, c := range found.Members.Controllers {
		assert.Equal(t, w.Controllers[i], c.Pod)
		assert.Contains(t, c.Host, c.Pod+".")
		assert.Contains(t, []string{automation.Leads, automation.Votes}, c.State)
		if c.State == automation.Leads {
			leads++
		}
	}
	assert.Equal(t, 1, leads)
	assert.EqualValues(t, 1, found.Members.Levels["kraft.version"])
	assert.GreaterOrEqual(t, found.Members.Levels["metadata.version"], int16(30))
	assert.Empty(t, found.Members.Moving)
	for _, pod := range found.Pods {
		at := slices.IndexFunc(found.Claims, func(c automation.Claim) bool { return c.Name == "data-"+pod.Name })
		require.GreaterOrEqual(t, at, 0, pod.Name)
		assert.Equal(t, "Bound", found.Claims[at].Phase)
	}
	return found
}
