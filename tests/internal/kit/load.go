package kit

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
)

// Load writes records in the background while a test breaks things.
type Load struct {
	books  *ledger.Ledger
	cancel context.CancelFunc
	done   chan error
}

// StartLoad writes rate records a second until Stop, and returns once the first of
// them are acknowledged.
func StartLoad(t *testing.T, books *ledger.Ledger, client *kgo.Client, rate int) *Load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &Load{books: books, cancel: cancel, done: make(chan error, 1)}
	t.Cleanup(cancel)
	before := books.Acked()
	go func() { l.done <- books.Load(ctx, client, rate, 2*time.Minute) }()
	require.Eventually(t, func() bool { return books.Acked() > before }, 30*time.Second, 20*time.Millisecond, "no record is acknowledged")
	return l
}

// Cancel ends the load, whatever becomes of what is in flight.
func (l *Load) Cancel() { l.cancel() }

// Stop ends the load and waits for what is in flight.
func (l *Load) Stop(t *testing.T) {
	t.Helper()
	l.cancel()
	require.NoError(t, <-l.done)
	t.Logf("load: %d records acknowledged so far, the slowest after %s", l.books.Acked(), l.books.Slowest().Round(100*time.Millisecond))
}
