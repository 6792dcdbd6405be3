package automation

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// killTree kills a process and all that it started. Pulumi's plugins have process
// groups of their own, and would go on changing the cluster for a while without it.
func killTree(process *os.Process) {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// pid (name) state ppid …, and a name may hold anything but the last bracket
		rest := string(text[strings.LastIndexByte(string(text), ')')+1:])
		fields := strings.Fields(rest)
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if err != nil || len(fields) < 2 {
			continue
		}
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			children[parent] = append(children[parent], pid)
		}
	}
	for all := []int{process.Pid}; len(all) > 0; all = all[1:] {
		all = append(all, children[all[0]]...)
		_ = syscall.Kill(all[0], syscall.SIGKILL)
	}
}
