// Package metalog reads what the metadata log in a directory says, while no JVM runs: the level of its features, the voters
// of its quorum, its age. It changes nothing.
package metalog

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Dir is the directory of the metadata log below the metadata directory.
const Dir = "__cluster_metadata-0"

// batch is a record batch of the metadata log (Kafka docs, "Record Batch"): offset, length, epoch, magic, CRC,
// attributes, … and behind its head the records. Raft never compresses.
type batch []byte

// Where things stand in a batch.
const (
	batchLength     = 8  // where the length stands; it counts what follows it
	batchEpoch      = 12 // the leader's epoch
	batchMagic      = 16 // the format's version; it is 2 since Kafka 0.11
	batchAttributes = 21
	batchLast       = 23 // offset of the last record, counted from the first
	batchHead       = 61 // where the records begin
	// largestBatch is beyond what Raft writes (KafkaRaftClient.MAX_BATCH_SIZE_BYTES is 8 MiB).
	largestBatch = 64 << 20
	// controlBatch is the attribute of a batch with Kafka's own records about the log.
	controlBatch = 1 << 5
)

func (b batch) offset() int64   { return int64(binary.BigEndian.Uint64(b)) }
func (b batch) end() int64      { return b.offset() + int64(binary.BigEndian.Uint32(b[batchLast:])) + 1 }
func (b batch) epoch() int      { return int(int32(binary.BigEndian.Uint32(b[batchEpoch:]))) }
func (b batch) control() bool   { return binary.BigEndian.Uint16(b[batchAttributes:])&controlBatch != 0 }
func (b batch) records() []byte { return b[batchHead:] }

// eachBatch shows every batch of a segment or snapshot from an offset on. What cannot be read as a batch is the end: the
// cut end of a log after a crash, which Kafka repairs. A batch is overwritten by the next one.
func eachBatch(file string, from int64, see func(batch)) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return readBatches(bufio.NewReaderSize(f, 1<<20), from, see)
}

func readBatches(reader *bufio.Reader, from int64, see func(batch)) error {
	b := make(batch, batchHead)
	for {
		b = b[:batchHead]
		if _, err := io.ReadFull(reader, b); err != nil {
			return unlessEnd(err)
		}
		size := int(binary.BigEndian.Uint32(b[batchLength:])) + batchLength + 4
		if size < batchHead || size > largestBatch || b[batchMagic] != 2 {
			return nil
		}
		if b.offset() < from {
			if _, err := reader.Discard(size - batchHead); err != nil {
				return unlessEnd(err)
			}
			continue
		}
		b = slices.Grow(b, size-batchHead)[:size]
		if _, err := io.ReadFull(reader, b[batchHead:]); err != nil {
			return unlessEnd(err)
		}
		see(b)
	}
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// lastInLog returns the last thing of a kind in a metadata log: in the segments behind the latest snapshot, else in that
// snapshot. in looks into one file from an offset on, and gives the zero value for none.
func lastInLog[T comparable](log string, in func(file string, from int64) (T, error)) (T, error) {
	var none T
	entries, err := os.ReadDir(log) // sorted, and names are offsets of 20 digits
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	var snapshot string
	var segments []string
	for _, entry := range entries {
		switch filepath.Ext(entry.Name()) {
		case ".checkpoint":
			snapshot = entry.Name()
		case ".log":
			segments = append(segments, entry.Name())
		}
	}
	// Of a snapshot "<end offset>-<epoch>.checkpoint" everything before the end offset is in it.
	from, _ := strconv.ParseInt(strings.SplitN(snapshot, "-", 2)[0], 10, 64)
	for _, segment := range slices.Backward(segments) {
		found, err := in(filepath.Join(log, segment), from)
		if err != nil || found != none {
			return found, err
		}
		if base, _ := strconv.ParseInt(strings.TrimSuffix(segment, ".log"), 10, 64); base <= from {
			break
		}
	}
	if snapshot == "" {
		return none, nil
	}
	return in(filepath.Join(log, snapshot), 0)
}
