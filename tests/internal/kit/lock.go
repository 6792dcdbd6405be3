package kit

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// lock lets one test run at a time work in the cluster. It is what makes it safe to
// remove everything called kk-test-…: no living run can own it. The lock lasts as
// long as the file is open, so the kernel lets go of it when the process ends,
// however it ends.
func lock(t *testing.T) (*os.File, error) {
	path := filepath.Join(os.TempDir(), "kafka-kraft-tests.lock")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock of the cluster tests: %w", err)
	}
	said := false
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return file, nil
		case err != syscall.EWOULDBLOCK: //nolint:errorlint // an errno, never wrapped
			return nil, fmt.Errorf("lock of the cluster tests: %s: %w", path, err)
		case !said:
			t.Logf("another test run works in the cluster; waiting for it (%s)", path)
			said = true
		}
		select {
		case <-t.Context().Done():
			return nil, t.Context().Err()
		case <-time.After(time.Second):
		}
	}
}
