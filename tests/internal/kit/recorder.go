package kit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/history"
)

// Recorder writes down what clients do with a topic, as a history that can be judged. Its
// methods are safe for concurrent use.
type Recorder struct {
	topic string
	run   string // begins every value, so that no other run has the same
	begin time.Time

	mu     sync.Mutex
	number int
	now    history.History
}

// NewRecorder begins the history of a topic, which is new.
func NewRecorder(topic string) *Recorder {
	return &Recorder{topic: topic, run: rand.Text()[:8], begin: time.Now()}
}

// History is what was written down so far. What is under way counts as unknown.
func (r *Recorder) History() history.History {
	r.mu.Lock()
	defer r.mu.Unlock()
	return history.History{
		Writes: slices.Clone(r.now.Writes), Reads: slices.Clone(r.now.Reads), Transactions: slices.Clone(r.now.Transactions),
		Commits: slices.Clone(r.now.Commits), Positions: slices.Clone(r.now.Positions),
	}
}

func (r *Recorder) since() time.Duration { return time.Since(r.begin) }

// name makes up a value, or the id of a transaction.
func (r *Recorder) name() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.number++
	return fmt.Sprintf("%s-%d", r.run, r.number)
}

// outcome of an operation. A client that was not answered, or only after retries, cannot know.
func outcome(err error) history.Outcome {
	if err != nil {
		return history.Unknown
	}
	return history.Done
}

// write hands a record over; done is called with what became of it.
func (r *Recorder) write(client *kgo.Client, as, transaction string, done func(error)) {
	w := history.Write{Client: as, Transaction: transaction, Value: r.name(), Outcome: history.Unknown, Partition: -1}
	r.mu.Lock()
	w.Begin = r.since()
	at := len(r.now.Writes)
	r.now.Writes = append(r.now.Writes, w)
	r.mu.Unlock()
	// Records outlive the load that they belong to.
	client.Produce(context.Background(), &kgo.Record{Topic: r.topic, Value: []byte(w.Value)}, func(record *kgo.Record, err error) {
		r.mu.Lock()
		w := &r.now.Writes[at]
		w.End, w.Outcome, w.Partition = r.since(), outcome(err), record.Partition
		if err == nil {
			w.Offset = record.Offset
		}
		r.mu.Unlock()
		done(err)
	})
}

// Write writes records as one client and waits until all are acknowledged.
func (r *Recorder) Write(t *testing.T, client *kgo.Client, as string, count int) {
	t.Helper()
	var pending sync.WaitGroup
	errs := make(chan error, count)
	for range count {
		pending.Add(1)
		r.write(client, as, "", func(err error) {
			errs <- err
			pending.Done()
		})
	}
	pending.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Fatalf("writing to %s: %v", r.topic, err)
		}
	}
}

// Load writes rate records a second until the context ends, and waits for what is in flight.
func (r *Recorder) Load(ctx context.Context, client *kgo.Client, as string, rate int) {
	var pending sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			pending.Wait()
			return
		case <-tick.C:
			pending.Add(1)
			r.write(client, as, "", func(error) { pending.Done() })
		}
	}
}

// Transact writes a few records in each of many transactions until the context ends, and
// aborts every third. connect makes a client with a transactional id, always the same one: a
// new client takes the place of one that failed, and Kafka ends what that had begun.
func (r *Recorder) Transact(ctx context.Context, connect func() *kgo.Client, as string) {
	client := connect()
	for n := 0; ctx.Err() == nil; n++ {
		if err := r.transaction(client, as, n%3 == 2); err != nil {
			client.Close()
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
			}
			client = connect()
		}
	}
}

func (r *Recorder) transaction(client *kgo.Client, as string, abort bool) error {
	const records = 5
	if err := client.BeginTransaction(); err != nil {
		return err
	}
	end := history.Transaction{ID: r.name(), Outcome: history.Unknown, Abort: abort}
	var pending sync.WaitGroup
	var failed error
	var mu sync.Mutex
	for range records {
		pending.Add(1)
		r.write(client, as, end.ID, func(err error) {
			mu.Lock()
			failed = errors.Join(failed, err)
			mu.Unlock()
			pending.Done()
		})
	}
	pending.Wait()
	end.Abort = abort || failed != nil
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	end.Begin = r.since()
	err := client.EndTransaction(ctx, kgo.TransactionEndTry(!end.Abort))
	end.End, end.Outcome = r.since(), outcome(err)
	r.mu.Lock()
	r.now.Transactions = append(r.now.Transactions, end)
	r.mu.Unlock()
	return errors.Join(failed, err)
}

