package metalog

import (
	"encoding/binary"
	"path/filepath"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
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
		want  Age
	}{
		"nothing there": {nil, Age{}},
		"nothing yet":   {map[string]string{"00000000000000000000.log": "", "quorum-state": `{"leaderEpoch":0}`}, Age{}},
		"one batch":     {map[string]string{"00000000000000000000.log": sample.Bytes(t, sample.VotersBatch)}, Age{1, 3}},
		"two batches":   {map[string]string{"00000000000000000000.log": sample.Bytes(t, sample.VotersBatch) + at(sample.Log(t, 3, 30), 4)}, Age{4, 9}},
		"a later epoch was heard of": {map[string]string{"00000000000000000000.log": sample.Bytes(t, sample.VotersBatch),
			"quorum-state": `{"leaderId":2,"leaderEpoch":7,"votedId":-1,"data_version":1}`}, Age{7, 3}},
		"damaged quorum-state": {map[string]string{"00000000000000000000.log": sample.Bytes(t, sample.VotersBatch), "quorum-state": `{`}, Age{1, 3}},
		"only a snapshot":      {map[string]string{"00000000000000004711-0000000003.checkpoint": "x", "00000000000000004711.log": ""}, Age{3, 4711}},
		"behind a snapshot": {map[string]string{"00000000000000004711-0000000003.checkpoint": "x",
			"00000000000000004711.log": at(sample.Log(t, 4711, 30), 5)}, Age{5, 4717}},
	} {
		dir := t.TempDir()
		for file, text := range test.files {
			sample.Put(t, filepath.Join(dir, Dir, file), text)
		}
		if got, err := CopyAge(dir); err != nil || got != test.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, test.want)
		}
	}
}
