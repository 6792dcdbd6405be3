package main

import (
	"bytes"
	"regexp"
	"strings"
)

// lines cuts a stream into lines, at carriage returns too, and leaves out empty ones.
type lines struct {
	each    func(string)
	pending []byte
}

// Write never fails.
func (l *lines) Write(b []byte) (int, error) {
	l.pending = append(l.pending, b...)
	for {
		end := bytes.IndexAny(l.pending, "\r\n")
		if end < 0 {
			return len(b), nil
		}
		l.emit(l.pending[:end])
		l.pending = l.pending[end+1:]
	}
}

// flush hands on a last line that has no end.
func (l *lines) flush() {
	l.emit(l.pending)
	l.pending = nil
}

func (l *lines) emit(b []byte) {
	if line := strings.TrimRight(ansi.ReplaceAllString(string(b), ""), " \t"); line != "" {
		l.each(line)
	}
}

// ansi are the colours that the first builder marks its steps with.
var ansi = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")

// tailLength is how much of a failed step people get to see.
const tailLength = 20

// tail keeps the end of a build's output: the last lines of the last step, with the step's own first line.
type tail struct {
	step  string
	lines []string
	cut   bool // lines between step and lines are missing
}

// stepStart is where a step begins: "Step 3/7 : RUN …" of the first builder, and "#9 ERROR: …" of BuildKit, after which
// BuildKit repeats the failed step's output and the place in the Dockerfile.
var stepStart = regexp.MustCompile(`^(Step \d+/\d+ : |#\d+ ERROR: )`)

func (t *tail) add(line string) {
	if stepStart.MatchString(line) {
		*t = tail{step: line}
		return
	}
	t.lines = append(t.lines, line)
	if len(t.lines) > tailLength {
		t.lines, t.cut = t.lines[1:], true
	}
}

func (t *tail) String() string {
	var all []string
	if t.step != "" {
		all = append(all, t.step)
	}
	if t.cut {
		all = append(all, "…")
	}
	return strings.Join(append(all, t.lines...), "\n")
}
