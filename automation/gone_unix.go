//go:build unix && !linux

package automation

import (
	"errors"
	"syscall"
)

// gone reports whether it is certain that no process has that number. One of another
// user is there.
func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
