package history

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// made is a right history in the making: what a Kafka without a fault would show.
type made struct {
	History
	r     *rapid.T
	now   time.Duration
	logs  [2][]entry // by partition
	names int
}

// entry is a place in a partition; what ends a transaction takes one, too.
type entry struct {
	value       string
	transaction string
}

func (m *made) tick() time.Duration {
	m.now += time.Duration(rapid.IntRange(1, 5).Draw(m.r, "pause")) * time.Millisecond
	return m.now
}

func (m *made) partition() int32 { return int32(rapid.IntRange(0, 1).Draw(m.r, "partition")) }

func (m *made) name() string { m.names++; return fmt.Sprintf("v%d", m.names) }

// write appends a record, of which the client may never hear.
func (m *made) write(transaction string, p int32) {
	w := Write{Client: "c" + rapid.SampledFrom([]string{"1", "2"}).Draw(m.r, "client"), Transaction: transaction, Value: m.name(), Partition: p, Outcome: Done}
	w.Begin = m.tick()
	w.Offset = int64(len(m.logs[p]))
	switch rapid.IntRange(0, 9).Draw(m.r, "fate") {
	case 0: // its answer is lost
		w.Outcome, w.Offset = Unknown, 0
		m.logs[p] = append(m.logs[p], entry{w.Value, transaction})
	case 1: // it never came there
		w.Outcome, w.Offset = rapid.SampledFrom([]Outcome{Refused, Unknown}).Draw(m.r, "outcome"), 0
	default:
		m.logs[p] = append(m.logs[p], entry{w.Value, transaction})
	}
	w.End = m.tick()
	m.Writes = append(m.Writes, w)
}

// transact writes a few records and ends them together.
func (m *made) transact() {
	t := Transaction{ID: m.name(), Outcome: Done, Abort: rapid.Bool().Draw(m.r, "abort")}
	for range rapid.IntRange(1, 4).Draw(m.r, "records") {
		m.write(t.ID, m.partition())
	}
	if rapid.IntRange(0, 4).Draw(m.r, "heard") == 0 {
		t.Outcome = Unknown
	}
	t.Begin = m.tick()
	for p := range m.logs {
		m.logs[p] = append(m.logs[p], entry{})
	}
	t.End = m.tick()
	m.Transactions = append(m.Transactions, t)
}

// read shows all of a partition that is there now.
func (m *made) read(p int32, from int64) {
	r := Read{Partition: p, From: from, Committed: rapid.Bool().Draw(m.r, "committed")}
	r.Begin = m.tick()
	r.To = int64(len(m.logs[p]))
	for offset := from; offset < r.To; offset++ {
		e := m.logs[p][offset]
		aborted := slices.ContainsFunc(m.Transactions, func(t Transaction) bool { return t.ID == e.transaction && t.Abort })
		if e.value != "" && (!r.Committed || !aborted) {
			r.Records = append(r.Records, Record{offset, e.value})
		}
	}
	r.End = m.tick()
	m.Reads = append(m.Reads, r)
}

// store commits an offset of a group and asks for it again.
func (m *made) store(offset int64) {
	c := Commit{Group: "g", Offset: offset, Outcome: Done}
	c.Begin = m.tick()
	c.End = m.tick()
	m.Commits = append(m.Commits, c)
	p := Position{Group: "g", Offset: offset}
	p.Begin = m.tick()
	p.End = m.tick()
	m.Positions = append(m.Positions, p)
}

// right draws a history of a Kafka that keeps its word. Every partition has a few records that
// were acknowledged, and was read before and after them.
func right(r *rapid.T) History {
	m := &made{r: r}
	anything := func() {
		for range rapid.IntRange(0, 12).Draw(r, "steps") {
			switch rapid.IntRange(0, 4).Draw(r, "step") {
			case 0:
				m.transact()
			case 1:
				p := m.partition()
				m.read(p, int64(rapid.IntRange(0, len(m.logs[p])).Draw(r, "from")))
			default:
				m.write("", m.partition())
			}
		}
	}
	anything()
	m.store(1)
	for p := range int32(2) {
		for range 3 {
			w := Write{Client: "sure", Value: m.name(), Partition: p, Offset: int64(len(m.logs[p])), Outcome: Done}
			w.Begin = m.tick()
			w.End = m.tick()
			m.Writes = append(m.Writes, w)
			m.logs[p] = append(m.logs[p], entry{value: w.Value})
		}
		m.read(p, 0)
	}
	anything()
	m.store(5)
	for p := range int32(2) {
		m.read(p, 0)
	}
	return m.History
}

// sure are the places, among the records of a read, of those that were acknowledged outside of transactions.
func sure(h History, r Read) (at []int) {
	for i, record := range r.Records {
		if slices.ContainsFunc(h.Writes, func(w Write) bool { return w.Value == record.Value && w.Client == "sure" }) {
			at = append(at, i)
		}
	}
	return at
}

func TestARightHistoryIsRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := right(r)
		v := Judge(h)
		require.NoError(r, v.Err())
		require.GreaterOrEqual(r, v.Acknowledged, 6)
		require.GreaterOrEqual(r, v.Read, 6)
		require.Equal(r, 2, v.Positions)
	})
}

// TestEverySpoilingIsFound takes right histories, spoils one thing in each, and looks that the judge names it.
func TestEverySpoilingIsFound(t *testing.T) {
	t.Parallel()
	last := func(h *History) *Read { return &h.Reads[len(h.Reads)-1] }
	for name, spoil := range map[string]struct {
		kind Kind
		how  func(r *rapid.T, h *History)
	}{
		"a record is missing in the middle": {Lost, func(r *rapid.T, h *History) {
			read := last(h)
			at := rapid.SampledFrom(sure(*h, *read)).Draw(r, "which")
			read.Records = slices.Delete(read.Records, at, at+1)
		}},
		"the log was cut": {Lost, func(r *rapid.T, h *History) {
			read := last(h)
			read.Committed = false
			at := rapid.SampledFrom(sure(*h, *read)).Draw(r, "which")
			read.To = read.Records[at].Offset
			read.Records = read.Records[:at]
		}},
		"a record of a committed transaction is missing": {Lost, func(_ *rapid.T, h *History) {
			read := last(h)
			begin := read.Begin
			h.Transactions = append(h.Transactions, Transaction{Span: Span{begin - 2, begin - 1}, ID: "t", Outcome: Done})
			h.Writes = append(h.Writes, Write{Span: Span{begin - 4, begin - 3}, Outcome: Done, Client: "x", Transaction: "t", Value: "w", Partition: read.Partition, Offset: read.To})
			read.To++
		}},
		"half of a transaction whose end is unknown is missing": {Lost, func(_ *rapid.T, h *History) {
			read := last(h)
			read.Committed = true
			begin, end := read.Begin, read.End
			h.Transactions = append(h.Transactions, Transaction{Span: Span{begin - 2, begin - 1}, ID: "t", Outcome: Unknown})
			for i, value := range []string{"w1", "w2"} {
				h.Writes = append(h.Writes, Write{Span: Span{begin - 4, begin - 3}, Outcome: Done, Client: "x", Transaction: "t", Value: value, Partition: read.Partition, Offset: read.To + int64(i)})
			}
			read.Records = append(read.Records, Record{read.To, "w1"})
			read.To += 2
			again := *read
			again.Begin, again.End = end+1, end+2
			h.Reads = append(h.Reads, again)
		}},
		"a record is at another place": {Moved, func(r *rapid.T, h *History) {
			at := rapid.SampledFrom(sure(*h, *last(h))).Draw(r, "which")
			value := last(h).Records[at].Value
			i := slices.IndexFunc(h.Writes, func(w Write) bool { return w.Value == value })
			h.Writes[i].Offset += 100
		}},
		"a record is there twice": {Duplicated, func(r *rapid.T, h *History) {
			read := last(h)
			at := rapid.SampledFrom(sure(*h, *read)).Draw(r, "which")
			read.Records = append(read.Records, Record{read.To, read.Records[at].Value})
			read.To++
		}},
		"two records of a client changed places": {Reordered, func(_ *rapid.T, h *History) {
			swap(h, func(a, b *Write) { b.Begin, b.End = a.Begin, a.End }) // sent at once: only the client's order is left
		}},
		"a record came before one that was written before it": {Reordered, func(_ *rapid.T, h *History) {
			swap(h, func(a, b *Write) { a.Client, b.Client = "a", "b" })
		}},
		"a reader got records in disorder": {Reordered, func(_ *rapid.T, h *History) {
			read := last(h)
			at := sure(*h, *read)
			read.Records[at[0]], read.Records[at[1]] = read.Records[at[1]], read.Records[at[0]]
		}},
		"a place has another record than before": {Rewritten, func(r *rapid.T, h *History) {
			read := last(h)
			at := rapid.SampledFrom(sure(*h, *read)).Draw(r, "which")
			h.Writes = append(h.Writes, Write{Span: Span{0, 1}, Outcome: Unknown, Client: "x", Value: "other", Partition: read.Partition})
			read.Records[at].Value = "other"
		}},
		"a record that nobody wrote": {Invented, func(_ *rapid.T, h *History) {
			read := last(h)
			read.Records = append(read.Records, Record{read.To, "strange"})
			read.To++
		}},
		"a record that was refused": {Invented, func(_ *rapid.T, h *History) {
			read := last(h)
			h.Writes = append(h.Writes, Write{Span: Span{0, 1}, Outcome: Refused, Client: "x", Value: "no", Partition: read.Partition})
			read.Records = append(read.Records, Record{read.To, "no"})
			read.To++
		}},
		"a read that is old": {Stale, func(r *rapid.T, h *History) {
			read := last(h)
			at := rapid.SampledFrom(sure(*h, *read)).Draw(r, "which")
			old := *read
			old.Committed = false
			old.To, old.Records = read.Records[at].Offset, slices.Clone(read.Records[:at])
			h.Reads = append([]Read{old}, h.Reads...)
		}},
		"an aborted record": {Aborted, func(_ *rapid.T, h *History) {
			read := last(h)
			read.Committed = true
			h.Transactions = append(h.Transactions, Transaction{Span: Span{2, 3}, ID: "t", Outcome: Done, Abort: true})
			h.Writes = append(h.Writes, Write{Span: Span{0, 1}, Outcome: Done, Client: "x", Transaction: "t", Value: "w", Partition: read.Partition, Offset: read.To})
			read.Records = append(read.Records, Record{read.To, "w"})
			read.To++
		}},
		"an offset that is lower than what was stored": {WentBack, func(_ *rapid.T, h *History) {
			h.Positions[1].Offset = h.Positions[0].Offset
		}},
		"a group that lost its offset": {WentBack, func(_ *rapid.T, h *History) {
			h.Positions[1].Offset = -1
		}},
		"an offset that was seen and is gone": {WentBack, func(_ *rapid.T, h *History) {
			h.Commits[0].Outcome, h.Commits[1].Outcome = Unknown, Unknown
			h.Positions[1].Offset = -1
		}},
		"an offset that nobody stored": {Unstored, func(_ *rapid.T, h *History) {
			h.Positions[1].Offset = 77
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				h := right(r)
				spoil.how(r, &h)
				v := Judge(h)
				require.Positive(r, v.Count(spoil.kind), "%v", v.Problems)
				require.ErrorContains(r, v.Err(), string(spoil.kind))
			})
		})
	}
}

