package history

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// Kind is one way in which a history is wrong.
type Kind string

// Kinds. Each names what a user of Kafka would see.
const (
	Lost       Kind = "lost"       // acknowledged or committed, and a later read of that place does not have it
	Moved      Kind = "moved"      // acknowledged at one offset, and read at another
	Duplicated Kind = "duplicated" // at more than one place
	Reordered  Kind = "reordered"  // behind a record that was written after it
	Rewritten  Kind = "rewritten"  // one reader saw a record at an offset where another saw a different one
	Invented   Kind = "invented"   // read, though nobody wrote it, or though its write was refused
	Stale      Kind = "stale"      // a read ended before a record that had been acknowledged when it began
	Aborted    Kind = "aborted"    // a reader of what is committed saw a record whose transaction was aborted
	WentBack   Kind = "went back"  // a group was told a lower offset than it had stored
	Unstored   Kind = "unstored"   // a group was told an offset that nobody had stored
)

// Problem is one thing that Kafka must not have done.
type Problem struct {
	Kind Kind
	What string
}

// Verdict is what Judge found.
type Verdict struct {
	Problems []Problem
	// Writes, Acknowledged, Read and Positions are how much was looked at: records handed over, those that Kafka promised to
	// keep, those of them that a reader saw, and questions of groups for their offsets.
	Writes, Acknowledged, Read, Positions int
}

// Count is how many problems are of a kind.
func (v Verdict) Count(kind Kind) int {
	n := 0
	for _, p := range v.Problems {
		if p.Kind == kind {
			n++
		}
	}
	return n
}

// Err is nil if nothing is wrong. It names the first few of every kind.
func (v Verdict) Err() error {
	const few = 5
	byKind := map[Kind][]string{}
	var kinds []Kind
	for _, p := range v.Problems {
		if byKind[p.Kind] == nil {
			kinds = append(kinds, p.Kind)
		}
		byKind[p.Kind] = append(byKind[p.Kind], p.What)
	}
	var errs []error
	for _, kind := range kinds {
		what := byKind[kind]
		errs = append(errs, fmt.Errorf("%d %s: %s", len(what), kind, strings.Join(what[:min(few, len(what))], "; ")))
	}
	return errors.Join(errs...)
}

// String sums the verdict up in one line.
func (v Verdict) String() string {
	return fmt.Sprintf("%d records written, %d acknowledged, %d of all read, %d offsets asked for: %d problems",
		v.Writes, v.Acknowledged, v.Read, v.Positions, len(v.Problems))
}

// never is when what was not promised is promised.
const never = time.Duration(math.MaxInt64)

// Judge holds a history against what Kafka promises to an idempotent producer with acks=all. A history of others is judged
// by the same, so that what they risk shows. It takes for granted that nothing was deleted from the topic.
func Judge(h History) Verdict {
	j := judgement{
		writes: map[string]*written{}, partitions: map[int32][]*written{}, places: map[place]string{}, ends: map[string]Transaction{},
		verdict: Verdict{Writes: len(h.Writes), Positions: len(h.Positions)},
	}
	for _, t := range h.Transactions {
		j.ends[t.ID] = t
	}
	for i, w := range h.Writes {
		one := &written{Write: w, turn: i, promised: promised(w, j.ends)}
		j.writes[w.Value] = one
		j.partitions[w.Partition] = append(j.partitions[w.Partition], one)
	}
	for _, r := range h.Reads {
		j.read(r)
	}
	j.proven(h.Reads)
	for _, r := range h.Reads {
		j.complete(r)
	}
	j.order()
	j.groups(h.Commits, h.Positions)
	for _, w := range j.writes {
		if w.promised != never {
			j.verdict.Acknowledged++
		}
		if len(w.at) > 0 {
			j.verdict.Read++
		}
	}
	slices.SortStableFunc(j.verdict.Problems, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.What, b.What)) })
	return j.verdict
}

// promised is from when on Kafka has to show a record.
func promised(w Write, ends map[string]Transaction) time.Duration {
	if w.Outcome != Done {
		return never
	}
	if w.Transaction == "" {
		return w.End
	}
	if end, known := ends[w.Transaction]; known && end.Outcome == Done && !end.Abort {
		return max(w.End, end.End)
	}
	return never
}

type place struct {
	partition int32
	offset    int64
}

func (p place) String() string { return fmt.Sprintf("partition %d, offset %d", p.partition, p.offset) }

// written is a write with what became known of it.
type written struct {
	Write
	turn     int // in the order of the history
	promised time.Duration
	at       []place       // where it was read, each place once
	seen     time.Duration // when the last read ended that had it
	lost     bool
}

func (w *written) String() string {
	return fmt.Sprintf("%s (%s)", w.Value, place{w.Partition, w.Offset})
}

type judgement struct {
	verdict    Verdict
	writes     map[string]*written // by value
	partitions map[int32][]*written
	places     map[place]string // what was first read there
	ends       map[string]Transaction
}

func (j *judgement) found(kind Kind, format string, args ...any) {
	j.verdict.Problems = append(j.verdict.Problems, Problem{kind, fmt.Sprintf(format, args...)})
}

