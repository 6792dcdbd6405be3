package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// decided says whether the directory alone tells what to do, without a word from other controllers.
func decided(h history) bool { return h == lived || h == joining }

// empty says whether the directory has nothing to start a JVM with.
func empty(h history) bool { return h == blank || h == lost }

// readHistory looks at a controller's metadata directory as it is now. A log with any record in it is the proof of a
// leader: the first record is the leader's own (LeaderChangeMessage), written after a majority of the voters elected it.
func readHistory(dir string) (history, error) {
	m, err := readMeta(dir)
	if err != nil {
		return "", err
	}
	state, err := readMetadataLog(filepath.Join(dir, metadataLog))
	switch {
	case err != nil:
		return "", err
	case m != nil:
		return state, nil
	case state == lived:
		return "", fmt.Errorf("%s has the records of a quorum, but its meta.properties is gone; bring it back from a copy of the volume, or, if the other controllers are well, empty the volume for this controller to join them anew", dir)
	}
	return blank, nil
}

func readMetadataLog(dir string) (history, error) {
	const bootstrap = "00000000000000000000-0000000000.checkpoint"
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return joining, nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot read the metadata log: %w", err)
	}
	state := joining
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case name == bootstrap:
			state = initial
		case strings.HasSuffix(name, ".checkpoint"):
			return lived, nil
		case strings.HasSuffix(name, ".log"):
			info, err := entry.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // Kafka has deleted an old segment just now; there are others
			}
			if err != nil {
				return "", fmt.Errorf("cannot read the metadata log: %w", err)
			}
			if info.Size() > 0 {
				return lived, nil
			}
		}
	}
	return state, nil
}
