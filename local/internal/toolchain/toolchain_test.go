package toolchain

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
		require.NoError(t, os.MkdirAll(dir, 0o755))
	}
	return &Toolchain{home: h, repo: repo, log: progress.New(io.Discard), kube: newPromise[string](), tools: newPromise[Tools]()}
}

func TestVersionsComeFromGoMod(t *testing.T) {
	v, err := readVersions(repo)
	require.NoError(t, err)
	require.True(t, atLeast(v.cli, oldestCLI), v.cli)
	for _, name := range plugins {
		require.True(t, atLeast(v.plugin[name], "4.0.0"), "%s %s", name, v.plugin[name])
	}
	_, err = readVersions(t.TempDir())
	require.ErrorContains(t, err, "not a checkout")
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
		require.Equal(t, c.ok, atLeast(c.have, c.want), "%q against %q", c.have, c.want)
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
	require.True(t, answers(t.Context(), site.URL))
	require.False(t, answers(t.Context(), site.URL+"/gone"))
	require.False(t, answers(t.Context(), "http://127.0.0.1:1"))
	begin := time.Now()
	require.False(t, answers(t.Context(), site.URL+"/hang"))
	require.Less(t, time.Since(begin), 3*probeTime)
}

// The stamp decides whether a tool is built again: it must change with the sources
// and stay the same otherwise.
func TestStampFollowsSources(t *testing.T) {
	tc := newToolchain(t)
	tc.repo = t.TempDir()
	dir := filepath.Join(tc.repo, "local", "toolchain")
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("go.mod", "module x")
	write("go.sum", "")
	write("kube/main.go", "package main")
	write("other/main.go", "package main")
	kube := tool{name: kubeTool, pkg: "./kube"}
	stamp := func() string {
		s, err := tc.stamp(modules[0], kube, versions{cli: "3.1.1"})
		require.NoError(t, err)
		return s
	}
	first := stamp()
	write("other/main.go", "package main // another tool")
	write("kube/main_test.go", "package main")
	require.Equal(t, first, stamp())
	write("kube/main.go", "package main // changed")
	second := stamp()
	require.NotEqual(t, first, second)
	write("go.sum", "a new hash")
	require.NotEqual(t, second, stamp())
}

func TestStaleUntilBuiltAndKept(t *testing.T) {
	tc := newToolchain(t)
	v, err := readVersions(repo)
	require.NoError(t, err)
	nothing := found{plugins: map[string]bool{}}
	todo, err := tc.stale(v, nothing)
	require.NoError(t, err)
	require.Len(t, todo, 6)
	require.False(t, tc.built(v, nothing))

	// A tool that was built is not built again; one whose binary is lost is.
	linked := filepath.Join(tc.tmp(), "kube")
	require.NoError(t, os.WriteFile(linked, []byte("binary"), 0o600))
	require.NoError(t, tc.take(modules[0], modules[0].tools[0], v, linked))
	path, err := tc.Kube(t.Context())
	require.NoError(t, err)
	todo, err = tc.stale(v, nothing)
	require.NoError(t, err)
	require.NotContains(t, todo, kubeTool)
	require.NoError(t, os.Remove(path))
	todo, err = tc.stale(v, nothing)
	require.NoError(t, err)
	require.Contains(t, todo, kubeTool)

	// What is installed is not built.
	todo, err = tc.stale(v, found{pulumi: "/usr/bin/pulumi", plugins: map[string]bool{"random": true}})
	require.NoError(t, err)
	require.NotContains(t, todo, "pulumi")
	require.NotContains(t, todo, hostTool)
	require.NotContains(t, todo, "pulumi-resource-random")
	require.Contains(t, todo, "pulumi-resource-docker")
}

func TestPluginIsPlacedWhole(t *testing.T) {
	tc := newToolchain(t)
	from := filepath.Join(tc.tmp(), "plugin")
	require.NoError(t, os.WriteFile(from, []byte("one"), 0o755)) //nolint:gosec // a program
	require.NoError(t, tc.placePlugin(from, "random", "4.1.0"))
	to := filepath.Join(pluginDir(tc.home.PulumiHome(), "random", "4.1.0"), "pulumi-resource-random")
	text, err := os.ReadFile(to)
	require.NoError(t, err)
	require.Equal(t, "one", string(text))
	require.NoError(t, os.Remove(from))
	require.NoError(t, os.WriteFile(from, []byte("second"), 0o755)) //nolint:gosec // a program
	require.NoError(t, tc.placePlugin(from, "random", "4.1.0"))
	text, err = os.ReadFile(to)
	require.NoError(t, err)
	require.Equal(t, "second", string(text))
}

func TestPromise(t *testing.T) {
	p := newPromise[int]()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.wait(ctx)
	require.ErrorIs(t, err, context.Canceled)
	p.settle(1, nil)
	p.settle(2, errors.New("too late"))
	got, err := p.wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, got)
}
