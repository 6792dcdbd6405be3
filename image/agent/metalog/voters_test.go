package metalog

import (
	"bufio"
	"bytes"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// moved is a piece of log whose voters live in another namespace of a name as long.
func moved(piece string) string {
	return strings.ReplaceAll(piece, "kafka-kraft.svc", "kafka-other.svc")
}

func TestLoggedVoters(t *testing.T) {
	const (
		first    = "00000000000000000000-0000000000.checkpoint"
		begin    = "00000000000000000000.log"
		snapshot = "00000000000000000100-0000000003.checkpoint"
		later    = "00000000000000000090.log"
	)
	snap, batch := sample.Bytes(t, sample.VotersCheckpoint), sample.Bytes(t, sample.VotersBatch)
	ours, others := sample.WrittenVoters("kafka-kraft"), sample.WrittenVoters("kafka-other")
	for name, test := range map[string]struct {
		files map[string]string
		want  []contract.Voter
	}{
		"nothing there":                   {nil, nil},
		"formatted":                       {map[string]string{first: snap}, ours},
		"formatted by Kafka 4.4":          {map[string]string{first: sample.Bytes(t, sample.VotersAndFeatures)}, ours},
		"to join, by Kafka 4.4":           {map[string]string{first: sample.Bytes(t, sample.FeaturesAlone)}, nil},
		"formatted, ran without a leader": {map[string]string{first: snap, begin: ""}, ours},
		"in the log":                      {map[string]string{begin: batch}, ours},
		"the log is newer":                {map[string]string{first: moved(snap), begin: batch}, ours},
		"the last of the log counts":      {map[string]string{begin: moved(batch) + sample.Log(t, 3, 30) + batch}, ours},
		"the latest snapshot counts":      {map[string]string{first: moved(snap), begin: moved(batch), snapshot: snap, later: ""}, ours},
		"moved":                           {map[string]string{begin: moved(batch)}, others},
		"a joiner's":                      {map[string]string{begin: sample.Log(t, 3, 30)}, nil},
		"cut by a crash":                  {map[string]string{begin: batch + moved(batch)[:200]}, ours},
		"zeros behind the end":            {map[string]string{begin: batch + strings.Repeat("\x00", 4096)}, ours},
		"nonsense":                        {map[string]string{begin: strings.Repeat("nonsense", 100)}, nil},
	} {
		dir := t.TempDir()
		for file, text := range test.files {
			sample.Put(t, filepath.Join(dir, Dir, file), text)
		}
		if got, err := Voters(dir); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, test.want)
		}
	}
}

func TestCutVotersAreErrors(t *testing.T) {
	whole := votersValue([]byte(sample.Bytes(t, sample.VotersBatch))[batchHead:])
	if voters, err := decodeVoters([]byte(whole)); err != nil || len(voters) != 3 {
		t.Fatalf("%v, %v", voters, err)
	}
	for n := range len(whole) - 1 { // the last byte is the tags'
		if voters, err := decodeVoters([]byte(whole[:n])); err == nil && len(voters) == 3 {
			t.Errorf("the first %d of %d bytes pass for voters", n, len(whole))
		}
	}
}

func FuzzVoters(f *testing.F) {
	f.Add([]byte(sample.Bytes(f, sample.VotersCheckpoint)))
	f.Add([]byte(sample.Bytes(f, sample.VotersBatch)))
	f.Fuzz(func(_ *testing.T, data []byte) { // neither a panic nor much memory, whatever a disk has made of it
		_ = readBatches(bufio.NewReader(bytes.NewReader(data)), 0, func(b batch) {
			_, _ = decodeVoters([]byte(votersValue(b.records())))
			_ = levelOf(b.records())
		})
		_ = votersValue(data)
		_, _ = decodeVoters(data)
	})
}
