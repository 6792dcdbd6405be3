package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// age is how far a metadata log has come. Both numbers only grow within the life of a quorum.
type age struct {
	epoch int   // of the last leader that was heard of
	end   int64 // offset behind the last record
}

// copyAge is the age of the copy in a metadata directory; the zero value without one.
func copyAge(dir string) (age, error) {
	log := filepath.Join(dir, metadataLog)
	a, err := lastInLog(log, func(file string, from int64) (age, error) {
		var found age
		if name := filepath.Base(file); strings.HasSuffix(name, ".checkpoint") { // offsets in it are its own
			end, epoch, _ := strings.Cut(strings.TrimSuffix(name, ".checkpoint"), "-")
			found.end, _ = strconv.ParseInt(end, 10, 64)
			found.epoch, _ = strconv.Atoi(epoch)
			return found, nil
		}
		err := eachBatch(file, from, func(b batch) { found = age{b.epoch(), b.end()} })
		return found, err
	})
	if err != nil {
		return age{}, err
	}
	text, err := os.ReadFile(filepath.Join(log, "quorum-state"))
	if err != nil {
		return a, nil //nolint:nilerr // Kafka makes it anew
	}
	var state struct {
		LeaderEpoch int `json:"leaderEpoch"`
	}
	if json.Unmarshal(text, &state) == nil {
		a.epoch = max(a.epoch, state.LeaderEpoch)
	}
	return a, nil
}
