package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReadMeta(t *testing.T) {
	dir := t.TempDir()
	if m, err := readMeta(dir); m != nil || err != nil {
		t.Errorf("never formatted: %v, %v", m, err)
	}
	if m, err := readMeta(filepath.Join(dir, "absent")); m != nil || err != nil {
		t.Errorf("not made yet: %v, %v", m, err)
	}
	put(t, filepath.Join(dir, "meta.properties"), "#\n#Sat Nov 21 03:32:12 UTC 2026\ncluster.id="+ourCluster+"\ndirectory.id=TXSccm4Qw0lJhXpfkMV_8g\nnode.id=3\nversion=1\n")
	m, err := readMeta(dir)
	if err != nil || *m != (meta{dir, ourCluster, 3, "TXSccm4Qw0lJhXpfkMV_8g"}) {
		t.Errorf("%+v, %v", m, err)
	}
	put(t, filepath.Join(dir, "meta.properties"), "version=1\n")
	if _, err := readMeta(dir); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("without an id: %v", err)
	}
}

func TestCheckOwner(t *testing.T) {
	s := settings{clusterID: ourCluster, nodeID: 1, podName: "kafka-1"}
	for name, test := range map[string]struct {
		found meta
		want  string
	}{
		"its own":                      {meta{"/d", ourCluster, 1, ""}, ""},
		"another cluster's":            {meta{"/d", otherOne, 1, ""}, "pulumi config set kafka-kraft:clusterId " + otherOne + ";"},
		"an id that looks like a flag": {meta{"/d", "-AAAAAAAAAAAAAAAAAAAAQ", 1, ""}, "pulumi config set -- kafka-kraft:clusterId -AAAAAAAAAAAAAAAAAAAAQ;"},
		"another node's":               {meta{"/d", ourCluster, 2, ""}, "belongs to node 2, but pod kafka-1 is node 1"},
	} {
		err := checkOwner(&test.found, s)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one line: %v", name, err)
		}
	}
}

func TestCheckRoom(t *testing.T) {
	dir := t.TempDir()
	if err := checkRoom(filepath.Join(dir, "not", "made", "yet")); err != nil {
		t.Errorf("a directory that can be made: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "not")); err == nil {
		t.Error("the check made the directory")
	}
	put(t, filepath.Join(dir, "file"), "")
	if err := checkRoom(filepath.Join(dir, "file", "below")); err == nil {
		t.Error("a directory below a file passed")
	}
	if err := checkRoom("/proc/kafka"); err == nil { // cannot be written to, not even by root
		t.Error("/proc passed")
	}
}

// TestCheckFree looks for a way that works: the stack's own key for the size is refused once the cluster lives.
func TestCheckFree(t *testing.T) {
	if err := checkFree("/data", leastRoom); err != nil {
		t.Errorf("enough room: %v", err)
	}
	err := checkFree("/data", leastRoom-1)
	if err == nil || !strings.Contains(err.Error(), "16383 KiB are free") || !strings.Contains(err.Error(), "kubectl patch pvc") ||
		!strings.Contains(err.Error(), "storage.size itself cannot grow yet") {
		t.Errorf("full: %v", err)
	}
}

func TestReadHistory(t *testing.T) {
	voters, joiner := bytesOf(t, votersCheckpoint), bytesOf(t, featuresAlone)
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
		"initial voter":            {map[string]string{"00000000000000000000-0000000000.checkpoint": voters}, true, initial},
		"initial voter, Kafka 4.4": {map[string]string{"00000000000000000000-0000000000.checkpoint": bytesOf(t, votersAndFeatures)}, true, initial},
		"to join, Kafka 4.4":       {map[string]string{"00000000000000000000-0000000000.checkpoint": joiner}, true, joining},
		"joiner before its first fetch, Kafka 4.4": {map[string]string{
			"00000000000000000000-0000000000.checkpoint": joiner, "00000000000000000000.log": "", "quorum-state": "{}",
		}, true, joining},
		"joiner that fetched, Kafka 4.4": {map[string]string{
			"00000000000000000000-0000000000.checkpoint": joiner, "00000000000000000000.log": "records",
		}, true, lived},
		"initial voter that ran without a leader": {map[string]string{
			"00000000000000000000-0000000000.checkpoint": voters, "00000000000000000000.log": "", "quorum-state": `{"leaderEpoch":7}`,
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
