package quorum

import (
	"path/filepath"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func TestReadHistory(t *testing.T) {
	voters, joiner := sample.Bytes(t, sample.VotersCheckpoint), sample.Bytes(t, sample.FeaturesAlone)
	for name, test := range map[string]struct {
		files     map[string]string
		formatted bool
		want      contract.History
	}{
		"emptied":                   {nil, false, contract.Blank},
		"format that was cut short": {map[string]string{"00000000000000000000-0000000000.checkpoint": "x"}, false, contract.Blank},
		"formatted to join":         {nil, true, contract.Joining},
		"joiner before its first fetch": {map[string]string{"00000000000000000000.log": "", "quorum-state": "{}"},
			true, contract.Joining},
		"initial voter":            {map[string]string{"00000000000000000000-0000000000.checkpoint": voters}, true, contract.Initial},
		"initial voter, Kafka 4.4": {map[string]string{"00000000000000000000-0000000000.checkpoint": sample.Bytes(t, sample.VotersAndFeatures)}, true, contract.Initial},
		"to join, Kafka 4.4":       {map[string]string{"00000000000000000000-0000000000.checkpoint": joiner}, true, contract.Joining},
		"joiner before its first fetch, Kafka 4.4": {map[string]string{
			"00000000000000000000-0000000000.checkpoint": joiner, "00000000000000000000.log": "", "quorum-state": "{}",
		}, true, contract.Joining},
		"joiner that fetched, Kafka 4.4": {map[string]string{
			"00000000000000000000-0000000000.checkpoint": joiner, "00000000000000000000.log": "records",
		}, true, contract.Lived},
		"initial voter that ran without a leader": {map[string]string{
			"00000000000000000000-0000000000.checkpoint": voters, "00000000000000000000.log": "", "quorum-state": `{"leaderEpoch":7}`,
		}, true, contract.Initial},
		"had a leader": {map[string]string{
			"00000000000000000000-0000000000.checkpoint": "x", "00000000000000000000.log": "records",
		}, true, contract.Lived},
		"only a later snapshot is left": {map[string]string{
			"00000000000000004711-0000000003.checkpoint": "x", "00000000000000004711.log": "",
		}, true, contract.Lived},
	} {
		dir := t.TempDir()
		for file, text := range test.files {
			sample.Put(t, filepath.Join(dir, "__cluster_metadata-0", file), text)
		}
		if test.formatted {
			sample.Put(t, filepath.Join(dir, "meta.properties"), "cluster.id="+sample.OurCluster+"\nnode.id=1\n")
		}
		if got, err := readHistory(dir); got != test.want || err != nil {
			t.Errorf("%s: %s, %v; want %s", name, got, err, test.want)
		}
	}
	dir := t.TempDir()
	sample.Put(t, filepath.Join(dir, "__cluster_metadata-0", "00000000000000000000.log"), "records")
	if got, err := readHistory(dir); err == nil {
		t.Errorf("records without meta.properties pass for %s", got)
	}
}
