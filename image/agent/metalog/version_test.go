package metalog

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// levelled is a joiner's first snapshot as Kafka 4.4 formats it, with another level.
func levelled(t *testing.T, level byte) string {
	t.Helper()
	is, become := append([]byte(metadataFeature), 0, 33), append([]byte(metadataFeature), 0, level)
	return strings.Replace(sample.Bytes(t, sample.FeaturesAlone), string(is), string(become), 1)
}

func TestCheckMetadataVersion(t *testing.T) {
	const (
		bootstrap = "bootstrap.checkpoint"
		first     = "__cluster_metadata-0/00000000000000000000-0000000000.checkpoint"
		begin     = "__cluster_metadata-0/00000000000000000000.log"
		snapshot  = "__cluster_metadata-0/00000000000000000100-0000000003.checkpoint"
		later     = "__cluster_metadata-0/00000000000000000090.log"
	)
	noFeatures := sample.Checkpoint(t, 0)[:83] // a snapshot's head
	for name, test := range map[string]struct {
		files map[string]string
		want  string // file that the refusal names, "" for none
	}{
		"nothing there":           {nil, ""},
		"formatted":               {map[string]string{bootstrap: sample.Checkpoint(t, 30), first: noFeatures}, ""},
		"formatted by a newer":    {map[string]string{bootstrap: sample.Checkpoint(t, 31), first: noFeatures}, bootstrap},
		"formatted by Kafka 4.4":  {map[string]string{first: levelled(t, 30)}, ""},
		"formatted by a later":    {map[string]string{first: levelled(t, 31)}, first},
		"joined an older quorum":  {map[string]string{first: levelled(t, 31), begin: sample.Log(t, 3, 30)}, ""},
		"first log":               {map[string]string{first: noFeatures, begin: sample.Log(t, 3, 31)}, begin},
		"raised later":            {map[string]string{begin: sample.Log(t, 3, 30) + sample.Log(t, 9, 29) + sample.Log(t, 15, 31)}, begin},
		"raised and lowered":      {map[string]string{begin: sample.Log(t, 3, 31) + sample.Log(t, 9, 30)}, ""},
		"in the snapshot":         {map[string]string{snapshot: sample.Checkpoint(t, 31), later: ""}, snapshot},
		"behind the snapshot":     {map[string]string{snapshot: sample.Checkpoint(t, 30), later: sample.Log(t, 94, 29) + sample.Log(t, 100, 31)}, later},
		"before the snapshot":     {map[string]string{snapshot: sample.Checkpoint(t, 30), later: sample.Log(t, 94, 31)}, ""},
		"only the snapshot rules": {map[string]string{snapshot: sample.Checkpoint(t, 30), begin: sample.Log(t, 3, 31), later: ""}, ""},
		"cut by a crash":          {map[string]string{begin: sample.Log(t, 3, 30) + sample.Log(t, 9, 31)[:100]}, ""},
		"zeros behind the end":    {map[string]string{begin: sample.Log(t, 3, 31) + strings.Repeat("\x00", 4096)}, begin},
		"nonsense":                {map[string]string{begin: strings.Repeat("nonsense", 100)}, ""},
	} {
		dir := t.TempDir()
		known := filepath.Join(dir, "features")
		sample.Put(t, known, "metadata.version=30 (4.3-IV0)\nkraft.version=1\n")
		for file, text := range test.files {
			sample.Put(t, filepath.Join(dir, file), text)
		}
		err := CheckVersion(dir, known)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), filepath.Join(dir, test.want)+" has metadata.version 31") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckMetadataVersionNeedsToKnow(t *testing.T) {
	dir := t.TempDir()
	known := filepath.Join(dir, "features")
	if err := CheckVersion(dir, known); err == nil {
		t.Error("no list of features, no error")
	}
	sample.Put(t, known, "kraft.version=1\n")
	if err := CheckVersion(dir, known); err == nil || !strings.Contains(err.Error(), known) {
		t.Errorf("no metadata.version in it: %v", err)
	}
}
