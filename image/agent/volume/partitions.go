package volume

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/kafka-kraft/kafka-kraft/image/agent/metalog"
)

// partitionDir is the name of a partition's directory, also of one that Kafka has set aside (LogManager, UnifiedLog).
var partitionDir = regexp.MustCompile(`^.+-\d+(\.[0-9a-f]+-(delete|future|stray))?$`)

// CountPartitions counts the directories with records of partitions, the metadata's own aside.
func CountPartitions(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("cannot look at %s: %w", dir, err)
	}
	n := 0
	for _, entry := range entries {
		if !entry.IsDir() || !partitionDir.MatchString(entry.Name()) || entry.Name() == metalog.Dir {
			continue
		}
		if segments, _ := filepath.Glob(filepath.Join(dir, entry.Name(), "*.log")); len(segments) > 0 {
			n++
		}
	}
	return n, nil
}
