package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
	"github.com/kafka-kraft/kafka-kraft/local/internal/progress"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// A passphrase that the user has exported for other projects, or an empty one, would
// encrypt the stack with what the next shell does not know.
func TestForeignSettings(t *testing.T) {
	foreign := []string{"PULUMI_CONFIG_PASSPHRASE", "PULUMI_STACK", "PULUMI_OPTION_TARGET", "PULUMI_K8S_ENABLE_PATCH_FORCE"}
	for _, name := range foreign {
		t.Setenv(name, "")
	}
	t.Setenv("PULUMI_BACKEND_URL", "s3://elsewhere")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "/elsewhere")
	a := &app{context: "minikube", home: home.Home{Data: "/data", Cache: "/cache"}}
	last := map[string]string{}
	for _, setting := range a.own(t.Context(), toolchain.Tools{}) {
		name, value, _ := strings.Cut(setting, "=")
		last[name] = value
	}
	for _, name := range foreign {
		if _, kept := last[name]; kept {
			t.Errorf("%s is handed on", name)
		}
	}
	for name, want := range map[string]string{"PULUMI_BACKEND_URL": "file:///data/state", "PULUMI_CONFIG_PASSPHRASE_FILE": "/data/passphrase"} {
		if last[name] != want {
			t.Errorf("%s is %q, want %q", name, last[name], want)
		}
	}
}

// The passphrase is made once: another one would not fit the state.
func TestStateIsKept(t *testing.T) {
	h := home.Home{Data: t.TempDir()}
	var texts []string
	for range 2 {
		if err := h.EnsureState(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(h.Passphrase())
		if err != nil || len(text) < 20 {
			t.Fatalf("%q, %v", text, err)
		}
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] {
		t.Error("a second passphrase was made")
	}
	if left, err := os.ReadDir(h.Data); err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}

// testApp has folders of the test.
func testApp(t *testing.T) *app {
	t.Helper()
	root := t.TempDir()
	h := home.Home{Data: filepath.Join(root, "data"), Cache: filepath.Join(root, "cache"), Run: filepath.Join(root, "run")}
	return &app{home: h, repo: filepath.Dir(mustWorkingFolder(t)), log: progress.New(io.Discard)}
}

func mustWorkingFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
