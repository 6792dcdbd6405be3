package main

import (
	"encoding/binary"
	"path/filepath"
	"testing"
)

// at is a piece of log whose one batch was written by the leader of an epoch.
func at(piece string, epoch uint32) string {
	b := []byte(piece)
	binary.BigEndian.PutUint32(b[batchEpoch:], epoch)
	return string(b)
}

func TestCopyAge(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  age
	}{
		"nothing there": {nil, age{}},
		"nothing yet":   {map[string]string{"00000000000000000000.log": "", "quorum-state": `{"leaderEpoch":0}`}, age{}},
		"one batch":     {map[string]string{"00000000000000000000.log": bytesOf(t, votersBatch)}, age{1, 3}},
		"two batches":   {map[string]string{"00000000000000000000.log": bytesOf(t, votersBatch) + at(log(t, 3, 30), 4)}, age{4, 9}},
		"a later epoch was heard of": {map[string]string{"00000000000000000000.log": bytesOf(t, votersBatch),
			"quorum-state": `{"leaderId":2,"leaderEpoch":7,"votedId":-1,"data_version":1}`}, age{7, 3}},
		"damaged quorum-state": {map[string]string{"00000000000000000000.log": bytesOf(t, votersBatch), "quorum-state": `{`}, age{1, 3}},
		"only a snapshot":      {map[string]string{"00000000000000004711-0000000003.checkpoint": "x", "00000000000000004711.log": ""}, age{3, 4711}},
		"behind a snapshot": {map[string]string{"00000000000000004711-0000000003.checkpoint": "x",
			"00000000000000004711.log": at(log(t, 4711, 30), 5)}, age{5, 4717}},
	} {
		dir := t.TempDir()
		for file, text := range test.files {
			put(t, filepath.Join(dir, metadataLog, file), text)
		}
		if got, err := copyAge(dir); err != nil || got != test.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, test.want)
		}
	}
}
