package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/agent/volume"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// mortal is an agent whose JVMs are shells, which do what the test says and note their process ids.
type mortal struct {
	*agent
	dir    string
	checks func(number int) // called at each start, from 1 on
	exited chan int
}

// newMortal has a node with these roles. One without any is in service as soon as its JVM is started.
func newMortal(t *testing.T, script string, n settings.Node) *mortal {
	t.Helper()
	m := &mortal{dir: t.TempDir(), checks: func(int) {}, exited: make(chan int, 1)}
	p := paths{java: filepath.Join(m.dir, "java"), termination: filepath.Join(m.dir, "termination-log"), cgroup: m.dir}
	sample.Put(t, p.java, "#!/bin/sh\nnote() { echo $$ >>"+m.file()+"; }\n"+script+"\n")
	if err := os.Chmod(p.java, 0o755); err != nil {
		t.Fatal(err)
	}
	sample.Put(t, p.termination, "")
	m.starved(t, 0)
	n.MetadataDir = filepath.Join(m.dir, "data")
	number := 0
	m.agent = &agent{signals: make(chan os.Signal, 8), check: func() (*runner, error) {
		number++
		m.checks(number)
		r := &runner{paths: p, node: n, state: probes.NewLatest(settings.Settings{}, n)}
		for _, dir := range n.Dirs() {
			r.metas = append(r.metas, &volume.Meta{Dir: dir})
		}
		return r, nil
	}}
	return m
}

func (m *mortal) file() string { return filepath.Join(m.dir, "pids") }

// starved sets how many processes the kernel has ended for lack of memory.
func (m *mortal) starved(t *testing.T, times int) {
	t.Helper()
	sample.Put(t, filepath.Join(m.dir, "memory.events"), "oom_kill "+strconv.Itoa(times)+"\n")
}

