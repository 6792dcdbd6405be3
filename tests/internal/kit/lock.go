package kit

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// held keeps the lock file open: the kernel lets go of the lock when the process
// ends, however it ends.
var held *os.File

// lock lets one test run at a time work in the cluster. It is what makes it safe to
// remove everything called kk-test-…: no living run can own it.
func lock(t *testing.T) error {
	path := filepath.Join(os.TempDir(), "kafka-kraft-tests.lock")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock of the cluster tests: %w", err)
	}
	said := false
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			held = file
			return nil
		case err != syscall.EWOULDBLOCK: //nolint:errorlint // an errno, never wrapped
			return fmt.Errorf("lock of the cluster tests: %s: %w", path, err)
		case !said:
			t.Logf("another test run works in the cluster; waiting for it (%s)", path)
			said = true
		}
		select {
		case <-t.Context().Done():
			return t.Context().Err()
		case <-time.After(time.Second):
		}
	}
}
