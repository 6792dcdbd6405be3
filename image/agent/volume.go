package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// meta is a directory's meta.properties, which kafka-storage.sh format writes last: a directory without it was never
// formatted, or its volume was emptied.
type meta struct {
	dir         string
	clusterID   string
	nodeID      int
	directoryID string
}

// metaVersion is the format of meta.properties that Kafka has in KRaft mode (MetaPropertiesVersion.V1).
const metaVersion = "1"

// readMeta returns nil when the directory was never formatted.
func readMeta(dir string) (*meta, error) {
	file := filepath.Join(dir, "meta.properties")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	props := parseProperties(string(text))
	if version := props["version"]; version != metaVersion && version != "" {
		return nil, fmt.Errorf("%s is of version %s, but the Kafka of this image reads version %s only: another release wrote it; run that release's image again", file, version, metaVersion)
	}
	id, err := strconv.Atoi(props["node.id"])
	if err != nil || props["cluster.id"] == "" {
		return nil, fmt.Errorf("%s is damaged: cluster.id and node.id are expected in it; bring it back from a copy of the volume, Kafka cannot start without it", file)
	}
	return &meta{dir: dir, clusterID: props["cluster.id"], nodeID: id, directoryID: props["directory.id"]}, nil
}

// checkOwner refuses a directory of another cluster or another node, before anything is written to it.
func checkOwner(m *meta, s settings) error {
	if m.clusterID != s.clusterID {
		dashes := ""
		if strings.HasPrefix(m.clusterID, "-") { // or the command line would take the id for a flag
			dashes = "-- "
		}
		return fmt.Errorf("%s belongs to cluster %s, but this stack's cluster id is %s; to adopt the records found here: pulumi config set %skafka-kraft:clusterId %s; to begin anew: give this pod an empty volume",
			m.dir, m.clusterID, s.clusterID, dashes, m.clusterID)
	}
	if m.nodeID != s.nodeID {
		return fmt.Errorf("%s belongs to node %d, but pod %s is node %d; its own volume was mixed up with another pod's, or the node ids of its pool were changed (KAFKA_NODE_ID_BASE)",
			m.dir, m.nodeID, s.podName, s.nodeID)
	}
	return nil
}

// leastRoom is what a data directory must have free for Kafka to open its logs; below it a start can only do harm.
const leastRoom = 16 << 20

// checkRoom refuses a directory that cannot be written or has no room, and changes nothing to find out.
func checkRoom(dir string) error {
	existing := dir
	for {
		info, err := os.Stat(existing)
		if err == nil {
			if !info.IsDir() {
				return fmt.Errorf("log.dirs: %s is not a directory", existing)
			}
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("log.dirs: %w", err)
		}
		existing = filepath.Dir(existing)
	}
	const read, write, enter = 4, 2, 1
	if err := syscall.Access(existing, read|write|enter); err != nil {
		return fmt.Errorf("log.dirs: user %d cannot write to %s (%w); own it by that user, or let the volume's fsGroup do so",
			os.Getuid(), existing, err)
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(existing, &stat); err != nil {
		return fmt.Errorf("log.dirs: %s: %w", existing, err)
	}
	return checkFree(existing, stat.Bavail*uint64(stat.Bsize))
}

// checkFree refuses a full volume. Kafka opens its logs for writing at every start and deletes old records only while it
// runs, so room has to come from below; all replicas of a partition hold the same bytes and fill up together.
func checkFree(dir string, free uint64) error {
	if free < leastRoom {
		return fmt.Errorf("log.dirs: the volume of %s is full: %d KiB are free, at least %d MiB are needed to start; enlarge its claim, if the storage class allows it (kubectl patch pvc; storage.size itself cannot grow yet), or the disk below it, and set retention.bytes once Kafka runs; never remove files by hand",
			dir, free>>10, leastRoom>>20)
	}
	return nil
}

// metadataLog is the directory of the metadata log below the metadata directory.
const metadataLog = "__cluster_metadata-0"

// history says how much a controller's metadata directory knows of a quorum.
type history string

const (
	blank   history = "blank"   // never formatted, or emptied
	lost    history = "lost"    // blank, though this node or its stack has lived (see past)
	initial history = "initial" // formatted as one of the initial voters; no leader was ever seen
	joining history = "joining" // formatted to join a running quorum; nothing was fetched from it yet
	lived   history = "lived"   // has records of a quorum that had a leader
)

// decided says whether the directory alone tells what to do, without a word from other controllers.
func (h history) decided() bool { return h == lived || h == joining }

// empty says whether the directory has nothing to start a JVM with.
func (h history) empty() bool { return h == blank || h == lost }

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
			// Since Kafka 4.4 a controller that is to join has one too, for the features alone: the voters tell.
			voters, err := votersIn(filepath.Join(dir, name), 0)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				continue // Kafka has a later snapshot
			case err != nil:
				return "", fmt.Errorf("cannot read the metadata log: %w", err)
			case voters != "":
				state = initial
			}
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
