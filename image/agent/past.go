package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// past is everything from which a controller can tell whether a quorum was here before: its metadata directory, the other
// directories of the node, and what the stack knows of itself. The metadata directory alone is not enough: it may be a
// volume of its own (storage.metadataSize), or all of them may have been emptied at once.
type past struct {
	metadataDir string
	dirs        []string // all directories of the node
	life        life
}

// history is readHistory's, or lost where the directory is blank and something else tells that it was not always.
func (p past) history() (history, error) {
	h, err := readHistory(p.metadataDir)
	if err != nil || h != blank || p.life.accepts(contract.LossOfQuorum) {
		return h, err
	}
	traces, err := p.traces()
	if err == nil && traces != "" {
		h = lost
	}
	return h, err
}

// traces says in words what tells of a life before; empty if nothing does.
func (p past) traces() (string, error) {
	var found []string
	for _, dir := range p.dirs {
		_, err := os.Stat(filepath.Join(dir, "meta.properties"))
		switch {
		case err == nil:
			found = append(found, dir+" was formatted")
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("cannot look at %s: %w", dir, err)
		}
		n, err := countPartitions(dir)
		if err != nil {
			return "", err
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%s holds records of %d partitions", dir, n))
		}
	}
	if p.life.lived() {
		found = append(found, "this stack has been complete before")
	}
	return strings.Join(found, ", "), nil
}
