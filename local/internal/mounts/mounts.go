// Package mounts tells what is mounted where, as this process sees it.
package mounts

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Mount is one line of /proc/self/mounts, see fstab(5).
type Mount struct{ Point, Type string }

// List lists all mounts in the order in which they were made.
func List() ([]Mount, error) {
	text, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil, err
	}
	return Parse(string(text)), nil
}

// escapes are the characters that the kernel writes as octal numbers.
var escapes = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// Parse reads the text of /proc/self/mounts.
func Parse(text string) []Mount {
	var list []Mount
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 2 {
			list = append(list, Mount{escapes.Replace(fields[1]), fields[2]})
		}
	}
	return list
}

// At lists the mount points that are the folder or lie below it, the last made first:
// the order in which they can be unmounted.
func At(folder string) ([]string, error) {
	all, err := List()
	if err != nil {
		return nil, err
	}
	var points []string
	for _, m := range all {
		if m.Point == folder || strings.HasPrefix(m.Point, filepath.Clean(folder)+"/") {
			points = append(points, m.Point)
		}
	}
	slices.Reverse(points)
	return points, nil
}

// Unmount unmounts the folder and all below it. What is in use goes when it no longer is.
func Unmount(folder string) error {
	points, err := At(folder)
	if err != nil {
		return err
	}
	var errs []error
	for _, point := range points {
		if err := syscall.Unmount(point, syscall.MNT_DETACH); err != nil {
			errs = append(errs, fmt.Errorf("unmounting %s: %w", point, err))
		}
	}
	return errors.Join(errs...)
}
