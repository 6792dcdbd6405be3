package digest

import (
	"bytes"
	"io"
	"sync"
)

// Lines lets several that write share one writer: each line is written whole.
type Lines struct {
	mu sync.Mutex
	to io.Writer
}

// NewLines makes Lines of a writer.
func NewLines(to io.Writer) *Lines { return &Lines{to: to} }

// Writer is one for somebody who writes line by line, and who is the only one to use it.
func (l *Lines) Writer() io.Writer { return &lines{shared: l} }

type lines struct {
	shared *Lines
	rest   []byte // of a line that has not ended
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	end := bytes.LastIndexByte(l.rest, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	whole := l.rest[:end]
	l.rest = bytes.Clone(l.rest[end:])
	l.shared.mu.Lock()
	defer l.shared.mu.Unlock()
	if _, err := l.shared.to.Write(whole); err != nil {
		return 0, err
	}
	return len(p), nil
}
