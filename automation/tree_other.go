//go:build !linux

package automation

import "os"

// killTree kills a process. What it started notices within minutes that it is gone.
func killTree(process *os.Process) { _ = process.Kill() }
