package automation

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// firstPIDs is the PID namespace that a machine boots with, which sees the processes
// of all others (PROC_PID_INIT_INO in Linux's include/linux/proc_ns.h).
const firstPIDs = "pid:[4026531836]"

// gone reports whether it is certain that no process has that number. The number may be
// of another PID namespace: of a container that shares the state's volume and, as CI
// runners do, our host name. From within a container nobody can tell.
func gone(pid int) bool {
	namespace, err := os.Readlink("/proc/self/ns/pid")
	return err == nil && namespace == firstPIDs && !running("/proc", pid)
}

// running looks for a process of that number in any PID namespace: NSpid has all the
// numbers of a process, from our namespace's to its own.
func running(proc string, pid int) bool {
	files, err := filepath.Glob(filepath.Join(proc, "[0-9]*", "status"))
	if err != nil || len(files) == 0 {
		return true
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has just ended
		}
		for line := range strings.Lines(string(text)) {
			if numbers, ok := strings.CutPrefix(line, "NSpid:"); ok && slices.Contains(strings.Fields(numbers), fmt.Sprint(pid)) {
				return true
			}
		}
	}
	return false
}
