package metalog

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Age is how far a metadata log has come. Both numbers only grow within the life of a quorum.
type Age struct {
	Epoch int   // of the last leader that was heard of
	End   int64 // offset behind the last record
}

// CopyAge is the age of the copy in a metadata directory; the zero value without one.
func CopyAge(dir string) (Age, error) {
	log := filepath.Join(dir, Dir)
	a, err := lastInLog(log, func(file string, from int64) (Age, error) {
		var found Age
		if name := filepath.Base(file); strings.HasSuffix(name, ".checkpoint") { // offsets in it are its own
			end, epoch, _ := strings.Cut(strings.TrimSuffix(name, ".checkpoint"), "-")
			found.End, _ = strconv.ParseInt(end, 10, 64)
			found.Epoch, _ = strconv.Atoi(epoch)
			return found, nil
		}
		err := eachBatch(file, from, func(b batch) { found = Age{b.epoch(), b.end()} })
		return found, err
	})
	if err != nil {
		return Age{}, err
	}
	text, err := os.ReadFile(filepath.Join(log, "quorum-state"))
	if err != nil {
		return a, nil //nolint:nilerr // Kafka makes it anew
	}
	var state struct {
		LeaderEpoch int `json:"leaderEpoch"`
	}
	if json.Unmarshal(text, &state) == nil {
		a.Epoch = max(a.Epoch, state.LeaderEpoch)
	}
	return a, nil
}
