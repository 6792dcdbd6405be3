package process

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestParseStart(t *testing.T) {
	t.Parallel()
	tail := " 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 1000 100"
	cases := map[string]struct {
		stat string
		want uint64
		err  bool
	}{
		"plain":                     {"7 (etcd) S" + tail, 4711, false},
		"name with parens, blanks":  {"7 (a) Z (b c) R" + tail, 4711, false},
		"ended, not yet collected":  {"7 (etcd) Z" + tail, 0, true},
		"cut off":                   {"7 (etcd) S 1 1", 0, true},
		"something else altogether": {"hello", 0, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseStart(c.stat)
			if got != c.want || (err != nil) != c.err {
				t.Errorf("parseStart(%q) = %d, %v", c.stat, got, err)
			}
		})
	}
}

func TestAnotherProcessWithTheSameIDIsNotOurs(t *testing.T) {
	t.Parallel()
	us, err := Of(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if !us.Alive() {
		t.Error("this process is not alive")
	}
	for name, other := range map[string]Process{
		"started earlier": {us.PID, us.Start - 1, us.Boot},
		"another boot":    {us.PID, us.Start, "00000000-0000-0000-0000-000000000000"},
	} {
		if other.Alive() {
			t.Errorf("%s: taken for ours", name)
		}
		if err := other.Stop(0); err != nil { // would end the test if it were sent
			t.Errorf("%s: %v", name, err)
		}
	}
}

func daemon(t *testing.T, argv ...string) Daemon {
	t.Helper()
	path, err := exec.LookPath(argv[0])
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d := Daemon{Name: "sleeper", Run: filepath.Join(dir, "run"), Logs: filepath.Join(dir, "log"), Argv: append([]string{path}, argv[1:]...)}
	t.Cleanup(func() {
		if err := d.Stop(0); err != nil {
			t.Error(err)
		}
	})
	return d
}

func start(t *testing.T, d Daemon) (Process, bool) {
	t.Helper()
	started, err := d.Start(time.Second)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := d.Running()
	if !ok {
		t.Fatal("does not run after its start")
	}
	return p, started
}

func TestDaemonIsStartedOnce(t *testing.T) {
	t.Parallel()
	d := daemon(t, "sleep", "60")
	first, started := start(t, d)
	if !started {
		t.Error("first start did nothing")
	}
	second, started := start(t, d)
	if started || second != first {
		t.Errorf("second start: started=%v, %v then %v", started, first, second)
	}
	if err := d.Stop(time.Second); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Running(); ok || first.Alive() {
		t.Error("still runs after its stop")
	}
}

func TestDaemonIsReplacedWhenItsFilesChange(t *testing.T) {
	t.Parallel()
	d := daemon(t, "sleep", "60")
	config := filepath.Join(t.TempDir(), "config")
	d.Files = []string{config}
	if err := WriteFile(config, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, _ := start(t, d)
	if err := WriteFile(config, []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	second, started := start(t, d)
	if !started || second == first || first.Alive() {
		t.Errorf("started=%v, %v then %v", started, first, second)
	}
}

func TestDaemonWithoutRecordIsFoundByItsMark(t *testing.T) {
	t.Parallel()
	d := daemon(t, "sleep", "60")
	first, _ := start(t, d)
	if err := os.Remove(d.Record()); err != nil {
		t.Fatal(err)
	}
	if again, ok := d.Running(); !ok || again != first {
		t.Errorf("found %v, %v instead of %v", again, ok, first)
	}
	other := d
	other.Run = t.TempDir()
	if p, ok := other.Running(); ok {
		t.Errorf("another daemon's process %v taken for ours", p)
	}
}

func TestWriteFileLeavesNoHalves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	for _, content := range []string{"one", "two", "two"} {
		if err := WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != content {
			t.Errorf("%q, %v", got, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	if err := WriteFile(filepath.Join(file, "below-a-file"), nil, 0o600); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("writing below a file: %v", err)
	}
}
