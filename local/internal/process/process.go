// Package process starts programs that outlive the command that started them, and
// finds and stops them again later, never another program that was given a recycled
// process id.
//
// A process is known by three things together: its id, the clock tick at which it
// started, and the boot in which that was. They are written to a file right after
// the start. Should the starting command die in the moment between, the process is
// still found by a mark in its environment.
package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// poll is how often the end of a process is looked for. Linux lets only a parent
// wait without looking.
const poll = 20 * time.Millisecond

// Process is one run of a program.
type Process struct {
	PID   int    // process id
	Start uint64 // clock ticks from boot to the process's start: /proc/PID/stat, field 22
	Boot  string // /proc/sys/kernel/random/boot_id
}

// Of is the process that has the id now.
func Of(pid int) (Process, error) {
	start, err := startOf(pid)
	if err != nil {
		return Process{}, err
	}
	boot, err := bootID()
	return Process{PID: pid, Start: start, Boot: boot}, err
}

// Alive reports whether this very process still runs. One that has ended and only waits
// to be collected by its parent does not.
func (p Process) Alive() bool {
	now, err := Of(p.PID)
	return err == nil && now == p
}

// Signal sends a signal to this very process. A process that is gone is no error.
func (p Process) Signal(signal syscall.Signal) error {
	handle, err := os.FindProcess(p.PID) // holds on to the process, so that the id cannot change hands below
	if err != nil {
		return err
	}
	defer handle.Release() //nolint:errcheck // nothing to do about it
	if !p.Alive() {
		return nil
	}
	err = handle.Signal(signal)
	if errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// Stop ends the process: SIGTERM, and SIGKILL if it still runs after grace. A grace of
// zero is SIGKILL at once. It returns when the process is gone.
func (p Process) Stop(grace time.Duration) error {
	if grace > 0 {
		if err := p.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		if p.wait(grace) {
			return nil
		}
	}
	if err := p.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	if !p.wait(10 * time.Second) {
		return fmt.Errorf("process %d does not end, even by SIGKILL", p.PID)
	}
	return nil
}

func (p Process) wait(limit time.Duration) bool {
	for deadline := time.Now().Add(limit); p.Alive(); time.Sleep(poll) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// Marked lists the living processes whose environment holds variable with exactly
// this value. A container's processes have an environment of their own and are not
// among them, but the shims that look after containers are.
func Marked(variable, value string) ([]Process, error) {
	want := []byte(variable + "=" + value)
	return list(func(pid int) bool {
		environ, err := os.ReadFile(proc(pid, "environ"))
		if err != nil {
			return false
		}
		for _, entry := range bytes.Split(environ, []byte{0}) {
			if bytes.Equal(entry, want) {
				return true
			}
		}
		return false
	})
}

// Named lists the living processes whose program has this name.
func Named(name string) ([]Process, error) {
	return list(func(pid int) bool { return Name(pid) == name })
}

func list(match func(pid int) bool) ([]Process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var found []Process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() || !match(pid) {
			continue
		}
		if p, err := Of(pid); err == nil {
			found = append(found, p)
		}
	}
	return found, nil
}

// Name is what a person would call a process: its program's name.
func Name(pid int) string {
	comm, err := os.ReadFile(proc(pid, "comm"))
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(comm))
}

// Parent is the id of the process's parent; 0 if the process is gone.
func (p Process) Parent() int {
	stat, err := os.ReadFile(proc(p.PID, "stat"))
	if fields := statFields(string(stat)); err == nil && len(fields) > 1 {
		parent, _ := strconv.Atoi(fields[1])
		return parent
	}
	return 0
}

func startOf(pid int) (uint64, error) {
	stat, err := os.ReadFile(proc(pid, "stat"))
	if err != nil {
		return 0, err
	}
	return parseStart(string(stat))
}

// statFields are those of a line of /proc/PID/stat from field 3 on, the state; see
// proc_pid_stat(5). The name before them, in parentheses, may itself hold blanks and
// parentheses.
func statFields(stat string) []string {
	return strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
}

// parseStart reads the start tick from a line of /proc/PID/stat.
func parseStart(stat string) (uint64, error) {
	fields := statFields(stat)
	const state, start = 0, 22 - 3
	if len(fields) <= start {
		return 0, fmt.Errorf("line of /proc/PID/stat is too short: %q", stat)
	}
	if fields[state] == "Z" || fields[state] == "X" {
		return 0, os.ErrProcessDone
	}
	return strconv.ParseUint(fields[start], 10, 64)
}

func bootID() (string, error) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id)), err
}

func proc(pid int, file string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), file)
}
