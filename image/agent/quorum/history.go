package quorum

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/metalog"
	"github.com/kafka-kraft/kafka-kraft/image/agent/volume"
)

// Decided reports whether the directory alone tells what to do, without a word from other controllers.
func Decided(h contract.History) bool { return h == contract.Lived || h == contract.Joining }

// Empty reports whether the directory has nothing to start a JVM with.
func Empty(h contract.History) bool { return h == contract.Blank || h == contract.Lost }

// readHistory looks at a controller's metadata directory as it is now. A log with any record in it is the proof of a
// leader: the first record is the leader's own (LeaderChangeMessage), written after a majority of the voters elected it.
func readHistory(dir string) (contract.History, error) {
	m, err := volume.ReadMeta(dir)
	if err != nil {
		return "", err
	}
	state, err := readMetadataLog(filepath.Join(dir, metalog.Dir))
	switch {
	case err != nil:
		return "", err
	case m != nil:
		return state, nil
	case state == contract.Lived:
		return "", fmt.Errorf("%s has the records of a quorum, but its meta.properties is gone; bring it back from a copy of the volume, or, if the other controllers are well, empty the volume for this controller to join them anew", dir)
	}
	return contract.Blank, nil
}

func readMetadataLog(dir string) (contract.History, error) {
	const bootstrap = "00000000000000000000-0000000000.checkpoint"
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return contract.Joining, nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot read the metadata log: %w", err)
	}
	state := contract.Joining
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case name == bootstrap:
			// Since Kafka 4.4 a controller that is to join has one too, for the features alone: the voters tell.
			voters, err := metalog.VotersIn(filepath.Join(dir, name), 0)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				continue // Kafka has a later snapshot
			case err != nil:
				return "", fmt.Errorf("cannot read the metadata log: %w", err)
			case voters != "":
				state = contract.Initial
			}
		case strings.HasSuffix(name, ".checkpoint"):
			return contract.Lived, nil
		case strings.HasSuffix(name, ".log"):
			info, err := entry.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // Kafka has deleted an old segment just now; there are others
			}
			if err != nil {
				return "", fmt.Errorf("cannot read the metadata log: %w", err)
			}
			if info.Size() > 0 {
				return contract.Lived, nil
			}
		}
	}
	return state, nil
}
