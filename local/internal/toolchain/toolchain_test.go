package toolchain

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
	"github.com/kafka-kraft/kafka-kraft/local/internal/progress"
)

// repo is the root of the checkout, seen from this package.
var repo = filepath.Join("..", "..", "..")

func newToolchain(t *testing.T) *Toolchain {
	t.Helper()
	root := t.TempDir()
	h := home.Home{Cache: filepath.Join(root, "cache"), Data: filepath.Join(root, "data"), Run: filepath.Join(root, "run")}
	for _, dir := range []string{h.Built(), h.Bin(), h.PulumiHome(), filepath.Join(h.Cache, "tmp")} {
		must(t, os.MkdirAll(dir, 0o755))
	}
	return &Toolchain{home: h, repo: repo, log: progress.New(io.Discard), kube: func(string) {}}
}

func TestVersionsComeFromGoMod(t *testing.T) {
	v, err := readVersions(repo)
	must(t, err)
	if !atLeast(v.cli, oldestCLI) {
		t.Errorf("Pulumi %s", v.cli)
	}
	for _, name := range plugins {
		if !atLeast(v.plugin[name], "4.0.0") {
			t.Errorf("%s %s", name, v.plugin[name])
		}
	}
	if _, err := readVersions(t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a checkout") {
		t.Error(err)
	}
}

func TestAtLeast(t *testing.T) {
	for _, c := range []struct {
		have, want string
		ok         bool
	}{
		{"3.246.0", "3.200.0", true},
		{"v3.200.0\n", "3.200.0", true},
		{"3.199.9", "3.200.0", false},
		{"3.200.1", "3.200.2", false},
		{"4.0.0", "3.200.0", false},
		{"", "3.200.0", false},
		{"3.300.0-dev", "3.200.0", false},
		{"dev", "3.200.0", false},
	} {
		if atLeast(c.have, c.want) != c.ok {
			t.Errorf("%q against %q is not %v", c.have, c.want, c.ok)
		}
	}
}

// A site that hangs must not hold a newcomer up for longer than the probe's time.
func TestProbe(t *testing.T) {
	release := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hang":
			<-release
		case "/gone":
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer site.Close()
	defer close(release)
	begin := time.Now()
	for address, want := range map[string]bool{site.URL: true, site.URL + "/gone": false, "http://127.0.0.1:1": false, site.URL + "/hang": false} {
		if got := answers(t.Context(), address); got != want {
			t.Errorf("%s answers: %v", address, got)
		}
	}
	if took := time.Since(begin); took > 3*probeTime {
		t.Errorf("it took %s to find out", took)
	}
}

// The stamp decides whether a tool is built again: it must change with the sources
// and stay the same otherwise.
func TestStampFollowsSources(t *testing.T) {
	tc := newToolchain(t)
	tc.repo = t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(tc.repo, "local", "toolchain", name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
	write("go.mod", "module x")
	write("go.sum", "")
	write("kube/main.go", "package main")
	write("other/main.go", "package main")
	stamp := func() string {
		s, err := tc.stamp(builds[0], versions{cli: "3.1.1"})
		must(t, err)
		return s
	}
	first := stamp()
	write("other/main.go", "package main // another tool")
	write("kube/main_test.go", "package main")
	if stamp() != first {
		t.Error("another tool's sources changed the stamp")
	}
	write("kube/main.go", "package main // changed")
	second := stamp()
	write("go.sum", "a new hash")
	if second == first || stamp() == second {
		t.Error("a change of the sources did not change the stamp")
	}
}

func TestStaleUntilBuiltAndKept(t *testing.T) {
	tc := newToolchain(t)
	v, err := readVersions(repo)
	must(t, err)
	names := func(got found) string {
		todo, err := tc.stale(v, got)
		must(t, err)
		var list []string
		for _, tool := range todo {
			list = append(list, tool.name)
		}
		return strings.Join(list, " ")
	}
	nothing := found{plugins: map[string]bool{}}
	const rest = "pulumi pulumi-resource-kubernetes pulumi-resource-docker go-language-host pulumi-resource-random"
	if got := names(nothing); got != "kube "+rest || tc.built(v, nothing) {
		t.Errorf("stale: %s", got)
	}
	// A tool that was built is not built again; one whose binary is lost is.
	linked := filepath.Join(tc.tmp(), "kube")
	must(t, os.WriteFile(linked, []byte("binary"), 0o600))
	var path string
	tc.kube = func(built string) { path = built }
	must(t, tc.take(builds[0], v, linked))
	if got := names(nothing); got != rest {
		t.Errorf("with kube: %s", got)
	}
	must(t, os.Remove(path))
	// What is installed is not built.
	some := found{pulumi: "/usr/bin/pulumi", plugins: map[string]bool{"random": true}}
	if got := names(some); got != "kube pulumi-resource-kubernetes pulumi-resource-docker" || tc.built(v, some) {
		t.Errorf("with Pulumi: %s", got)
	}
	all := found{pulumi: "/usr/bin/pulumi", plugins: map[string]bool{"random": true, "kubernetes": true, "docker": true}}
	if got := names(all); got != "kube" || !tc.built(v, all) {
		t.Errorf("with all: %s", got)
	}
}

// What fails says so with its last words.
func TestFailedBuild(t *testing.T) {
	bin := t.TempDir()
	must(t, os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\nseq 100\nprintf 'x.go:1: wrong' >&2\nexit 1\n"), 0o700)) //nolint:gosec // a program
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	err := newToolchain(t).goCommand(t.Context(), ".", "build")
	if err == nil || !strings.HasSuffix(err.Error(), "\n99\n100\nx.go:1: wrong") || strings.Contains(err.Error(), "\n50\n") {
		t.Error(err)
	}
}

// A plugin that is built anew is found at once, and one that the user had gives way.
func TestPluginIsPlaced(t *testing.T) {
	tc := newToolchain(t)
	to := filepath.Join(pluginDir(tc.home.PulumiHome(), "random", "4.1.0"), "pulumi-resource-random")
	for _, name := range []string{"theirs", "ours", "ours"} {
		from := filepath.Join(tc.tmp(), name)
		must(t, os.WriteFile(from, []byte(name), 0o755)) //nolint:gosec // a program
		must(t, tc.placePlugin(from, "random", "4.1.0"))
		text, err := os.ReadFile(to)
		if err != nil || string(text) != name {
			t.Errorf("%q, %v", text, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
