package cluster

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
)

// load writes records in the background while a test breaks things.
type load struct {
	books  *ledger.Ledger
	cancel context.CancelFunc
	done   chan error
}

// startLoad writes rate records a second until stop, and returns once the first of
// them are acknowledged.
func startLoad(t *testing.T, books *ledger.Ledger, client *kgo.Client, rate int) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{books: books, cancel: cancel, done: make(chan error, 1)}
	t.Cleanup(cancel)
	before := books.Acked()
	go func() { l.done <- books.Load(ctx, client, rate, 2*time.Minute) }()
	require.Eventually(t, func() bool { return books.Acked() > before }, 30*time.Second, 20*time.Millisecond, "no record is acknowledged")
	return l
}

// stop ends the load and waits for what is in flight.
func (l *load) stop(t *testing.T) {
	t.Helper()
	l.cancel()
	require.NoError(t, <-l.done)
	t.Logf("load: %d records acknowledged so far", l.books.Acked())
}
