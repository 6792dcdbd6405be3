// Package ledger proves what a Kafka cluster did with records: which were
// acknowledged, and whether each of those can be read back once and in order.
//
// A [Ledger] writes records that carry a running number, remembers which of them
// the cluster acknowledged, reads the topic, and compares. It is what the smoke
// check and the fault tests use: brokers may fail in between, the comparison stays
// the same.
package ledger

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Ledger keeps the books of one topic. Its methods are safe for concurrent use,
// except that only one goroutine may write at a time: the order of writing is what
// the order of reading is compared with.
type Ledger struct {
	topic string
	run   string // marks this ledger's records among others in the topic

	mu       sync.Mutex
	next     int             // number of the next record
	acked    map[int]place   // by number
	failed   map[int]error   // by number: writes that Kafka refused or that timed out
	read     map[int][]place // by number; more than one place is a duplicate
	last     map[int32]int   // by partition: the highest number read
	disorder []string        // numbers read behind a higher one
	foreign  int             // records of others
	slowest  time.Duration   // to be acknowledged, since the last load began
}

// place is where a record lies.
type place struct {
	partition int32
	offset    int64
}

// New begins the books of a topic. The topic may hold records of others.
func New(topic string) *Ledger {
	return &Ledger{
		topic: topic, run: rand.Text()[:8],
		acked: map[int]place{}, failed: map[int]error{}, read: map[int][]place{}, last: map[int32]int{},
	}
}

// Topic is the topic that the ledger keeps the books of.
func (l *Ledger) Topic() string { return l.topic }

// record makes the next record.
func (l *Ledger) record() (*kgo.Record, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	number := l.next
	l.next++
	return &kgo.Record{Topic: l.topic, Value: []byte(l.run + " " + strconv.Itoa(number))}, number
}

// wrote notes what became of a write.
func (l *Ledger) wrote(number int, record *kgo.Record, after time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slowest = max(l.slowest, after)
	if err != nil {
		l.failed[number] = err
		return
	}
	l.acked[number] = place{record.Partition, record.Offset}
}

// forget empties the books of what was read, before the topic is read again.
func (l *Ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read, l.last, l.disorder, l.foreign = map[int][]place{}, map[int32]int{}, nil, 0
}

// saw notes a record that was read. Records of one partition must come in the order
// of their offsets.
func (l *Ledger) saw(record *kgo.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	run, text, _ := strings.Cut(string(record.Value), " ")
	number, err := strconv.Atoi(text)
	if run != l.run || err != nil {
		l.foreign++
		return
	}
	l.read[number] = append(l.read[number], place{record.Partition, record.Offset})
	if last, any := l.last[record.Partition]; any && number < last {
		l.disorder = append(l.disorder, fmt.Sprintf("%d behind %d in partition %d", number, last, record.Partition))
	} else {
		l.last[record.Partition] = number
	}
}

// anew forgets how long records took, when a load begins.
func (l *Ledger) anew() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slowest = 0
}

// Slowest is how long a record of the last load waited at most until it was acknowledged or
// given up: how long a producer saw nothing happen.
func (l *Ledger) Slowest() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.slowest
}

// Acked is the number of records that were acknowledged so far.
func (l *Ledger) Acked() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}
