package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// countStart counts this start in a file, which lives as long as the pod does, and returns how many there have been. A file
// that cannot be read or written is no reason not to start: then it counts from 1.
func countStart(file string) int {
	text, _ := os.ReadFile(file)
	before, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || before < 0 {
		before = 0
	}
	if os.MkdirAll(filepath.Dir(file), 0o755) == nil {
		_ = os.WriteFile(file, []byte(strconv.Itoa(before+1)), 0o600)
	}
	return before + 1
}
