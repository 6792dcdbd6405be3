package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The metadata log carries the level of the feature metadata.version that its cluster was last set to. A Kafka that
// does not know the level cannot read the log: it fails in the middle of its start, with a stack trace, again and again
// (after an image was set back to an older one, for example). The agent reads the level first.
const metadataFeature = "metadata.version"

// checkMetadataVersion refuses a metadata directory whose level is beyond what this image's Kafka knows. known is that
// Kafka's own answer (kafka-storage.sh version-mapping), written down when the image was built.
func checkMetadataVersion(dir, known string) error {
	text, err := os.ReadFile(known)
	if err != nil {
		return fmt.Errorf("cannot read which %s this Kafka knows: %w", metadataFeature, err)
	}
	highest, name, _ := strings.Cut(parseProperties(string(text))[metadataFeature], " ")
	limit, err := strconv.Atoi(highest)
	if err != nil {
		return fmt.Errorf("%s: %s=%q: a number is expected", known, metadataFeature, highest)
	}
	// Kafka reads both at every start, the level at the format (BootstrapDirectory) and the log.
	for _, read := range []func(string) (levelFound, error){formattedLevel, loggedLevel} {
		found, err := read(dir)
		if err != nil {
			return fmt.Errorf("cannot read the metadata log: %w", err)
		}
		if found.level > limit {
			return fmt.Errorf("%s has %s %d, but the Kafka of this image knows none beyond %d %s: a newer Kafka wrote it; run that version's image again, since there is no way back from a newer %s but with that Kafka (kafka-features.sh downgrade)",
				found.file, metadataFeature, found.level, limit, name, metadataFeature)
		}
	}
	return nil
}

// levelFound is a level and the file that has it; the zero value is none.
type levelFound struct {
	level int
	file  string
}

// formattedLevel is what kafka-storage.sh format wrote.
func formattedLevel(dir string) (levelFound, error) {
	found, err := levelIn(filepath.Join(dir, "bootstrap.checkpoint"), 0)
	if errors.Is(err, fs.ErrNotExist) {
		return levelFound{}, nil
	}
	return found, err
}

// loggedLevel is the last one in the metadata log: in the segments behind the latest snapshot, else in that snapshot,
// which begins with the features (MetadataImage.write).
func loggedLevel(dir string) (levelFound, error) {
	log := filepath.Join(dir, metadataLog)
	entries, err := os.ReadDir(log) // sorted, and names are offsets of 20 digits
	if errors.Is(err, fs.ErrNotExist) {
		return levelFound{}, nil
	}
	if err != nil {
		return levelFound{}, err
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
		found, err := levelIn(filepath.Join(log, segment), from)
		if err != nil || found.level != 0 {
			return found, err
		}
		if base, _ := strconv.ParseInt(strings.TrimSuffix(segment, ".log"), 10, 64); base <= from {
			break
		}
	}
	if snapshot == "" {
		return levelFound{}, nil
	}
	return levelIn(filepath.Join(log, snapshot), 0)
}

// Layout of a record batch (Kafka docs, "Record Batch"): offset, length, epoch, magic, CRC, attributes, …
const (
	batchLength = 8  // where the length stands; it counts what follows it
	batchMagic  = 16 // where the format's version stands; it is 2 since Kafka 0.11
	batchHead   = 61 // where the records begin
	// largestBatch is beyond what Raft writes (KafkaRaftClient.MAX_BATCH_SIZE_BYTES is 8 MiB).
	largestBatch = 64 << 20
)

// levelIn returns the last level in a segment or snapshot from an offset on. What cannot be read as a batch ends the
// search: the cut end of a log after a crash, which Kafka repairs.
func levelIn(file string, from int64) (levelFound, error) {
	f, err := os.Open(file)
	if err != nil {
		return levelFound{}, err
	}
	defer func() { _ = f.Close() }()
	var found levelFound
	reader := bufio.NewReaderSize(f, 1<<20)
	batch := make([]byte, batchHead)
	for {
		batch = batch[:batchHead]
		if _, err := io.ReadFull(reader, batch); err != nil {
			return found, unlessEnd(err)
		}
		size := int(binary.BigEndian.Uint32(batch[batchLength:])) + batchLength + 4
		if size < batchHead || size > largestBatch || batch[batchMagic] != 2 {
			return found, nil
		}
		if binary.BigEndian.Uint64(batch) < uint64(from) {
			if _, err := reader.Discard(size - batchHead); err != nil {
				return found, unlessEnd(err)
			}
			continue
		}
		batch = slices.Grow(batch, size-batchHead)[:size]
		if _, err := io.ReadFull(reader, batch[batchHead:]); err != nil {
			return found, unlessEnd(err)
		}
		if level := levelOf(batch[batchHead:]); level != 0 {
			found = levelFound{level, file}
		}
	}
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// featureRecord is how a FeatureLevelRecord of metadata.version begins: frame version 1, record type 12, its version 0,
// and the name as a compact string; the level follows in two bytes. Raft never compresses.
var featureRecord = append([]byte{1, 12, 0, byte(len(metadataFeature) + 1)}, metadataFeature...)

// levelOf returns the last level in a batch's records, 0 without one.
func levelOf(records []byte) int {
	at := bytes.LastIndex(records, featureRecord)
	if at < 0 || len(records) < at+len(featureRecord)+2 {
		return 0
	}
	return int(int16(binary.BigEndian.Uint16(records[at+len(featureRecord):])))
}
