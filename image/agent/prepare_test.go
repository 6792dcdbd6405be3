package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func TestPrepareDir(t *testing.T) {
	if os.Getuid() != 0 {
		t.Log("giving files away takes root; checking the names only")
	} else {
		dir := filepath.Join(t.TempDir(), "${ORDINAL}")
		real := strings.ReplaceAll(dir, "${ORDINAL}", "3")
		sample.Put(t, filepath.Join(real, "topic-0", "log"), "records")
		for range 2 {
			if err := prepareDir(dir, "kafka-3", 10001); err != nil {
				t.Fatal(err)
			}
		}
		for _, path := range []string{real, filepath.Join(real, "topic-0"), filepath.Join(real, "topic-0", "log")} {
			if owner(path) != 10001 {
				t.Errorf("%s belongs to %d", path, owner(path))
			}
		}
		if owner(filepath.Dir(real)) != 0 {
			t.Error("the folder above was given away too")
		}
	}
	for _, dir := range []string{"", "/", "relative", "/mnt/${ORDINAL}"} {
		if err := prepareDir(dir, "kafka", 10001); err == nil {
			t.Errorf("--dir %q passed", dir)
		}
	}
}
