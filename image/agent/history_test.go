package main

import (
	"path/filepath"
	"testing"
)

func TestReadHistory(t *testing.T) {
	for name, test := range map[string]struct {
		files     map[string]string
		formatted bool
		want      history
	}{
		"emptied":                   {nil, false, blank},
		"format that was cut short": {map[string]string{"00000000000000000000-0000000000.checkpoint": "x"}, false, blank},
		"formatted to join":         {nil, true, joining},
		"joiner before its first fetch": {map[string]string{"00000000000000000000.log": "", "quorum-state": "{}"},
			true, joining},
		"initial voter": {map[string]string{"00000000000000000000-0000000000.checkpoint": "x"}, true, initial},
		"initial voter that ran without a leader": {map[string]string{
			"00000000000000000000-0000000000.checkpoint": "x", "00000000000000000000.log": "", "quorum-state": `{"leaderEpoch":7}`,
		}, true, initial},
		"had a leader": {map[string]string{
			"00000000000000000000-0000000000.checkpoint": "x", "00000000000000000000.log": "records",
		}, true, lived},
		"only a later snapshot is left": {map[string]string{
			"00000000000000004711-0000000003.checkpoint": "x", "00000000000000004711.log": "",
		}, true, lived},
	} {
		dir := t.TempDir()
		for file, text := range test.files {
			put(t, filepath.Join(dir, "__cluster_metadata-0", file), text)
		}
		if test.formatted {
			put(t, filepath.Join(dir, "meta.properties"), "cluster.id="+ourCluster+"\nnode.id=1\n")
		}
		if got, err := readHistory(dir); got != test.want || err != nil {
			t.Errorf("%s: %s, %v; want %s", name, got, err, test.want)
		}
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "__cluster_metadata-0", "00000000000000000000.log"), "records")
	if got, err := readHistory(dir); err == nil {
		t.Errorf("records without meta.properties pass for %s", got)
	}
}
