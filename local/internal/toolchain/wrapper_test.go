package toolchain

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestWrapperPassesBuildTarget(t *testing.T) {
	for project, want := range map[string]string{
		"name: x\nruntime:\n  name: go\n  options:\n    buildTarget: ./kafka-kraft\n": "-buildTarget=./kafka-kraft\n-root=/x y\n127.0.0.1:1\n",
		"name: x\nruntime: go\n": "-root=/x y\n127.0.0.1:1\n",
	} {
		dir := filepath.Join(t.TempDir(), "it's")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{
			"Pulumi.yaml": project,
			"host":        "#!/bin/sh\nprintf '%s\\n' \"$@\"\n",
			"wrapper":     wrapper(filepath.Join(dir, "host")),
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil { //nolint:gosec // programs
				t.Fatal(err)
			}
		}
		command := exec.Command("./wrapper", "-root=/x y", "127.0.0.1:1")
		command.Dir = dir
		out, err := command.CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("with Pulumi.yaml %q the host gets %q (%v), want %q", project, out, err, want)
		}
	}
}
