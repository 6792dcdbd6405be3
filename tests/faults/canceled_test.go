package faults_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// canceled: ups that take two of five brokers away, or give them their share, are cut off in
// the middle of it, by Ctrl-C and by the death of Pulumi; then they are gone on with, or the
// former number is set back. Nothing is lost, and nothing is left of what was begun.
func canceled(t *testing.T, w *architecture) {
	w.grow(t)
	client := w.Client(t, w.Bootstrap)
	kit.CreateTopic(t, client, "to-and-fro", 40, 3)
	// One partition at a time, so that there is a middle to cut.
	w.Set(t, kit.Config{"moves.rebalance": "full", "moves.concurrency": "1", "moves.throttle": "64Mi"})
	w.MustUp(t)
	load := w.StartLoad(t, 300)
	for _, c := range []struct {
		cut  string
		back bool // or gone on with
	}{{"Ctrl-C", false}, {"kill", false}, {"Ctrl-C", true}, {"kill", true}} {
		w.fill(t, client, c.cut)
		full := len(kit.Held(t, client, 3, 4))
		t.Logf("the two have %d partitions; now they leave, %s, back: %t", full, c.cut, c.back)
		w.Set(t, kit.Config{"brokers": "3"})
		w.cut(t, c.cut, func() bool { held := len(kit.Held(t, client, 3, 4)); return held < full-2 && held > 2 })
		left := []int32{0, 1, 2}
		if c.back {
			w.Set(t, kit.Config{"brokers": "5"})
			left = []int32{0, 1, 2, 3, 4}
		}
		w.MustUp(t)
		assert.Equal(t, left, kit.Registered(t, client))
		assert.Equal(t, c.back, len(kit.Held(t, client, 3, 4)) > 0)
		kit.MustBeTidy(t, client, left...)
		w.MustChangeNothing(t)
	}
	w.Set(t, kit.Config{"moves.rebalance": "", "moves.concurrency": "", "moves.throttle": ""})
	w.MustUp(t)
	load.Stop(t)
	w.Whole(t, client)
	w.MustReadBack(t)
}

// fill makes it five brokers again, each with its share, which is cut off in the middle if
// there is anything to do.
func (w *architecture) fill(t *testing.T, client *kgo.Client, how string) {
	t.Helper()
	w.Set(t, kit.Config{"brokers": "5"})
	if len(kit.Registered(t, client)) < 5 {
		w.cut(t, how, func() bool { return len(kit.Held(t, client, 3, 4)) > 2 })
	}
	w.MustUp(t)
	assert.Equal(t, []int32{0, 1, 2, 3, 4}, kit.Registered(t, client))
	assert.Greater(t, len(kit.Held(t, client, 3, 4)), 10)
	kit.MustBeTidy(t, client, 0, 1, 2, 3, 4)
}

// cut cuts an up off at a moment.
func (w *architecture) cut(t *testing.T, how string, now func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { _, err := w.Up(ctx); ended <- err }()
	require.Eventually(t, now, 3*time.Minute, 100*time.Millisecond, "the middle of it")
	if how == "kill" {
		require.NoError(t, syscall.Kill(kit.ChildCalled(t, "pulumi"), syscall.SIGKILL))
	} else {
		cancel()
	}
	select {
	case err := <-ended:
		require.Error(t, err, "it was over before it could be cut off")
	case <-time.After(time.Minute):
		t.Fatalf("%s does not end it", how)
	}
	if how == "kill" {
		// Its lock is in the way. And Pulumi knows nothing of what a killed run had begun, so that
		// who sets the former number back has to let it look: `up --refresh`.
		require.NoError(t, w.Cancel(t.Context()))
		_, err := w.Refresh(t.Context(), optrefresh.SuppressProgress())
		require.NoError(t, err)
	}
}
