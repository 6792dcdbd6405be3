// Package digest keeps what failing tests said, out of the much that `go test -v` says in
// an hour, so that it can be said again at the end.
package digest

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// most is how many lines of a test are kept: its last ones, which say why it failed.
const most = 20

// Writer hands on what `go test -v` writes, line by line. It is not for more than one
// writer at a time.
type Writer struct {
	to      io.Writer
	rest    []byte              // of a line that has not ended
	current string              // the test whose lines these are
	said    map[string][]string // by test, while it runs
	failed  []failure
}

type failure struct {
	test  string
	lines []string
}

// New makes a Writer that hands on to another.
func New(to io.Writer) *Writer { return &Writer{to: to, said: map[string][]string{}} }

var (
	// begins is a line that says whose the next ones are.
	begins = regexp.MustCompile(`^=== (?:RUN|CONT|NAME|PAUSE) +(\S+)$`)
	// ends is the verdict on a test; a subtest's is indented, and stands below its parent's.
	ends = regexp.MustCompile(`^ *--- (PASS|FAIL|SKIP): (\S+) \([0-9.]+s\)$`)
	// ended is a line that no test has said, at the end of a package or of everything.
	ended = regexp.MustCompile(`^(FAIL|ok  |---|panic:|\?   )`)
)

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.rest = append(w.rest, p[:n]...)
	for {
		line, rest, found := bytes.Cut(w.rest, []byte("\n"))
		if !found {
			return n, err
		}
		w.line(string(line))
		w.rest = rest
	}
}

func (w *Writer) line(line string) {
	if m := begins.FindStringSubmatch(line); m != nil {
		w.current = m[1]
		return
	}
	if m := ends.FindStringSubmatch(line); m != nil {
		if m[1] == "FAIL" {
			w.failed = append(w.failed, failure{m[2], w.said[m[2]]})
		}
		delete(w.said, m[2])
		return
	}
	if ended.MatchString(line) {
		w.current = ""
	}
	if w.current == "" {
		return
	}
	said := w.said[w.current]
	w.said[w.current] = append(said[max(0, len(said)-most+1):], line)
}

// String is what the tests that failed said last, a test that failed for its subtests only
// left out; "" if none failed.
func (w *Writer) String() string {
	var text strings.Builder
	for _, f := range w.failed {
		if w.only(f.test) {
			continue
		}
		fmt.Fprintf(&text, "--- FAIL: %s\n", f.test)
		for _, line := range f.lines {
			text.WriteString(line + "\n")
		}
	}
	return text.String()
}

// only says that a test failed for its subtests.
func (w *Writer) only(test string) bool {
	for _, f := range w.failed {
		if strings.HasPrefix(f.test, test+"/") {
			return true
		}
	}
	return false
}
