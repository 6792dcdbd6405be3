// Package passphrase makes the passphrase of the stacks whose state lies on this
// machine. `make up` and package automation share it, and may be first at once.
package passphrase

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is where it lies in a data folder.
func File(data string) string { return filepath.Join(data, "passphrase") }

// Ensure names the file and makes it if there is none. It is made once: of two
// programs that make it at the same time one wins, and both read the winner's.
func Ensure(data string) (string, error) {
	path := File(data)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := create(data, path); err != nil {
		return "", fmt.Errorf("passphrase for Pulumi's secrets: %w", err)
	}
	return path, nil
}

func create(data, path string) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	fresh, err := os.CreateTemp(data, ".passphrase-") // readable by its owner alone
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(fresh.Name()) }()
	_, err = fresh.WriteString(rand.Text())
	if err = errors.Join(err, fresh.Close()); err != nil {
		return err
	}
	// A link, unlike a rename, does not take another's away.
	if err := os.Link(fresh.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
