package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPast(t *testing.T) {
	const meta = "cluster.id=" + ourCluster + "\nnode.id=0\nversion=1\n"
	for name, test := range map[string]struct {
		files map[string]string // below the node's directories
		life  map[string]string
		want  history
		trace string
	}{
		"nothing at all":                  {nil, nil, blank, ""},
		"a stack that is not complete":    {nil, map[string]string{"lived": "false\n"}, blank, ""},
		"a stack that lived":              {nil, map[string]string{"lived": "true\n"}, lost, "complete before"},
		"only the data is formatted":      {map[string]string{"data/meta.properties": meta}, nil, lost, "data was formatted"},
		"another disk is formatted":       {map[string]string{"more/meta.properties": meta}, nil, lost, "more was formatted"},
		"partitions without a meta":       {map[string]string{"data/topic-0/00000000000000000000.log": "x", "data/topic-1/00000000000000000000.log": ""}, nil, lost, "records of 2 partitions"},
		"partitions that were set aside":  {map[string]string{"data/t-0.0a1b-stray/00000000000000000007.log": "x"}, nil, lost, "records of 1 partitions"},
		"partitions beside the metadata":  {map[string]string{"metadata/topic-0/00000000000000000000.log": "x"}, nil, lost, "metadata holds"},
		"a folder of somebody else":       {map[string]string{"data/lost+found/x": "", "data/backup-2026/x": ""}, nil, blank, ""},
		"accepted":                        {map[string]string{"data/meta.properties": meta}, map[string]string{"lived": "true", "acceptLoss": "kafka-1 quorum"}, blank, ""},
		"accepted for a pod only":         {nil, map[string]string{"lived": "true", "acceptLoss": "kafka-0"}, lost, ""},
		"the metadata is there":           {map[string]string{"metadata/meta.properties": meta, "metadata/__cluster_metadata-0/00000000000000000000.log": "x"}, map[string]string{"lived": "true"}, lived, ""},
		"a format that was cut short":     {map[string]string{"metadata/bootstrap.checkpoint": "x"}, nil, blank, ""},
		"formatted for the first time":    {map[string]string{"metadata/meta.properties": meta, "metadata/__cluster_metadata-0/00000000000000000000-0000000000.checkpoint": bytesOf(t, votersCheckpoint)}, nil, initial, ""},
		"the records' own metadata is it": {map[string]string{"data/__cluster_metadata-0/00000000000000000000.log": ""}, nil, blank, ""},
	} {
		dir := t.TempDir()
		p := past{metadataDir: filepath.Join(dir, "metadata"), life: life(filepath.Join(dir, "life"))}
		for _, d := range []string{"data", "more", "metadata"} {
			p.dirs = append(p.dirs, filepath.Join(dir, d))
		}
		for file, text := range test.files {
			put(t, filepath.Join(dir, file), text)
		}
		for file, text := range test.life {
			put(t, filepath.Join(dir, "life", file), text)
		}
		got, err := p.history()
		if err != nil || got != test.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, test.want)
		}
		if traces, err := p.traces(); err != nil || !strings.Contains(traces, test.trace) {
			t.Errorf("%s: traces %q, %v; want %q", name, traces, err, test.trace)
		}
	}
}

// TestAcceptanceIsReadAnew goes without a restart: the kubelet changes the file below a pod that waits.
func TestAcceptanceIsReadAnew(t *testing.T) {
	dir := t.TempDir()
	p := past{metadataDir: filepath.Join(dir, "metadata"), life: life(dir)}
	put(t, filepath.Join(dir, "lived"), "true")
	for _, stage := range []struct {
		accepted string
		want     history
	}{{"", lost}, {"quorum", blank}, {"quorums", lost}} {
		if err := os.WriteFile(filepath.Join(dir, "acceptLoss"), []byte(stage.accepted), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := p.history(); got != stage.want || err != nil {
			t.Errorf("acceptLoss=%q: %s, %v; want %s", stage.accepted, got, err, stage.want)
		}
	}
}
