package quorum

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/life"
	"github.com/kafka-kraft/kafka-kraft/image/agent/volume"
)

// Past is everything from which a controller can tell whether a quorum was here before: its metadata directory, the other
// directories of the node, and what the stack knows of itself. The metadata directory alone is not enough: it may be a
// volume of its own (storage.metadataSize), or all of them may have been emptied at once.
type Past struct {
	MetadataDir string
	Dirs        []string // all directories of the node
	Life        life.Folder
}

// History is readHistory's, or lost where the directory is blank and something else tells that it was not always.
func (p Past) History() (contract.History, error) {
	h, err := readHistory(p.MetadataDir)
	if err != nil || h != contract.Blank || p.Life.Accepts(contract.LossOfQuorum) {
		return h, err
	}
	traces, err := p.Traces()
	if err == nil && traces != "" {
		h = contract.Lost
	}
	return h, err
}

// Traces says in words what tells of a life before; empty if nothing does.
func (p Past) Traces() (string, error) {
	var found []string
	for _, dir := range p.Dirs {
		_, err := os.Stat(filepath.Join(dir, "meta.properties"))
		switch {
		case err == nil:
			found = append(found, dir+" was formatted")
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("cannot look at %s: %w", dir, err)
		}
		n, err := volume.CountPartitions(dir)
		if err != nil {
			return "", err
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%s holds records of %d partitions", dir, n))
		}
	}
	if p.Life.Lived() {
		found = append(found, "this stack has been complete before")
	}
	return strings.Join(found, ", "), nil
}