// read notes where each record was seen, and judges what one record by itself shows.
func (j *judgement) read(r Read) {
	last := int64(-1)
	for _, record := range r.Records {
		at := place{r.Partition, record.Offset}
		if record.Offset <= last {
			j.found(Reordered, "%s came after offset %d of the same read", at, last)
		}
		last = record.Offset
		if before, known := j.places[at]; known && before != record.Value {
			j.found(Rewritten, "%s was %s, and then %s", at, before, record.Value)
			continue
		}
		j.places[at] = record.Value
		w := j.writes[record.Value]
		switch {
		case w == nil:
			j.found(Invented, "%s at %s", record.Value, at)
			continue
		case w.Outcome == Refused, r.End < w.Begin:
			j.found(Invented, "%s at %s, whose write was %s", record.Value, at, w.Outcome)
		}
		if r.Committed && w.Transaction != "" && j.aborted(w.Transaction) {
			j.found(Aborted, "%s at %s, of transaction %s", record.Value, at, w.Transaction)
		}
		w.seen = max(w.seen, r.End)
		if !slices.Contains(w.at, at) {
			if len(w.at) == 0 && w.Outcome == Done && at != (place{w.Partition, w.Offset}) {
				j.found(Moved, "%s was read at %s", w, at)
			}
			if len(w.at) == 1 {
				j.found(Duplicated, "%s at %s and at %s", record.Value, w.at[0], at)
			}
			w.at = append(w.at, at)
		}
	}
}

// aborted reports whether Kafka has said that it aborted the transaction.
func (j *judgement) aborted(id string) bool {
	end := j.ends[id]
	return end.Abort && end.Outcome == Done
}

// proven takes a transaction whose end nobody was told of for committed once a reader of what is committed saw some of it:
// then all of it has to be there.
func (j *judgement) proven(reads []Read) {
	since := map[string]time.Duration{}
	for _, r := range reads {
		if !r.Committed {
			continue
		}
		for _, record := range r.Records {
			w := j.writes[record.Value]
			if w == nil || w.Transaction == "" {
				continue
			}
			if before, known := since[w.Transaction]; !known || r.End < before {
				since[w.Transaction] = r.End
			}
		}
	}
	for _, w := range j.writes {
		if seen, known := since[w.Transaction]; known && w.Outcome == Done && w.promised == never && w.Transaction != "" {
			w.promised = seen
		}
	}
}

// complete looks for what a read should have had.
func (j *judgement) complete(r Read) {
	has := make(map[string]bool, len(r.Records))
	for _, record := range r.Records {
		has[record.Value] = true
	}
	open := sync.OnceValue(func() bool { return j.open(r) })
	for _, w := range j.partitions[r.Partition] {
		if w.promised >= r.Begin || w.Offset < r.From || has[w.Value] {
			continue
		}
		switch beyond := w.Offset >= r.To; {
		case beyond && r.Committed && open():
		case beyond && w.seen > r.Begin:
			j.found(Stale, "%s was acknowledged, and a read that began later ended before offset %d", w, r.To)
		case !w.lost:
			w.lost = true
			j.found(Lost, "%s", w)
		}
	}
}

// open reports whether a transaction with records in the partition may have been open when the read began. A reader of what
// is committed goes no further than to where it began.
func (j *judgement) open(r Read) bool {
	for _, w := range j.partitions[r.Partition] {
		if w.Transaction == "" || w.Outcome == Refused || w.Begin >= r.End {
			continue
		}
		if end, known := j.ends[w.Transaction]; !known || end.Outcome != Done || end.End >= r.Begin {
			return true
		}
	}
	return false
}

// order holds the order of a partition against the order in which its records were written: by each client, and, as far as
// one was acknowledged before the other was begun, by all of them.
func (j *judgement) order() {
	partitions := map[int32][]*written{}
	for _, w := range j.writes {
		if len(w.at) > 0 {
			first := slices.MinFunc(w.at, func(a, b place) int { return cmp.Compare(a.offset, b.offset) })
			w.at = []place{first}
			partitions[first.partition] = append(partitions[first.partition], w)
		}
	}
	for _, log := range partitions {
		slices.SortFunc(log, func(a, b *written) int { return cmp.Compare(a.at[0].offset, b.at[0].offset) })
		latest := map[string]*written{} // by client
		var youngest *written           // the one that was begun last
		for _, w := range log {
			switch before := latest[w.Client]; {
			case before != nil && w.turn < before.turn:
				j.found(Reordered, "%s at %s, behind %s, which %s wrote later", w.Value, w.at[0], before.Value, w.Client)
			case youngest != nil && w.Outcome == Done && w.End < youngest.Begin:
				j.found(Reordered, "%s at %s, behind %s, which was written later", w.Value, w.at[0], youngest.Value)
			}
			if before := latest[w.Client]; before == nil || before.turn < w.turn {
				latest[w.Client] = w
			}
			if youngest == nil || youngest.Begin < w.Begin {
				youngest = w
			}
		}
	}
}

// groups holds what groups were told against what they had stored, and had been told before.
func (j *judgement) groups(commits []Commit, positions []Position) {
	for _, p := range positions {
		floor, stored := int64(-1), p.Offset == -1
		for _, c := range commits {
			if c.Group != p.Group || c.Partition != p.Partition {
				continue
			}
			if c.Outcome == Done && c.End < p.Begin {
				floor = max(floor, c.Offset)
			}
			stored = stored || c.Offset == p.Offset && c.Outcome != Refused && c.Begin <= p.End
		}
		for _, before := range positions {
			if before.Group == p.Group && before.Partition == p.Partition && before.End < p.Begin {
				floor = max(floor, before.Offset)
			}
		}
		if p.Offset < floor {
			j.found(WentBack, "group %s, partition %d: %d, after %d", p.Group, p.Partition, p.Offset, floor)
		}
		if !stored {
			j.found(Unstored, "group %s, partition %d: %d", p.Group, p.Partition, p.Offset)
		}
	}
}
