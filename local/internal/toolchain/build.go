package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// a tool is one binary built from one package of a module of ours.
type tool struct {
	name string // of the binary in the cache
	dir  string // of the module, below local/toolchain
	pkg  string // as go build names it, seen from the module's folder
}

// Tools that are called by name elsewhere: kubeTool is the multi-call binary of Kubernetes,
// etcd and CoreDNS.
const (
	kubeTool      = "kube"
	kubernetesDir = "pulumi-resource-kubernetes"
)

// builds lists everything that can be built, in that order: Kubernetes comes first,
// because a cluster takes a while to start.
//
// The language host is the last one that was published with a Go module, and the
// random provider's bridge needs another Pulumi than the Kubernetes provider does;
// all three modules pin the same versions of what they have in common.
var builds = []tool{
	{kubeTool, ".", "./kube"},
	{"pulumi", ".", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"},
	{kubernetesDir, ".", "./" + kubernetesDir},
	{"pulumi-resource-docker", ".", "./pulumi-resource-docker"},
	{hostTool, "language-go", "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go"},
	{"pulumi-resource-random", "random", "."},
}

// needed reports whether a tool has to be built, given what was found.
func (b tool) needed(got found) bool {
	switch b.name {
	case "pulumi", hostTool:
		return got.pulumi == ""
	case kubeTool:
		return true
	default:
		return !got.plugins[strings.TrimPrefix(b.name, "pulumi-resource-")]
	}
}

// buildMissing builds what was not found and puts the plugins in their place.
func (t *Toolchain) buildMissing(ctx context.Context, v versions, got found) error {
	todo, err := t.stale(v, got)
	if err != nil {
		return err
	}
	if len(todo) > 0 {
		t.log.Say("toolchain: building from Go modules into %s (once; a first time takes long, an interrupted build goes on where it stopped)", t.home.Built())
		go t.download(ctx, todo)
	}
	if len(todo) == 0 || todo[0].name != kubeTool {
		t.kube(filepath.Join(t.home.Built(), kubeTool))
	}
	for _, tool := range todo {
		if err := t.log.Step("building "+tool.name, func() error { return t.build(ctx, tool, v) }); err != nil {
			return err
		}
	}
	for _, name := range plugins {
		if got.plugins[name] {
			continue
		}
		if err := t.placePlugin(filepath.Join(t.home.Built(), "pulumi-resource-"+name), name, v.plugin[name]); err != nil {
			return fmt.Errorf("installing the plugin %s: %w", name, err)
		}
	}
	return nil
}

// built reports whether nothing is left to build, so that no download site is asked.
func (t *Toolchain) built(v versions, got found) bool {
	todo, err := t.stale(v, got)
	return err == nil && (len(todo) == 0 || len(todo) == 1 && todo[0].name == kubeTool) // which is never downloaded
}

// stale lists the tools that are needed and were not built from today's sources.
func (t *Toolchain) stale(v versions, got found) ([]tool, error) {
	var todo []tool
	for _, tool := range builds {
		if !tool.needed(got) {
			continue
		}
		stamp, err := t.stamp(tool, v)
		if err != nil {
			return nil, err
		}
		have, err := os.ReadFile(t.stampFile(tool.name))
		_, missing := os.Stat(filepath.Join(t.home.Built(), tool.name))
		if err != nil || missing != nil || string(have) != stamp {
			todo = append(todo, tool)
		}
	}
	return todo, nil
}

// download fetches the modules that later builds need beside the first one: one waits for
// the network, the other for the CPU. The last is the program's own. A failure is told by
// the build, which tries again.
func (t *Toolchain) download(ctx context.Context, todo []tool) {
	for i, tool := range append(todo, tool{dir: filepath.Join("..", "..")}) {
		if i == 0 || tool.dir != todo[i-1].dir {
			_ = t.goCommand(ctx, tool.dir, "mod", "download")
		}
	}
}

// build makes one tool, and notes what it was made from.
func (t *Toolchain) build(ctx context.Context, tool tool, v versions) error {
	out, err := os.MkdirTemp(t.tmp(), "build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(out) //nolint:errcheck // a leftover is harmless and in the cache
	made := filepath.Join(out, tool.name)
	args := []string{"build", "-buildvcs=false", "-ldflags=" + ldflags(v), "-o", made}
	if tool.name == kubernetesDir {
		overlay, err := t.overlay(ctx, tool, out)
		if err != nil {
			return err
		}
		args = append(args, "-overlay="+overlay)
	}
	if err := t.goCommand(ctx, tool.dir, append(args, tool.pkg)...); err != nil {
		return err
	}
	return t.take(tool, v, made)
}

// take moves a linked binary into the cache.
func (t *Toolchain) take(tool tool, v versions, made string) error {
	stamp, err := t.stamp(tool, v)
	if err != nil {
		return err
	}
	binary := filepath.Join(t.home.Built(), tool.name)
	if err := errors.Join(os.Chmod(made, 0o755), os.Rename(made, binary), os.WriteFile(t.stampFile(tool.name), []byte(stamp), 0o600)); err != nil {
		return fmt.Errorf("keeping %s: %w", tool.name, err)
	}
	if tool.name == kubeTool {
		t.kube(binary)
	}
	return nil
}

// ldflags leaves out debug tables, and tells what can't know it by itself its version:
// the Pulumi CLI, Kubernetes, and the Kubernetes plugin which release it stands in for.
func ldflags(v versions) string {
	flags := []string{"-s", "-w"}
	kube := strings.Split(v.kube, ".")
	for _, set := range [][2]string{
		{"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", "v" + v.cli},
		{"k8s.io/component-base/version.gitVersion", "v" + v.kube},
		{"k8s.io/component-base/version.gitMajor", kube[0]},
		{"k8s.io/component-base/version.gitMinor", kube[min(1, len(kube)-1)]},
		{"main.announced", v.plugin["kubernetes"]},
	} {
		flags = append(flags, "-X", set[0]+"="+set[1])
	}
	return strings.Join(flags, " ")
}

// overlay lets the Kubernetes provider embed the two files of its own release.
func (t *Toolchain) overlay(ctx context.Context, tool tool, dir string) (string, error) {
	command := t.command(ctx, tool.dir, "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi-kubernetes/provider/v4")
	source, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("where is the Kubernetes provider's module: %w", err)
	}
	replace := map[string]string{}
	for _, name := range []string{"schema.json", "terraform-mapping.json"} {
		replace[filepath.Join(t.dir(tool.dir), kubernetesDir, name)] = filepath.Join(strings.TrimSpace(string(source)), "cmd", kubernetesDir, name)
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, text, 0o600)
}

func (t *Toolchain) dir(module string) string {
	return filepath.Join(t.repo, "local", "toolchain", module)
}

// command is a go command in a module's folder that heeds none of the user's own
// settings which would change what is built.
func (t *Toolchain) command(ctx context.Context, module string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = t.dir(module)
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOTMPDIR="+t.tmp())
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 20 * time.Second
	return command
}

// goCommand runs one go command. An error carries its last lines.
func (t *Toolchain) goCommand(ctx context.Context, module string, args ...string) error {
	out, err := t.command(ctx, module, args...).CombinedOutput()
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("go %s in local/toolchain/%s: %w\n%s", args[0], module, err, tail(string(out), 20))
	}
	return nil
}

func (t *Toolchain) stampFile(tool string) string {
	return filepath.Join(t.home.Built(), "."+tool+".stamp")
}

// stamp names what a tool is built from: the Go release, the pinned modules, the
// flags and our own sources. An equal stamp means that a build would change nothing.
func (t *Toolchain) stamp(tool tool, v versions) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, goVersion(), tool.pkg, ldflags(v))
	root := t.dir(tool.dir)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			// Not other modules, nor the folders of other tools.
			if path == root || tool.dir != "." || strings.HasPrefix(tool.pkg, "./") && path == filepath.Join(root, tool.pkg) {
				return nil
			}
			return fs.SkipDir
		}
		name := entry.Name()
		if strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") && name != "go.mod" && name != "go.sum" {
			return nil
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close() //nolint:errcheck // only read from
		fmt.Fprintln(sum, name)
		_, err = io.Copy(sum, file)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("sources of %s: %w", tool.name, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// goVersion is the release that compiles; "none" where there is no Go.
var goVersion = sync.OnceValue(func() string {
	out, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		return "none"
	}
	return strings.TrimSpace(string(out))
})
