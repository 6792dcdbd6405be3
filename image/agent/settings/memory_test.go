package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckHeap(t *testing.T) {
	for name, test := range map[string]struct {
		flags string
		limit uint64
		ok    bool
	}{
		"no limit":        {"-Xmx64g", 0, true},
		"fits":            {"-Xms512m -Xmx512m", 1 << 30, true},
		"as large":        {"-Xmx1g", 1 << 30, false},
		"just fits":       {"-Xmx704m", 1 << 30, true},
		"no room beside":  {"-Xmx705m", 1 << 30, false},
		"large, fits":     {"-Xmx6g", 8 << 30, true},
		"large, no room":  {"-Xmx6145m", 8 << 30, false},
		"tiny":            {"-Xmx1m", 128 << 20, false},
		"larger":          {"-Xmx2048M", 1 << 30, false},
		"in bytes":        {"-Xmx1073741825", 1 << 30, false},
		"in kilobytes":    {"-Xmx720896k", 1 << 30, true},
		"no maximum":      {"-XX:MaxRAMPercentage=60", 1 << 30, true},
		"only a start":    {"-Xms2g", 1 << 30, true},
		"not a size (ok)": {"-Xmxabc", 1 << 30, true}, // the JVM refuses it itself, at once
	} {
		if err := CheckHeap(strings.Fields(test.flags), test.limit); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDefaultHeap(t *testing.T) {
	for limit, want := range map[uint64]string{0: "-Xmx512m", 1 << 30: "-Xmx512m", 4 << 30: "-Xmx2048m", 640 << 20: "-Xmx320m"} {
		heap := DefaultHeap(limit)
		if len(heap) != 2 || heap[1] != want || heap[0][4:] != heap[1][4:] {
			t.Errorf("limit %d: %v, want %s", limit, heap, want)
		}
		if err := CheckHeap(heap, limit); err != nil {
			t.Error(err)
		}
	}
	if err := CheckHeap(DefaultHeap(256<<20), 256<<20); err == nil {
		t.Error("256 MiB pass for enough")
	}
}

func TestMemoryLimit(t *testing.T) {
	for name, test := range map[string]struct {
		file, text string
		want       uint64
	}{
		"v2":               {"memory.max", "1073741824\n", 1 << 30},
		"v2 without limit": {"memory.max", "max\n", 0},
		"v1":               {"memory/memory.limit_in_bytes", "536870912\n", 512 << 20},
		"v1 without limit": {"memory/memory.limit_in_bytes", "9223372036854771712\n", 0},
		"no cgroup":        {"other", "", 0},
	} {
		root := t.TempDir()
		file := filepath.Join(root, test.file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := MemoryLimit(root); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

func TestOutOfMemoryKills(t *testing.T) {
	for name, test := range map[string]struct {
		file, text string
		want       uint64
	}{
		"cgroup v2":      {"memory.events", "low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 1\n", 2},
		"cgroup v1":      {"memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n", 5},
		"an old kernel":  {"memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\n", 0},
		"no cgroup here": {"memory.max", "max\n", 0},
	} {
		root := t.TempDir()
		path := filepath.Join(root, test.file)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := OutOfMemoryKills(root); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}
