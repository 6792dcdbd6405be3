package main

import (
	"regexp"
	"strings"
)

const (
	tailLength = 20  // lines that people get to see of a step that failed
	tailKept   = 500 // lines kept to choose them from, since BuildKit mixes the output of steps that run at one time
)

// tail keeps the end of a command's output.
type tail struct{ lines []string }

func (t *tail) add(line string) {
	t.lines = append(t.lines, line)
	if len(t.lines) > tailKept {
		t.lines = t.lines[len(t.lines)-tailKept:]
	}
}

// String is the end of the step that failed: the line that names it, and the last ones of its output.
func (t *tail) String() string {
	step := failedStep(t.lines)
	if cut := len(step) - tailLength; cut > 1 {
		step = append([]string{step[0], "…"}, step[cut:]...)
	}
	return strings.Join(step, "\n")
}

var (
	stepStart = regexp.MustCompile(`^Step \d+/\d+ : `)     // the first builder's, one step after the other
	stepError = regexp.MustCompile(`^(#\d+ )ERROR: `)      // BuildKit's, then a summary of the failure up to the end
	stepNoise = regexp.MustCompile(`^#\d+ sha256:\w{64}$`) // BuildKit's name for a step
)

// failedStep chooses the lines of the step that was the last to run, or that BuildKit reports as failed, out of a
// build's output. In any other output all lines are of one step.
func failedStep(lines []string) []string {
	for i := len(lines) - 1; i >= 0; i-- {
		if stepStart.MatchString(lines[i]) {
			return lines[i:]
		}
		failed := stepError.FindStringSubmatch(lines[i])
		if failed == nil {
			continue
		}
		var step []string
		for _, line := range lines[:i] {
			if strings.HasPrefix(line, failed[1]) && !stepNoise.MatchString(line) {
				step = append(step, line)
			}
		}
		return append(step, lines[i:]...)
	}
	return lines
}