// tail is how far Follow reads back each time: more than comes within its pace.
const (
	tail = 500
	pace = time.Second
)

// Follow reads the last records of all partitions again and again until the context ends. The
// client is as for Read.
func (r *Recorder) Follow(ctx context.Context, client *kgo.Client, committed bool) {
	for ctx.Err() == nil {
		limit, cancel := context.WithTimeout(ctx, 10*time.Second)
		_ = r.read(limit, client, committed, tail) // one that failed has shown nothing
		cancel()
		select {
		case <-ctx.Done():
		case <-time.After(pace):
		}
	}
}

// Read reads all of the topic, as it is now. The client must consume nothing else, and keep
// control records ([Reader]).
func (r *Recorder) Read(t *testing.T, client *kgo.Client, committed bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := r.read(ctx, client, committed, -1); err != nil {
		t.Fatal(err)
	}
}

// Reader are the options of a client that reads for a history.
func Reader(committed bool) []kgo.Opt {
	level := kgo.ReadUncommitted()
	if committed {
		level = kgo.ReadCommitted()
	}
	// The end of a partition may be the end of a transaction.
	return []kgo.Opt{kgo.FetchIsolationLevel(level), kgo.KeepControlRecords()}
}

// read reads the last records of every partition; back < 0 means all.
func (r *Recorder) read(ctx context.Context, client *kgo.Client, committed bool, back int64) error {
	begin := r.since()
	admin := kadm.NewClient(client)
	list := admin.ListEndOffsets
	if committed {
		list = admin.ListCommittedOffsets
	}
	ends, err := ledger.Ends(ctx, list, r.topic)
	if err != nil {
		return err
	}
	reads, from := map[int32]*history.Read{}, map[int32]kgo.Offset{}
	open := map[int32]bool{} // not read to their end yet
	ends.Each(func(end kadm.ListedOffset) {
		read := &history.Read{Span: history.Span{Begin: begin}, Partition: end.Partition, To: end.Offset, Committed: committed}
		if back >= 0 {
			read.From = max(0, end.Offset-back)
		}
		reads[end.Partition] = read
		if read.From < read.To {
			open[end.Partition], from[end.Partition] = true, kgo.NewOffset().At(read.From)
		}
	})
	client.AddConsumePartitions(map[string]map[int32]kgo.Offset{r.topic: from})
	defer client.PurgeTopicsFromConsuming(r.topic)
	for len(open) > 0 {
		fetches := client.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("topic %s: not read to its end: %w", r.topic, context.Cause(ctx))
		}
		fetches.EachRecord(func(record *kgo.Record) {
			read := reads[record.Partition]
			if !open[record.Partition] {
				return
			}
			if record.Offset >= read.From && record.Offset < read.To && !record.Attrs.IsControl() {
				read.Records = append(read.Records, history.Record{Offset: record.Offset, Value: string(record.Value)})
			}
			if record.Offset+1 >= read.To {
				delete(open, record.Partition)
			}
		})
	}
	end := r.since()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, read := range reads {
		read.End = end
		r.now.Reads = append(r.now.Reads, *read)
	}
	return nil
}

// Store stores higher and higher offsets as a group until the context ends, and asks for each
// again.
func (r *Recorder) Store(ctx context.Context, client *kgo.Client, group string) {
	admin := kadm.NewClient(client)
	for offset := int64(1); ctx.Err() == nil; offset++ {
		r.commit(ctx, admin, group, offset)
		r.position(ctx, admin, group)
		time.Sleep(100 * time.Millisecond)
	}
}

func (r *Recorder) commit(ctx context.Context, admin *kadm.Client, group string, offset int64) {
	var offsets kadm.Offsets
	offsets.AddOffset(r.topic, 0, offset, -1)
	c := history.Commit{Group: group, Offset: offset}
	c.Begin = r.since()
	answer, err := admin.CommitOffsets(ctx, group, offsets)
	c.End, c.Outcome = r.since(), outcome(errors.Join(err, answer.Error()))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now.Commits = append(r.now.Commits, c)
}

func (r *Recorder) position(ctx context.Context, admin *kadm.Client, group string) {
	p := history.Position{Group: group, Offset: -1}
	p.Begin = r.since()
	answer, err := admin.FetchOffsets(ctx, group)
	p.End = r.since()
	if err != nil || answer.Error() != nil {
		return // nothing was told
	}
	if stored, any := answer.Lookup(r.topic, 0); any {
		p.Offset = stored.At
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now.Positions = append(r.now.Positions, p)
}