// live begins to run the node; a JVM that is left is killed with the test.
func (m *mortal) live(t *testing.T) {
	t.Helper()
	if err := m.begin(); err != nil {
		t.Fatal(err)
	}
	go func() { m.exited <- m.run() }()
	t.Cleanup(func() {
		for _, pid := range m.pids() {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
}

// pids are those of all JVMs so far.
func (m *mortal) pids() (pids []int) {
	text, _ := os.ReadFile(m.file())
	for _, line := range strings.Fields(string(text)) {
		pid, _ := strconv.Atoi(line)
		pids = append(pids, pid)
	}
	return pids
}

// kill ends the JVM of this number with a signal, once it runs.
func (m *mortal) kill(t *testing.T, number int, s syscall.Signal) {
	t.Helper()
	for begin := time.Now(); len(m.pids()) < number; time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			t.Fatalf("JVM %d was never started", number)
		}
	}
	if err := syscall.Kill(m.pids()[number-1], s); err != nil {
		t.Fatal(err)
	}
}

// ends waits for the agent, and looks how many JVMs there were.
func (m *mortal) ends(t *testing.T, code, jvms int) {
	t.Helper()
	select {
	case got := <-m.exited:
		if got != code || len(m.pids()) != jvms {
			t.Errorf("exit code %d after %d JVMs, want %d after %d", got, len(m.pids()), code, jvms)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("the agent goes on after %d JVMs", len(m.pids()))
	}
}

const sleeps = "note; exec sleep 60"

func TestAKilledJVMIsStartedAgain(t *testing.T) {
	m := newMortal(t, sleeps, settings.Node{})
	h := handler(&m.now)
	down := make(chan int, 1)
	m.checks = func(number int) {
		if number == 2 {
			code, _ := get(t, h, contract.PathReadiness)
			down <- code
		}
	}
	m.live(t)
	m.kill(t, 1, syscall.SIGKILL)
	if code := <-down; code != http.StatusServiceUnavailable {
		t.Errorf("between the two, readiness says %d", code)
	}
	m.kill(t, 2, syscall.SIGSEGV)
	m.kill(t, 3, syscall.SIGABRT)
	m.kill(t, 4, syscall.SIGTERM) // a shell leaves this to its default; Java would end with a code
	m.ends(t, 128+15, 4)
	code, body := get(t, h, contract.PathState)
	var state contract.State
	if err := json.Unmarshal([]byte(body), &state); err != nil || code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	if state.Restarts.Count != 3 || time.Since(state.Restarts.Last) > time.Minute || state.Ready {
		t.Errorf("%s", body)
	}
	words, err := os.ReadFile(filepath.Join(m.dir, "termination-log"))
	if err != nil || !strings.Contains(string(words), "exit code 143") {
		t.Errorf("last words %q, %v", words, err)
	}
}

// What the JVM itself decided, or would meet again, is for the kubelet, and so is one that never was in service.
func TestWhatEndsTheContainer(t *testing.T) {
	t.Run("an exit code", func(t *testing.T) {
		m := newMortal(t, "note; exit 3", settings.Node{})
		m.live(t)
		m.ends(t, 3, 1)
	})
	t.Run("killed before it was in service", func(t *testing.T) {
		m := newMortal(t, sleeps, settings.Node{Broker: true, BrokerAddress: "127.0.0.1:1"})
		m.live(t)
		m.kill(t, 1, syscall.SIGKILL)
		m.ends(t, 128+9, 1)
	})
	t.Run("killed for lack of memory", func(t *testing.T) {
		m := newMortal(t, sleeps, settings.Node{})
		m.live(t)
		m.kill(t, 1, 0)
		m.starved(t, 1)
		m.kill(t, 1, syscall.SIGKILL)
		m.ends(t, 128+9, 1)
	})
	t.Run("killed after it was told to stop", func(t *testing.T) {
		m := newMortal(t, "trap '' TERM; note; while :; do sleep 0.05; done", settings.Node{})
		m.live(t)
		m.kill(t, 1, 0)
		m.signals <- syscall.SIGTERM
		for begin := time.Now(); !m.now.Load().state.Read().Stopping; time.Sleep(5 * time.Millisecond) {
			if time.Since(begin) > 20*time.Second {
				t.Fatal("it never heard")
			}
		}
		m.kill(t, 1, syscall.SIGKILL)
		m.ends(t, 128+9, 1)
	})
	t.Run("a stop between two JVMs", func(t *testing.T) {
		m := newMortal(t, sleeps, settings.Node{})
		m.checks = func(number int) {
			if number == 2 {
				m.signals <- syscall.SIGHUP // which is nobody's while no JVM runs
				m.signals <- syscall.SIGTERM
			}
		}
		m.live(t)
		m.kill(t, 1, syscall.SIGKILL)
		m.ends(t, 128+15, 1)
		if words, err := os.ReadFile(filepath.Join(m.dir, "termination-log")); err != nil || len(words) > 0 {
			t.Errorf("last words %q, %v", words, err)
		}
	})
}

func TestAToolThatTookAllMemoryIsForgotten(t *testing.T) {
	root := t.TempDir()
	count := func(times string) { sample.Put(t, filepath.Join(root, "memory.events"), "oom_kill "+times+"\n") }
	count("3")
	s := newStarved(root)
	if s.lately() {
		t.Error("before this JVM")
	}
	count("4")
	if !s.lately() {
		t.Error("a moment ago")
	}
	s.look()
	if !s.lately() {
		t.Error("before the last look, which may have been a moment ago")
	}
	s.look()
	if s.lately() {
		t.Error("for longer than it takes a JVM to be gone")
	}
}

func TestRestartsAreCountedWithinATime(t *testing.T) {
	begin := time.Now()
	r := restarts{begin, begin.Add(time.Minute), begin.Add(2 * time.Minute)}
	for after, want := range map[time.Duration]int{
		3 * time.Minute:                restartsAtMost + 1,
		restartsWithin:                 restartsAtMost,
		restartsWithin + 2*time.Minute: 1,
	} {
		if got := r.next(begin.Add(after)); got != want {
			t.Errorf("after %s: %d, want %d", after, got, want)
		}
	}
	if told := r.told(); told.Count != 3 {
		t.Errorf("all are told: %+v", told)
	}
}
