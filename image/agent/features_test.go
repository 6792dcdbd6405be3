package main

import (
	"encoding/binary"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"
)

// bootstrapFile is a bootstrap.checkpoint as kafka-storage.sh format of Kafka 4.3.1 wrote it: a control batch, a batch of
// six feature records with metadata.version 31 among them, a control batch.
const bootstrapFile = "000000000000000000000047000000000231beaa21002000000000000001a1fceb3559000001a1fceb3559ffffffffffffffffffffffffffff000000012a0000000800000003160000000000000000000000000000000000000001000000f10000000002a7e06d90000000000005000001a1fceb357d000001a1fceb357dffffffffffffffffffffffffffff000000063a000000012e010c00116d657461646174612e76657273696f6e001f00005a000002014e010c0021656c696769626c652e6c65616465722e7265706c696361732e76657273696f6e00010000340000040128010c000e67726f75702e76657273696f6e00010000340000060128010c000e73686172652e76657273696f6e0001000038000008012c010c001073747265616d732e76657273696f6e000100004000000a0134010c00147472616e73616374696f6e2e76657273696f6e0002000000000000000000070000003f0000000002bc232aa5002000000000000001a1fceb357f000001a1fceb357fffffffffffffffffffffffffffff000000011a00000008000000040600000000"

// checkpoint is that file with another level. Its sums are wrong then, which the agent does not look at.
func checkpoint(t *testing.T, level byte) string {
	t.Helper()
	data, err := hex.DecodeString(bootstrapFile)
	if err != nil {
		t.Fatal(err)
	}
	data[171] = level
	return string(data)
}

// log is a piece of a metadata log: the checkpoint's batch of features, from an offset on.
func log(t *testing.T, offset int, level byte) string {
	t.Helper()
	batch := []byte(checkpoint(t, level)[83:336])
	binary.BigEndian.PutUint64(batch, uint64(offset))
	return string(batch)
}

// levelled is a joiner's first snapshot as Kafka 4.4 formats it, with another level.
func levelled(t *testing.T, level byte) string {
	t.Helper()
	is, become := append([]byte(metadataFeature), 0, 33), append([]byte(metadataFeature), 0, level)
	return strings.Replace(bytesOf(t, featuresAlone), string(is), string(become), 1)
}

func TestCheckMetadataVersion(t *testing.T) {
	const (
		bootstrap = "bootstrap.checkpoint"
		first     = "__cluster_metadata-0/00000000000000000000-0000000000.checkpoint"
		begin     = "__cluster_metadata-0/00000000000000000000.log"
		snapshot  = "__cluster_metadata-0/00000000000000000100-0000000003.checkpoint"
		later     = "__cluster_metadata-0/00000000000000000090.log"
	)
	noFeatures := checkpoint(t, 0)[:83] // a snapshot's head
	for name, test := range map[string]struct {
		files map[string]string
		want  string // file that the refusal names, "" for none
	}{
		"nothing there":           {nil, ""},
		"formatted":               {map[string]string{bootstrap: checkpoint(t, 30), first: noFeatures}, ""},
		"formatted by a newer":    {map[string]string{bootstrap: checkpoint(t, 31), first: noFeatures}, bootstrap},
		"formatted by Kafka 4.4":  {map[string]string{first: levelled(t, 30)}, ""},
		"formatted by a later":    {map[string]string{first: levelled(t, 31)}, first},
		"joined an older quorum":  {map[string]string{first: levelled(t, 31), begin: log(t, 3, 30)}, ""},
		"first log":               {map[string]string{first: noFeatures, begin: log(t, 3, 31)}, begin},
		"raised later":            {map[string]string{begin: log(t, 3, 30) + log(t, 9, 29) + log(t, 15, 31)}, begin},
		"raised and lowered":      {map[string]string{begin: log(t, 3, 31) + log(t, 9, 30)}, ""},
		"in the snapshot":         {map[string]string{snapshot: checkpoint(t, 31), later: ""}, snapshot},
		"behind the snapshot":     {map[string]string{snapshot: checkpoint(t, 30), later: log(t, 94, 29) + log(t, 100, 31)}, later},
		"before the snapshot":     {map[string]string{snapshot: checkpoint(t, 30), later: log(t, 94, 31)}, ""},
		"only the snapshot rules": {map[string]string{snapshot: checkpoint(t, 30), begin: log(t, 3, 31), later: ""}, ""},
		"cut by a crash":          {map[string]string{begin: log(t, 3, 30) + log(t, 9, 31)[:100]}, ""},
		"zeros behind the end":    {map[string]string{begin: log(t, 3, 31) + strings.Repeat("\x00", 4096)}, begin},
		"nonsense":                {map[string]string{begin: strings.Repeat("nonsense", 100)}, ""},
	} {
		dir := t.TempDir()
		known := filepath.Join(dir, "features")
		put(t, known, "metadata.version=30 (4.3-IV0)\nkraft.version=1\n")
		for file, text := range test.files {
			put(t, filepath.Join(dir, file), text)
		}
		err := checkMetadataVersion(dir, known)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), filepath.Join(dir, test.want)+" has metadata.version 31") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckMetadataVersionNeedsToKnow(t *testing.T) {
	dir := t.TempDir()
	known := filepath.Join(dir, "features")
	if err := checkMetadataVersion(dir, known); err == nil {
		t.Error("no list of features, no error")
	}
	put(t, known, "kraft.version=1\n")
	if err := checkMetadataVersion(dir, known); err == nil || !strings.Contains(err.Error(), known) {
		t.Errorf("no metadata.version in it: %v", err)
	}
}
