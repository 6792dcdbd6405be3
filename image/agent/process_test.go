package main

import (
	"bytes"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

func shell(t *testing.T, script string, out, errOut *bytes.Buffer) *process {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	p, err := startProcess(sh, []string{"-c", script}, out, errOut)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func exit(t *testing.T, p *process) int {
	t.Helper()
	select {
	case status := <-p.exited:
		p.drain()
		return exitCode(status)
	case <-time.After(20 * time.Second):
		t.Fatal("the process did not end")
		return -1
	}
}

func TestProcessPassesOutputAndExitCodeOn(t *testing.T) {
	var out, errOut bytes.Buffer
	p := shell(t, "echo to out; echo to err >&2; exit 7", &out, &errOut)
	if code := exit(t, p); code != 7 || out.String() != "to out\n" || errOut.String() != "to err\n" {
		t.Errorf("exit %d, out %q, err %q", code, out.String(), errOut.String())
	}
}

func TestProcessGetsSignals(t *testing.T) {
	var out, errOut bytes.Buffer
	p := shell(t, "trap 'echo told; exit 3' TERM; while :; do sleep 0.05; done", &out, &errOut)
	time.Sleep(200 * time.Millisecond)
	p.signal(syscall.SIGTERM)
	if code := exit(t, p); code != 3 || out.String() != "told\n" {
		t.Errorf("exit %d, out %q", code, out.String())
	}
	p = shell(t, "exec sleep 60", &out, &errOut)
	p.signal(syscall.SIGKILL)
	if code := exit(t, p); code != 128+9 {
		t.Errorf("killed: exit %d", code)
	}
}

func TestProcessThatCannotStart(t *testing.T) {
	_, err := startProcess("/no/such/java", nil, &bytes.Buffer{}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "/no/such/java") {
		t.Errorf("%v", err)
	}
}

func TestLastWords(t *testing.T) {
	var passed bytes.Buffer
	w := &lastWords{to: &passed}
	for _, part := range []string{"[t] INFO one\n[t] IN", "FO two\n", "[t] ERROR Exiting Kafka due to fatal exception\n", "java.lang.X: why\n", "\tat y"} {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := w.reason(), "[t] ERROR Exiting Kafka due to fatal exception\njava.lang.X: why"; got != want {
		t.Errorf("reason %q", got)
	}
	if passed.Len() != 95 {
		t.Errorf("passed %d bytes on", passed.Len())
	}
	_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20)) // a line without an end
	if len(w.rest) > restBytes {
		t.Errorf("%d bytes of a line are kept", len(w.rest))
	}
	for range 10 * keptLines {
		_, _ = w.Write([]byte("[t] INFO more\n"))
	}
	if len(w.kept) > keptLines || len(w.reason()) > 4096 {
		t.Errorf("%d lines are kept", len(w.kept))
	}
}

// Of lines of JSON, people are told what they would read in the text; one that is long, or comes in parts, is one all the same.
func TestLastWordsOfJSON(t *testing.T) {
	w := &lastWords{to: &bytes.Buffer{}}
	const fatal = `{"time":"2026-11-29T09:51:37.867Z","level":"ERROR","logger":"kafka.Kafka$","message":"Exiting Kafka due to fatal exception","exception":"java.lang.X: why\n\tat y`
	for _, part := range []string{
		`{"time":"2026-11-29T09:51:37.863Z","level":"INFO","logger":"l","message":"one"}` + "\n",
		fatal[:60], fatal[60:], strings.Repeat(`\n\tat z`, keptBytes), `\n"}` + "\n",
	} {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := w.reason(), "[2026-11-29T09:51:37.867Z] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)\njava.lang.X: why\n\tat y\n\tat z"; !strings.HasPrefix(got, want) {
		t.Errorf("%.200q", got)
	}
	if len(w.kept[1]) > keptBytes {
		t.Errorf("%d bytes of a line are kept", len(w.kept[1]))
	}
}
