// Package history judges what clients saw of a Kafka topic: every write, read, transaction and commit with its beginning, its
// end and what became of it. [Judge] finds what no Kafka may do, whatever failed meanwhile: acknowledged records that are
// lost, records that are there twice or out of order, reads that are old or see what was aborted, offsets that go back.
//
// It is pure; a recorder (package kit) makes histories of a real cluster. A general checker of linearizability would have
// to search for an order of the operations that explains them all. Here Kafka itself names that order, by the offset of
// every record, so that each rule is a comparison with it, and a history of millions is judged in seconds.
package history

import "time"

// Outcome is what became of an operation.
type Outcome string

// Outcomes.
const (
	Done    Outcome = "done"    // Kafka has said so
	Refused Outcome = "refused" // surely not done: it was never sent, or refused without a retry
	Unknown Outcome = "unknown" // no answer, or an error that leaves it open
)

// Span is when an operation was under way, counted from the history's beginning.
type Span struct{ Begin, End time.Duration }

// Write is a record that a client handed over. Writes of one client stand in the order in which it did so.
type Write struct {
	Span
	Outcome     Outcome
	Client      string
	Transaction string // in which it was written; empty: in none
	Value       string // no other write has the same
	Partition   int32
	Offset      int64 // where Kafka says that it put it; only when done
}

// Read is a partition, as one reader saw it, from one offset up to another, which was the last that it could see.
type Read struct {
	Span
	Partition int32
	From, To  int64 // To itself is not part of it
	// Committed: the reader asked for nothing but what is committed (isolation.level=read_committed).
	Committed bool
	Records   []Record // in the order in which they came
}

// Record is what stands at an offset.
type Record struct {
	Offset int64
	Value  string
}

// Transaction is the end of one: a commit, or an abort.
type Transaction struct {
	Span
	Outcome Outcome
	ID      string // no other transaction has the same
	Abort   bool
}

// Commit is an offset that a group stored. A group of a history never means to go back.
type Commit struct {
	Span
	Outcome   Outcome
	Group     string
	Partition int32
	Offset    int64
}

// Position is what a group was told that it had stored; -1: nothing.
type Position struct {
	Span
	Group     string
	Partition int32
	Offset    int64
}

// History is all that was done with one topic.
type History struct {
	Writes       []Write
	Reads        []Read
	Transactions []Transaction
	Commits      []Commit
	Positions    []Position
}
