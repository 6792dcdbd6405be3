package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Producer is the part of the client options that the books rely on: every
// acknowledgement means that all in-sync replicas have the record, and retries
// neither double nor reorder records (both are franz-go's defaults, stated here
// because the comparison is worth nothing without them).
func Producer() []kgo.Opt {
	return []kgo.Opt{kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ProducerLinger(5 * time.Millisecond)}
}

// Write writes count records and waits until each is acknowledged or refused. The
// error joins the first few refusals.
func (l *Ledger) Write(ctx context.Context, client *kgo.Client, count int) error {
	var refused failures
	var pending sync.WaitGroup
	for range count {
		l.produce(ctx, client, &pending, &refused)
	}
	pending.Wait()
	return refused.err()
}

// Load writes rate records a second until the context ends, then waits until each
// is acknowledged or refused, for at most drain. What was refused is in the books
// ([Verdict.Failed]) and no error; the error tells that the wait was in vain. How long a
// record had to wait is in [Ledger.Slowest].
func (l *Ledger) Load(ctx context.Context, client *kgo.Client, rate int, drain time.Duration) error {
	const beat = 20 * time.Millisecond
	// Records outlive ctx: the end of the load must not abandon those in flight.
	records := context.WithoutCancel(ctx)
	var refused failures
	var pending sync.WaitGroup
	tick := time.NewTicker(beat)
	defer tick.Stop()
	begin, sent := time.Now(), 0
	l.anew()
	for {
		select {
		case <-ctx.Done():
			flush, cancel := context.WithTimeout(records, drain)
			defer cancel()
			if err := client.Flush(flush); err != nil {
				return fmt.Errorf("records still not acknowledged %s after the load ended: %w", drain, err)
			}
			pending.Wait()
			return nil
		case now := <-tick.C:
			for due := int(now.Sub(begin).Seconds() * float64(rate)); sent < due; sent++ {
				l.produce(records, client, &pending, &refused)
			}
		}
	}
}

func (l *Ledger) produce(ctx context.Context, client *kgo.Client, pending *sync.WaitGroup, refused *failures) {
	record, number := l.record()
	pending.Add(1)
	begin := time.Now()
	client.Produce(ctx, record, func(record *kgo.Record, err error) {
		defer pending.Done()
		l.wrote(number, record, time.Since(begin), err)
		refused.add(err)
	})
}

// Read reads the whole topic from its beginning to where it ends now, and notes
// this ledger's records in place of what was read before. The client must consume
// nothing else meanwhile; give it one of its own.
func (l *Ledger) Read(ctx context.Context, client *kgo.Client) error {
	l.forget()
	ends, err := Ends(ctx, kadm.NewClient(client).ListEndOffsets, l.topic)
	if err != nil {
		return err
	}
	open := map[int32]int64{} // partitions not yet read to their end
	from := map[int32]kgo.Offset{}
	ends.Each(func(end kadm.ListedOffset) {
		if end.Offset > 0 {
			open[end.Partition] = end.Offset
			from[end.Partition] = kgo.NewOffset().AtStart()
		}
	})
	client.AddConsumePartitions(map[string]map[int32]kgo.Offset{l.topic: from})
	defer client.PurgeTopicsFromConsuming(l.topic)
	for len(open) > 0 {
		fetches := client.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("topic %s: not read to its end in partitions %v: %w", l.topic, open, context.Cause(ctx))
		}
		// Fetch errors are retried by the client; only a closed client ends here.
		if fetches.IsClientClosed() {
			return fmt.Errorf("topic %s: %w", l.topic, kgo.ErrClientClosed)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			end, wanted := open[record.Partition]
			if !wanted {
				return
			}
			l.saw(record)
			if record.Offset+1 >= end {
				delete(open, record.Partition)
			}
		})
	}
	return nil
}

// patience is how long the end of a topic is asked for.
const patience = time.Minute

// Ends asks where a topic's partitions end, by ListEndOffsets or ListCommittedOffsets of a
// kadm.Client, and again for a minute where a broker that leads one cannot be reached, which may just
// have come back: the client itself does that for fetches only.
func Ends(ctx context.Context, list func(context.Context, ...string) (kadm.ListedOffsets, error), topic string) (kadm.ListedOffsets, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		ends, err := list(ctx, topic)
		if err == nil {
			err = ends.Error()
		}
		if err == nil {
			return ends, nil
		}
		err = fmt.Errorf("end of topic %s: %w", topic, err)
		if said := (*kerr.Error)(nil); errors.As(err, &said) && !said.Retriable {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(time.Second):
		}
	}
}

// failures keeps the first few errors of many.
type failures struct {
	mu    sync.Mutex
	count int
	first []error
}

func (f *failures) add(err error) {
	if err == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count++; len(f.first) < 3 {
		f.first = append(f.first, err)
	}
}

func (f *failures) err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == 0 {
		return nil
	}
	return fmt.Errorf("%d records were refused, first: %w", f.count, errors.Join(f.first...))
}
