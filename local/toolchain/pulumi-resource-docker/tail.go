package main

import "strings"

// tailLength is how many lines people get to see of what failed.
const tailLength = 40

// tail keeps the end of a command's output.
type tail struct{ lines []string }

func (t *tail) add(line string) {
	t.lines = append(t.lines, line)
	t.lines = t.lines[max(0, len(t.lines)-tailLength):]
}

func (t *tail) String() string { return strings.Join(t.lines, "\n") }
