package faults_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/history"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// histories: nodes that chance picks are killed or hang, one after the other, while clients
// write, also in transactions, read, and store offsets. None of them sees anything that Kafka
// promised it would not.
func histories(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	topic := fmt.Sprintf("histories-%d", w.seen.Rounds)
	kit.CreateTopic(t, client, topic, 6, 3)
	record := kit.NewRecorder(topic)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var clients sync.WaitGroup
	for _, name := range []string{"first", "second"} {
		writer := w.Writer(t)
		clients.Go(func() { record.Load(ctx, writer, name, 100) })
	}
	clients.Go(func() {
		record.Transact(ctx, func() *kgo.Client {
			return w.Client(t, w.Bootstrap, kgo.TransactionalID(topic), kgo.TransactionTimeout(30*time.Second))
		}, "transactions")
	})
	for _, committed := range []bool{false, true} {
		reader := w.Client(t, w.Bootstrap, kit.Reader(committed)...)
		clients.Go(func() { record.Follow(ctx, reader, committed) })
	}
	clients.Go(func() { record.Store(ctx, client, topic) })

	for range 4 {
		pod := w.All()[w.chance.IntN(len(w.All()))]
		if w.chance.IntN(2) == 0 {
			t.Logf("%s is killed", pod)
			w.mustRestart(t, pod, 2*time.Minute, func() { require.NoError(t, w.Kill(t.Context(), pod)) })
		} else {
			pause := time.Duration(2+w.chance.IntN(12)) * time.Second // the controllers wait for 6 s
			t.Logf("%s hangs for %s", pod, pause)
			require.NoError(t, w.Signal(t.Context(), pod, "STOP"))
			time.Sleep(pause)
			require.NoError(t, w.Signal(t.Context(), pod, "CONT"))
		}
		w.Whole(t, client)
	}
	cancel()
	clients.Wait()
	for _, committed := range []bool{false, true} {
		record.Read(t, w.Client(t, w.Bootstrap, kit.Reader(committed)...), committed)
	}
	verdict := history.Judge(record.History())
	t.Log(verdict)
	require.NoError(t, verdict.Err())
	assert.Positive(t, verdict.Acknowledged)
	assert.Positive(t, verdict.Positions)
	w.checked(verdict.Read)
	w.MustReadBack(t)
}

// lossy: a topic is set up to lose: one acknowledgement is enough, and a replica that is behind
// may lead. It does lose, and the judge sees it: what finds nothing elsewhere can find something.
func lossy(t *testing.T, w *architecture) {
	client := w.Client(t, w.Bootstrap)
	topic := fmt.Sprintf("lossy-%d", w.seen.Rounds)
	w.topics(t, w.Brokers[0], "--create", "--topic", topic, "--replica-assignment", "2:1",
		"--config", "min.insync.replicas=1", "--config", "unclean.leader.election.enable=true")
	record := kit.NewRecorder(topic)
	careless := w.Client(t, w.Bootstrap, kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite())
	read := func() { record.Read(t, w.Client(t, w.Bootstrap, kit.Reader(false)...), false) }
	record.Write(t, careless, "careless", 100)

	behind, set := w.Brokers[1], kit.SetOf(w.Brokers)
	require.NoError(t, w.Signal(t.Context(), behind, "STOP"))
	kit.Eventually(t, time.Minute, "only broker 2 is in sync", func() error { return kit.ISRIs(t.Context(), client, topic, 1) })
	record.Write(t, careless, "careless", 100)
	read()
	w.Down(t, set, 2)
	require.NoError(t, w.Signal(t.Context(), behind, "CONT"))
	kit.Eventually(t, 2*time.Minute, "the replica that is behind leads", func() error {
		_, _ = w.Exec(t.Context(), w.Brokers[0], "kafka-leader-election.sh", "--bootstrap-server", "localhost:9092",
			"--election-type", "unclean", "--topic", topic, "--partition", "0") // it may have been elected by itself
		stuck, err := w.Exec(t.Context(), w.Brokers[0], "kafka-topics.sh", "--bootstrap-server", "localhost:9092", "--describe", "--unavailable-partitions")
		if err == nil && strings.Contains(stuck, topic) {
			err = fmt.Errorf("nobody leads: %s", stuck)
		}
		return err
	})
	record.Write(t, careless, "careless", 50)
	require.NoError(t, w.Scale(t.Context(), set, 3))
	w.Whole(t, client)
	read()

	verdict := history.Judge(record.History())
	t.Logf("%s: %d lost, %d rewritten", verdict, verdict.Count(history.Lost), verdict.Count(history.Rewritten))
	assert.Positive(t, verdict.Count(history.Lost), "100 records were acknowledged by a broker that is gone")
	assert.Positive(t, verdict.Count(history.Rewritten), "others stand in their places")
	w.MustReadBack(t)
}
