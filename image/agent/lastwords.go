package main

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// lastWords passes output on and keeps its last lines, so that a JVM that dies leaves its reason where
// kubectl describe pod shows it.
type lastWords struct {
	to   io.Writer
	mu   sync.Mutex
	kept []string
	jvm  []string // the first of what the JVM itself says of its cache
	rest []byte   // a line without its end yet
}

const (
	keptLines    = 200
	keptBytes    = 2 << 10 // of one line; Kubernetes shows 4096 bytes in all
	keptWarnings = 8
	restBytes    = 64 << 10 // of a line without its end yet: an exception in JSON is one line with all its stack
)

// Write never keeps more than a bounded amount and never fails for its own sake.
func (w *lastWords) Write(data []byte) (int, error) {
	w.mu.Lock()
	w.rest = append(w.rest, data...)
	for {
		end := bytes.IndexByte(w.rest, '\n')
		if end < 0 {
			break
		}
		line := say.Text(string(w.rest[:end]))
		line = line[:min(len(line), keptBytes)]
		w.kept = append(w.kept, line)
		if found := jvmWarning.FindStringSubmatch(line); found != nil && len(w.jvm) < keptWarnings {
			w.jvm = append(w.jvm, found[1])
		}
		w.rest = w.rest[end+1:]
	}
	if len(w.rest) > restBytes {
		w.rest = w.rest[:restBytes]
	}
	if len(w.kept) > keptLines {
		w.kept = append([]string(nil), w.kept[len(w.kept)-keptLines:]...)
	}
	w.mu.Unlock()
	return w.to.Write(data)
}

// reason returns what probably ended the JVM: from the first fatal line or error among the last lines on.
func (w *lastWords) reason() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return fatalPart(w.kept)
}

// jvmWarnings returns what the JVM itself said of its cache, without the time and the level.
func (w *lastWords) jvmWarnings() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.jvm)
}

// fatalPart picks the lines from the first FATAL on, else from the first ERROR, else the last ones; stack frames only
// as far as there is room.
func fatalPart(lines []string) string {
	from := max(0, len(lines)-10)
	for _, mark := range []string{"] FATAL ", "] ERROR ", "Exception in thread", "Error occurred during initialization"} {
		if i := indexContaining(lines, mark); i >= 0 {
			from = i
			break
		}
	}
	text := strings.Join(lines[from:], "\n")
	return text[:min(len(text), 3<<10)]
}

func indexContaining(lines []string, mark string) int {
	for i, line := range lines {
		if strings.Contains(line, mark) {
			return i
		}
	}
	return -1
}

// leaveLastWords writes for Kubernetes (terminationMessagePath); outside of it the file does not exist, which is fine.
func leaveLastWords(file, text string) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return
	}
	_, _ = f.WriteString(text)
	_ = f.Close()
}
