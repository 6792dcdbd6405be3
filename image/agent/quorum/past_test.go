package quorum

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/life"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func TestPast(t *testing.T) {
	const meta = "cluster.id=" + sample.OurCluster + "\nnode.id=0\nversion=1\n"
	for name, test := range map[string]struct {
		files  map[string]string // below the node's directories
		Folder map[string]string
		want   contract.History
		trace  string
	}{
		"nothing at all":                  {nil, nil, contract.Blank, ""},
		"a stack that is not complete":    {nil, map[string]string{"lived": "false\n"}, contract.Blank, ""},
		"a stack that lived":              {nil, map[string]string{"lived": "true\n"}, contract.Lost, "complete before"},
		"only the data is formatted":      {map[string]string{"data/meta.properties": meta}, nil, contract.Lost, "data was formatted"},
		"another disk is formatted":       {map[string]string{"more/meta.properties": meta}, nil, contract.Lost, "more was formatted"},
		"partitions without a meta":       {map[string]string{"data/topic-0/00000000000000000000.log": "x", "data/topic-1/00000000000000000000.log": ""}, nil, contract.Lost, "records of 2 partitions"},
		"partitions that were set aside":  {map[string]string{"data/t-0.0a1b-stray/00000000000000000007.log": "x"}, nil, contract.Lost, "records of 1 partitions"},
		"partitions beside the metadata":  {map[string]string{"metadata/topic-0/00000000000000000000.log": "x"}, nil, contract.Lost, "metadata holds"},
		"a folder of somebody else":       {map[string]string{"data/lost+found/x": "", "data/backup-2026/x": ""}, nil, contract.Blank, ""},
		"accepted":                        {map[string]string{"data/meta.properties": meta}, map[string]string{"lived": "true", "acceptLoss": "kafka-1 quorum"}, contract.Blank, ""},
		"accepted for a pod only":         {nil, map[string]string{"lived": "true", "acceptLoss": "kafka-0"}, contract.Lost, ""},
		"the metadata is there":           {map[string]string{"metadata/meta.properties": meta, "metadata/__cluster_metadata-0/00000000000000000000.log": "x"}, map[string]string{"lived": "true"}, contract.Lived, ""},
		"a format that was cut short":     {map[string]string{"metadata/bootstrap.checkpoint": "x"}, nil, contract.Blank, ""},
		"formatted for the first time":    {map[string]string{"metadata/meta.properties": meta, "metadata/__cluster_metadata-0/00000000000000000000-0000000000.checkpoint": sample.Bytes(t, sample.VotersCheckpoint)}, nil, contract.Initial, ""},
		"the records' own metadata is it": {map[string]string{"data/__cluster_metadata-0/00000000000000000000.log": ""}, nil, contract.Blank, ""},
	} {
		dir := t.TempDir()
		p := Past{MetadataDir: filepath.Join(dir, "metadata"), Life: life.Folder(filepath.Join(dir, "life"))}
		for _, d := range []string{"data", "more", "metadata"} {
			p.Dirs = append(p.Dirs, filepath.Join(dir, d))
		}
		for file, text := range test.files {
			sample.Put(t, filepath.Join(dir, file), text)
		}
		for file, text := range test.Folder {
			sample.Put(t, filepath.Join(dir, "life", file), text)
		}
		got, err := p.History()
		if err != nil || got != test.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, test.want)
		}
		if traces, err := p.Traces(); err != nil || !strings.Contains(traces, test.trace) {
			t.Errorf("%s: traces %q, %v; want %q", name, traces, err, test.trace)
		}
	}
}

// TestAcceptanceIsReadAnew goes without a restart: the kubelet changes the file below a pod that waits.
func TestAcceptanceIsReadAnew(t *testing.T) {
	dir := t.TempDir()
	p := Past{MetadataDir: filepath.Join(dir, "metadata"), Life: life.Folder(dir)}
	sample.Put(t, filepath.Join(dir, "lived"), "true")
	for _, stage := range []struct {
		accepted string
		want     contract.History
	}{{"", contract.Lost}, {"quorum", contract.Blank}, {"quorums", contract.Lost}} {
		if err := os.WriteFile(filepath.Join(dir, "acceptLoss"), []byte(stage.accepted), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := p.History(); got != stage.want || err != nil {
			t.Errorf("acceptLoss=%q: %s, %v; want %s", stage.accepted, got, err, stage.want)
		}
	}
}
