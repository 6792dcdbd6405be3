package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Verdict compares what was acknowledged with what was read.
type Verdict struct {
	Written      int // records handed to the client
	Acknowledged int // of those, acknowledged by Kafka
	Failed       int // of those, refused or timed out: they may be in the topic or not
	Read         int // of this ledger's records, read back; each counts once

	// FirstFailure tells why the first of the failed writes failed; nil without any.
	FirstFailure error

	Lost       []string // acknowledged, yet not in the topic
	Moved      []string // in the topic, yet not at the place that was acknowledged
	Duplicated []string // more than once in the topic
	Reordered  []string // behind a record that was written later to the same partition
}

// Verdict compares the books as they are now.
func (l *Ledger) Verdict() Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := Verdict{
		Written: l.next, Acknowledged: len(l.acked), Failed: len(l.failed), Read: len(l.read),
		Reordered: slices.Clone(l.disorder),
	}
	for number := range l.next {
		acked, wasAcked := l.acked[number]
		places := l.read[number]
		switch {
		case wasAcked && len(places) == 0:
			v.Lost = append(v.Lost, fmt.Sprintf("%d (partition %d, offset %d)", number, acked.partition, acked.offset))
		case wasAcked && !slices.Contains(places, acked):
			v.Moved = append(v.Moved, fmt.Sprintf("%d (acknowledged at %v, found at %v)", number, acked, places))
		}
		if v.FirstFailure == nil {
			v.FirstFailure = l.failed[number]
		}
		if len(places) > 1 {
			v.Duplicated = append(v.Duplicated, fmt.Sprintf("%d (at %v)", number, places))
		}
	}
	return v
}

// Err is nil if every acknowledged record was read back at its place, once and in
// order. Writes that failed are no error: Kafka made no promise about them.
func (v Verdict) Err() error {
	var errs []error
	for _, problem := range []struct {
		name    string
		records []string
	}{
		{"lost", v.Lost}, {"moved", v.Moved}, {"duplicated", v.Duplicated}, {"reordered", v.Reordered},
	} {
		if n := len(problem.records); n > 0 {
			shown := problem.records[:min(n, 5)]
			errs = append(errs, fmt.Errorf("%d of %d acknowledged records %s: %s", n, v.Acknowledged, problem.name, strings.Join(shown, ", ")))
		}
	}
	return errors.Join(errs...)
}

// String sums the verdict up in one line.
func (v Verdict) String() string {
	failed := fmt.Sprintf("%d failed", v.Failed)
	if v.FirstFailure != nil {
		failed += fmt.Sprintf(" (first: %v)", v.FirstFailure)
	}
	return fmt.Sprintf("%d written, %d acknowledged, %s, %d read back: %d lost, %d moved, %d duplicated, %d reordered",
		v.Written, v.Acknowledged, failed, v.Read, len(v.Lost), len(v.Moved), len(v.Duplicated), len(v.Reordered))
}
