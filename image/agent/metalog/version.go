package metalog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/properties"
)

// The metadata log carries the level of the feature metadata.version that its cluster was last set to. A Kafka that
// does not know the level cannot read the log: it fails in the middle of its start, with a stack trace, again and again
// (after an image was set back to an older one, for example). The agent reads the level first.
const metadataFeature = "metadata.version"

// CheckVersion refuses a metadata directory whose level is beyond what this image's Kafka knows. known is that
// Kafka's own answer (kafka-storage.sh version-mapping), written down when the image was built.
func CheckVersion(dir, known string) error {
	text, err := os.ReadFile(known)
	if err != nil {
		return fmt.Errorf("cannot read which %s this Kafka knows: %w", metadataFeature, err)
	}
	highest, name, _ := strings.Cut(properties.Parse(string(text))[metadataFeature], " ")
	limit, err := strconv.Atoi(highest)
	if err != nil {
		return fmt.Errorf("%s: %s=%q: a number is expected", known, metadataFeature, highest)
	}
	// Kafka reads both at every start: the level at the format, where it has a file of its own, and the log.
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

// formattedLevel is what kafka-storage.sh format wrote until Kafka 4.3; since 4.4 it stands in the log's first snapshot.
func formattedLevel(dir string) (levelFound, error) {
	found, err := levelIn(filepath.Join(dir, "bootstrap.checkpoint"), 0)
	if errors.Is(err, fs.ErrNotExist) {
		return levelFound{}, nil
	}
	return found, err
}

// loggedLevel is the last one in the metadata log. A snapshot begins with the features (MetadataImage.write).
func loggedLevel(dir string) (levelFound, error) {
	return lastInLog(filepath.Join(dir, Dir), levelIn)
}

// levelIn returns the last level in a segment or snapshot from an offset on.
func levelIn(file string, from int64) (levelFound, error) {
	var found levelFound
	err := eachBatch(file, from, func(b batch) {
		if level := levelOf(b.records()); level != 0 {
			found = levelFound{level, file}
		}
	})
	return found, err
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
