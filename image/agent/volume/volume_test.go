package volume

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func TestReadMeta(t *testing.T) {
	dir := t.TempDir()
	if m, err := ReadMeta(dir); m != nil || err != nil {
		t.Errorf("never formatted: %v, %v", m, err)
	}
	if m, err := ReadMeta(filepath.Join(dir, "absent")); m != nil || err != nil {
		t.Errorf("not made yet: %v, %v", m, err)
	}
	sample.Put(t, filepath.Join(dir, "meta.properties"), "#\n#Sat Nov 21 03:32:12 UTC 2026\ncluster.id="+sample.OurCluster+"\ndirectory.id=TXSccm4Qw0lJhXpfkMV_8g\nnode.id=3\nversion=1\n")
	m, err := ReadMeta(dir)
	if err != nil || *m != (Meta{dir, sample.OurCluster, 3, "TXSccm4Qw0lJhXpfkMV_8g"}) {
		t.Errorf("%+v, %v", m, err)
	}
	sample.Put(t, filepath.Join(dir, "meta.properties"), "version=1\n")
	if _, err := ReadMeta(dir); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("without an id: %v", err)
	}
}

func TestCheckOwner(t *testing.T) {
	s := settings.Settings{ClusterID: sample.OurCluster, NodeID: 1, PodName: "kafka-1"}
	for name, test := range map[string]struct {
		found Meta
		want  string
	}{
		"its own":                      {Meta{"/d", sample.OurCluster, 1, ""}, ""},
		"another cluster's":            {Meta{"/d", sample.OtherOne, 1, ""}, "pulumi config set kafka-kraft:clusterId " + sample.OtherOne + ";"},
		"an id that looks like a flag": {Meta{"/d", "-AAAAAAAAAAAAAAAAAAAAQ", 1, ""}, "pulumi config set -- kafka-kraft:clusterId -AAAAAAAAAAAAAAAAAAAAQ;"},
		"another node's":               {Meta{"/d", sample.OurCluster, 2, ""}, "belongs to node 2, but pod kafka-1 is node 1"},
	} {
		err := CheckOwner(&test.found, s)
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
	if err := CheckRoom(filepath.Join(dir, "not", "made", "yet")); err != nil {
		t.Errorf("a directory that can be made: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "not")); err == nil {
		t.Error("the check made the directory")
	}
	sample.Put(t, filepath.Join(dir, "file"), "")
	if err := CheckRoom(filepath.Join(dir, "file", "below")); err == nil {
		t.Error("a directory below a file passed")
	}
	if err := CheckRoom("/proc/kafka"); err == nil { // cannot be written to, not even by root
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
