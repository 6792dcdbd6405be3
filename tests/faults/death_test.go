package faults_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// wholeDeath: all nodes die at once, and the one that was the last with all records stays
// away. The others serve what has a leader, and say what has none; a person may elect one
// without it. When it comes back, all is there that was not given up.
func wholeDeath(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	set := kit.SetOf(w.Brokers)
	w.topics(t, w.Brokers[0], "--create", "--topic", "last-copy", "--replica-assignment", "2:0", "--config", "min.insync.replicas=1")
	w.topics(t, w.Brokers[0], "--create", "--topic", "given-up", "--replica-assignment", "2:1", "--config", "min.insync.replicas=1")
	last, given := ledger.New("last-copy"), ledger.New("given-up")
	require.NoError(t, last.Write(t.Context(), client, 100))
	require.NoError(t, given.Write(t.Context(), client, 100))
	for _, pod := range w.Brokers[:2] {
		require.NoError(t, w.Signal(t.Context(), pod, "STOP"))
	}
	for _, topic := range []string{"last-copy", "given-up"} {
		kit.Eventually(t, time.Minute, "only broker 2 is in the ISR of "+topic, func() error { return kit.ISRIs(t.Context(), client, topic, 1) })
	}
	require.NoError(t, last.Write(t.Context(), client, 100))
	w.Down(t, set, 2)
	alive := slices.Concat(w.Brokers[:2], w.Controllers)
	before := w.restartsOf(t, alive)
	for _, pod := range alive {
		require.NoError(t, w.Kill(t.Context(), pod))
	}

	kit.Eventually(t, 3*time.Minute, "the others are in service again", func() error {
		if err := w.areBack(t.Context(), before); err != nil {
			return err
		}
		return w.PodsReady(t.Context(), alive...)
	})
	for _, pod := range w.Brokers[:2] {
		kit.Eventually(t, time.Minute, pod+" serves, and says that partitions have no leader", func() error {
			state, err := w.Agent(t.Context(), pod)
			if err == nil && (!state.Ready || !state.CaughtUp || state.Leaderless == 0) {
				err = fmt.Errorf("%+v", state)
			}
			return err
		})
		kit.Eventually(t, 30*time.Second, "clients are sent there", func() error { return w.serves(t.Context(), pod) })
	}
	stuck := w.topics(t, w.Brokers[0], "--describe", "--unavailable-partitions")
	assert.Contains(t, stuck, "last-copy")
	assert.Contains(t, stuck, "given-up")

	out, err := w.Exec(t.Context(), w.Brokers[1], "kafka-leader-election.sh", "--bootstrap-server", "localhost:9092",
		"--election-type", "unclean", "--topic", "given-up", "--partition", "0")
	require.NoError(t, err, out)
	kit.Eventually(t, time.Minute, "the given up topic has a leader", func() error {
		if stuck := w.topics(t, w.Brokers[0], "--describe", "--unavailable-partitions"); strings.Contains(stuck, "given-up") {
			return fmt.Errorf("it has none: %s", stuck)
		}
		return nil
	})
	w.Kafka.MustReadBack(t, w.Bootstrap, given)

	require.NoError(t, w.Scale(t.Context(), set, 3))
	w.Whole(t, client)
	w.Kafka.MustReadBack(t, w.Bootstrap, last)
	w.MustReadBack(t)
}

// topics runs kafka-topics.sh in a broker.
func (w *architecture) topics(t *testing.T, pod string, arguments ...string) string {
	t.Helper()
	out, err := w.Exec(t.Context(), pod, append([]string{"kafka-topics.sh", "--bootstrap-server", "localhost:9092"}, arguments...)...)
	require.NoError(t, err, out)
	return out
}
