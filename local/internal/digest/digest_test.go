package digest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a real go test says of failures is kept, and nothing of what passed.
func TestOfRealTests(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module m\n\ngo 1.24\n",
		"m_test.go": `package m

import ("testing"; "fmt")

func TestFine(t *testing.T) { t.Log("all is well") }
func TestWalk(t *testing.T) {
	t.Cleanup(func() { for n := range 99 { t.Logf("event %d", n) } })
	t.Run("first", func(t *testing.T) { t.Log("a step") })
	t.Run("the next one", func(t *testing.T) { fmt.Println("printed"); t.Fatal("not within 1m0s") })
}
func TestLong(t *testing.T) { for n := range 99 { t.Logf("line %d", n) }; t.Fail() }
func TestTogether(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		t.Run(name, func(t *testing.T) { t.Parallel(); if name == "b" { t.Error("b is wrong") } })
	}
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var all bytes.Buffer
	w := New(&all)
	command := exec.CommandContext(t.Context(), "go", "test", "-v", "-count=1", ".")
	command.Dir, command.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	command.Stdout, command.Stderr = w, w
	if err := command.Run(); err == nil {
		t.Fatal("its tests should fail")
	}
	got := w.String()
	for _, want := range []string{
		"--- FAIL: TestWalk/the_next_one\nprinted\n    m_test.go:9: not within 1m0s\n",
		"--- FAIL: TestLong\n    m_test.go:11: line 79\n",
		"--- FAIL: TestTogether/b\n    m_test.go:14: b is wrong\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in:\n%s", want, got)
		}
	}
	for _, unwanted := range []string{"all is well", "a step", "event", "line 78", "TestTogether/a", "FAIL: TestWalk\n", "exit status", "FAIL\tm"} {
		if strings.Contains(got, unwanted) {
			t.Errorf("%q is in:\n%s", unwanted, got)
		}
	}
	for n := range 99 {
		if want := fmt.Sprintf("event %d\n", n); !strings.Contains(all.String(), want) {
			t.Errorf("%q was not handed on", want)
		}
	}
}

func TestNothingFailed(t *testing.T) {
	w := New(&bytes.Buffer{})
	_, err := w.Write([]byte("=== RUN   TestA\nhello\n--- PASS: TestA (0.00s)\nPASS\nok  \tm\t0.1s\n"))
	if err != nil || w.String() != "" {
		t.Errorf("%v, %q", err, w.String())
	}
}
