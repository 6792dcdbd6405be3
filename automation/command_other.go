//go:build !unix

package automation

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

// interrupt kills: there is no other signal. The next operation puts right what that
// leaves behind.
func interrupt(process *os.Process) error { return process.Kill() }

// gone cannot be known, so a lock is never taken for a leftover.
func gone(int) bool { return false }
