package faults_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// emptied: the volume of a controller, then that of a broker, is replaced by an empty one.
// Both come back by themselves, since others have all that they had.
func emptied(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	load := w.StartLoad(t, 300)
	for _, pods := range [][]string{w.Controllers, w.Brokers} {
		pod := pods[2]
		before, err := w.Exec(t.Context(), pod, "cat", "/var/lib/kafka/data/log/meta.properties")
		require.NoError(t, err)
		w.Down(t, kit.SetOf(pods), 2)
		w.RemoveClaim(t, "data-"+pod)
		require.NoError(t, w.Scale(t.Context(), kit.SetOf(pods), 3))
		w.Whole(t, client)
		after, err := w.Exec(t.Context(), pod, "cat", "/var/lib/kafka/data/log/meta.properties")
		require.NoError(t, err)
		if slices.Equal(pods, w.Brokers) {
			assert.NotEqual(t, before, after, "%s began with an empty volume", pod)
		}
	}
	quorum := kit.TheQuorum(t, client)
	assert.Len(t, quorum.Voters, 3, "the controller is a voter again")
	load.Stop(t)
	w.MustReadBack(t)
}

// stopped: all nodes stop by the configuration, cleanly, and start again.
func stopped(t *testing.T, w *architecture) {
	begin := time.Now()
	w.Set(t, kit.Config{"stopped": "true"})
	w.MustUp(t)
	kit.Eventually(t, time.Minute, "no pod is left", func() error { return w.PodsReady(t.Context()) })
	t.Logf("all stopped after %s", time.Since(begin).Round(time.Second))
	w.Set(t, kit.Config{"stopped": ""})
	w.MustUp(t)
	w.Whole(t, w.Client(t, w.Bootstrap))
	w.MustReadBack(t)
}

// grow makes it five brokers, if it is three.
func (w *architecture) grow(t *testing.T) {
	t.Helper()
	if len(w.Brokers) == 5 {
		return
	}
	// Other cases have scaled by hand, and Kubernetes keeps the number for who set it last; `make up` takes it back so, too.
	w.Stack.Workspace().SetEnvVar("PULUMI_K8S_ENABLE_PATCH_FORCE", "true")
	w.Set(t, kit.Config{"brokers": "5"})
	w.MustUp(t)
	w.Brokers = append(w.Brokers, kit.SetOf(w.Brokers)+"-3", kit.SetOf(w.Brokers)+"-4")
}

// grown: two more brokers join a cluster that is written to, and take records. Only evacuated
// comes after it, which needs all five.
func grown(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	three := w.All()
	before := w.UIDs(t, three...)
	load := w.StartLoad(t, 300)
	w.grow(t)
	assert.Equal(t, before, w.UIDs(t, three...), "nobody had to be restarted for it")
	w.Whole(t, client)
	kit.CreateTopic(t, client, "on-all-five", 10, 3)
	topics, err := kadm.NewClient(client).ListTopics(t.Context(), "on-all-five")
	require.NoError(t, err)
	led := map[int32]bool{}
	for _, p := range topics["on-all-five"].Partitions {
		led[p.Leader] = true
	}
	assert.Len(t, led, 5, "every broker leads some")
	load.Stop(t)
	w.MustReadBack(t)
}
