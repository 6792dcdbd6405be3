package ledger

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
)

// books writes count records to two partitions in turn, all acknowledged.
func books(count int) (*Ledger, []*kgo.Record) {
	l := New("test")
	var log []*kgo.Record
	for i := range count {
		record, number := l.record()
		record.Partition, record.Offset = int32(i%2), int64(i/2)
		l.wrote(number, record, time.Millisecond, nil)
		log = append(log, record)
	}
	return l, log
}

func readAll(l *Ledger, records ...*kgo.Record) Verdict {
	l.forget()
	for _, record := range records {
		l.saw(record)
	}
	return l.Verdict()
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	l, log := books(6)
	require.NoError(t, readAll(l, log...).Err())
	require.NoError(t, readAll(l, log[0], log[2], log[4], log[1], log[3], log[5]).Err(), "order holds within a partition only")
	assert.Equal(t, "6 written, 6 acknowledged, 0 failed, 6 read back: 0 lost, 0 moved, 0 duplicated, 0 reordered",
		readAll(l, log...).String())

	v := readAll(l, log[0], log[1], log[2], log[4], log[5])
	assert.Equal(t, []string{"3 (partition 1, offset 1)"}, v.Lost)
	require.ErrorContains(t, v.Err(), "1 of 6 acknowledged records lost")

	again := *log[3]
	again.Offset = 99
	v = readAll(l, append(log, &again)...)
	assert.Len(t, v.Duplicated, 1)
	assert.Len(t, v.Reordered, 1, "it comes behind a later one, too")
	assert.Equal(t, 6, v.Read)

	moved := *log[5]
	moved.Offset = 7
	v = readAll(l, log[0], log[1], log[2], log[3], log[4], &moved)
	assert.Len(t, v.Moved, 1)
	require.Error(t, v.Err())

	v = readAll(l, log[0], log[1], log[4], log[3], log[2], log[5])
	assert.Equal(t, []string{"2 behind 4 in partition 0"}, v.Reordered)
	require.Error(t, v.Err())
}

func TestSlowest(t *testing.T) {
	t.Parallel()
	l, _ := books(2)
	assert.Equal(t, time.Millisecond, l.Slowest())
	record, number := l.record()
	l.wrote(number, record, time.Minute, errors.New("timed out"))
	record, number = l.record()
	l.wrote(number, record, time.Second, nil)
	assert.Equal(t, time.Minute, l.Slowest(), "one that was given up has waited, too")
	l.anew()
	assert.Zero(t, l.Slowest(), "another load")
}

func TestVerdictPromisesNothingAboutFailedWrites(t *testing.T) {
	t.Parallel()
	l, log := books(2)
	record, number := l.record()
	record.Partition, record.Offset = 0, 1
	l.wrote(number, record, time.Minute, errors.New("timed out"))
	require.NoError(t, readAll(l, log...).Err(), "it may be missing")
	require.NoError(t, readAll(l, append(log, record)...).Err(), "it may be there")
	assert.Equal(t, 1, l.Verdict().Failed)
	assert.Contains(t, l.Verdict().String(), "1 failed (first: timed out)")
}

func TestVerdictIgnoresOthers(t *testing.T) {
	t.Parallel()
	l, log := books(2)
	other, _ := New("test").record()
	v := readAll(l, log[0], other, &kgo.Record{Value: []byte("hello")}, &kgo.Record{}, log[1])
	require.NoError(t, v.Err())
	assert.Equal(t, 2, v.Read)
}

func TestManyProblemsAreNamedInOneError(t *testing.T) {
	t.Parallel()
	l, log := books(100)
	err := readAll(l, log[0], log[1], log[1]).Err()
	require.ErrorContains(t, err, "98 of 100 acknowledged records lost")
	require.ErrorContains(t, err, "1 of 100 acknowledged records duplicated")
	assert.Less(t, len(err.Error()), 500)
}
