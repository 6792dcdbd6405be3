// Package volume looks at the directories of a node before anything is written to them: whose they are, whether they have
// room, and whether records of partitions lie in them. It changes nothing.
package volume

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/properties"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// Meta is a directory's meta.properties, which kafka-storage.sh format writes last: a directory without it was never
// formatted, or its volume was emptied.
type Meta struct {
	Dir         string
	clusterID   string
	nodeID      int
	DirectoryID string
}

// metaVersion is the format of meta.properties that Kafka has in KRaft mode (MetaPropertiesVersion.V1).
const metaVersion = "1"

// ReadMeta returns nil when the directory was never formatted.
func ReadMeta(dir string) (*Meta, error) {
	file := filepath.Join(dir, "meta.properties")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	props := properties.Parse(string(text))
	if version := props["version"]; version != metaVersion && version != "" {
		return nil, fmt.Errorf("%s is of version %s, but the Kafka of this image reads version %s only: another release wrote it; run that release's image again", file, version, metaVersion)
	}
	id, err := strconv.Atoi(props["node.id"])
	if err != nil || props["cluster.id"] == "" {
		return nil, fmt.Errorf("%s is damaged: cluster.id and node.id are expected in it; bring it back from a copy of the volume, Kafka cannot start without it", file)
	}
	return &Meta{Dir: dir, clusterID: props["cluster.id"], nodeID: id, DirectoryID: props["directory.id"]}, nil
}

// CheckOwner refuses a directory of another cluster or another node, before anything is written to it.
func CheckOwner(m *Meta, s settings.Settings) error {
	if m.clusterID != s.ClusterID {
		return fmt.Errorf("%s belongs to cluster %s, but this stack's cluster id is %s; to adopt the records found here: %s; to begin anew: give this pod an empty volume",
			m.Dir, m.clusterID, s.ClusterID, contract.HelpAdopt(m.clusterID))
	}
	if m.nodeID != s.NodeID {
		return fmt.Errorf("%s belongs to node %d, but pod %s is node %d; its own volume was mixed up with another pod's, or the node ids of its pool were changed (%s)",
			m.Dir, m.nodeID, s.PodName, s.NodeID, contract.EnvNodeIDBase)
	}
	return nil
}

// leastRoom is what a data directory must have free for Kafka to open its logs; below it a start can only do harm.
const leastRoom = 16 << 20

// CheckRoom refuses a directory that cannot be written or has no room, and changes nothing to find out.
func CheckRoom(dir string) error {
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
		return fmt.Errorf("log.dirs: the volume of %s is full: %d KiB are free, at least %d MiB are needed to start; %s",
			dir, free>>10, leastRoom>>20, contract.HelpFullVolume)
	}
	return nil
}