// swap lets the first two sure records of the last read have come in each other's place.
func swap(h *History, and func(earlier, later *Write)) {
	read := h.Reads[len(h.Reads)-1]
	at := sure(*h, read)
	var two [2]int
	for i := range two {
		two[i] = slices.IndexFunc(h.Writes, func(w Write) bool { return w.Value == read.Records[at[i]].Value })
	}
	a, b := &h.Writes[two[0]], &h.Writes[two[1]]
	for _, r := range h.Reads {
		for i := range r.Records {
			switch r.Records[i].Value {
			case a.Value:
				r.Records[i].Value = b.Value
			case b.Value:
				r.Records[i].Value = a.Value
			}
		}
	}
	a.Offset, b.Offset = b.Offset, a.Offset
	and(a, b)
}

// What Kafka never promised may be there or not.
func TestNothingIsPromisedOfWhatWasNotAcknowledged(t *testing.T) {
	t.Parallel()
	h := History{
		Writes: []Write{
			{Span: Span{1, 2}, Outcome: Unknown, Client: "c", Value: "there"},
			{Span: Span{3, 4}, Outcome: Unknown, Client: "c", Value: "not there"},
			{Span: Span{5, 9}, Outcome: Done, Client: "c", Value: "acknowledged while it was read", Offset: 1},
		},
		Reads: []Read{{Span: Span{8, 10}, To: 1, Records: []Record{{0, "there"}}}},
	}
	v := Judge(h)
	require.NoError(t, v.Err())
	assert.Equal(t, "3 records written, 1 acknowledged, 1 of all read, 0 offsets asked for: 0 problems", v.String())
}

// A reader of what is committed waits for a transaction that is open.
func TestAnOpenTransactionHidesWhatComesAfterIt(t *testing.T) {
	t.Parallel()
	h := History{
		Writes: []Write{
			{Span: Span{1, 2}, Outcome: Done, Client: "c", Transaction: "t", Value: "open"},
			{Span: Span{3, 4}, Outcome: Done, Client: "d", Value: "after it", Offset: 1},
		},
		Reads: []Read{{Span: Span{5, 6}, Committed: true}},
	}
	require.NoError(t, Judge(h).Err())
	h.Transactions = []Transaction{{Span: Span{3, 4}, ID: "t", Outcome: Done}}
	assert.Equal(t, 2, Judge(h).Count(Lost))
}

func TestManyProblemsAreOneError(t *testing.T) {
	t.Parallel()
	var h History
	for i := range 1000 {
		h.Writes = append(h.Writes, Write{Span: Span{1, 2}, Outcome: Done, Client: "c", Value: fmt.Sprint(i), Offset: int64(i)})
	}
	h.Reads = []Read{{Span: Span{3, 4}, To: 1000}}
	v := Judge(h)
	assert.Equal(t, 1000, v.Count(Lost))
	require.ErrorContains(t, v.Err(), "1000 lost: ")
	assert.Less(t, len(v.Err().Error()), 300)
}
