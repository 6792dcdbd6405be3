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
