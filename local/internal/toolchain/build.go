package toolchain

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// a tool is one binary built from one package of a module of ours.
type tool struct {
	name string // of the binary in the cache
	pkg  string // as go build names it, seen from the module's folder
}

// a module is built by one go command, so that its tools compile what they share once.
type module struct {
	dir   string // below local/toolchain
	tools []tool
}

// kubeTool is the multi-call binary of Kubernetes, etcd and CoreDNS.
const kubeTool = "kube"

// modules lists everything that can be built. The first tool's packages compile
// first: it is Kubernetes, because a cluster takes a while to start.
//
// The language host is the last one that was published with a Go module, and the
// random provider's bridge needs another Pulumi than the Kubernetes provider does;
// all three modules pin the same versions of what they have in common.
var modules = []module{
	{dir: ".", tools: []tool{
		{name: kubeTool, pkg: "./kube"},
		{name: "pulumi", pkg: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"},
		{name: "pulumi-resource-kubernetes", pkg: "./pulumi-resource-kubernetes"},
		{name: "pulumi-resource-docker", pkg: "./pulumi-resource-docker"},
	}},
	{dir: "language-go", tools: []tool{
		{name: hostTool, pkg: "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go"},
	}},
	{dir: "random", tools: []tool{
		{name: "pulumi-resource-random", pkg: "."},
	}},
}

// needed tells whether a tool has to be built, given what was found.
func (t tool) needed(got found) bool {
	switch t.name {
	case "pulumi", hostTool:
		return got.pulumi == ""
	case kubeTool:
		return true
	default:
		return !got.plugins[strings.TrimPrefix(t.name, "pulumi-resource-")]
	}
}

// buildMissing builds what was not found and puts the plugins in their place.
func (t *Toolchain) buildMissing(ctx context.Context, v versions, got found) error {
	todo, err := t.stale(v, got)
	if err != nil {
		return err
	}
	if !todo[kubeTool] {
		t.kube.settle(filepath.Join(t.home.Built(), kubeTool), nil)
	}
	if len(todo) > 0 {
		t.log.Say("toolchain: building %s from Go modules into %s (once; a first time takes long, an interrupted build goes on where it stopped)",
			strings.Join(slices.Sorted(maps.Keys(todo)), ", "), t.home.Built())
	}
	downloads := t.downloadModules(ctx, todo)
	for i, m := range modules {
		if err := downloads[i].waitFor(ctx); err != nil {
			return err
		}
		if err := t.buildModule(ctx, m, v, todo); err != nil {
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

// built tells whether nothing is left to build, so that no download site is asked.
func (t *Toolchain) built(v versions, got found) bool {
	todo, err := t.stale(v, got)
	delete(todo, kubeTool) // never downloaded
	return err == nil && len(todo) == 0
}

// stale lists the tools that are needed and were not built from today's sources.
func (t *Toolchain) stale(v versions, got found) (map[string]bool, error) {
	todo := map[string]bool{}
	for _, m := range modules {
		for _, tool := range m.tools {
			if !tool.needed(got) {
				continue
			}
			stamp, err := t.stamp(m, tool, v)
			if err != nil {
				return nil, err
			}
			have, err := os.ReadFile(t.stampFile(tool))
			if err != nil || string(have) != stamp {
				todo[tool.name] = true
				continue
			}
			if _, err := os.Stat(filepath.Join(t.home.Built(), tool.name)); err != nil {
				todo[tool.name] = true
			}
		}
	}
	return todo, nil
}

// moduleDownload is the fetching of one module's dependencies.
type moduleDownload struct{ promise[struct{}] }

func (d *moduleDownload) waitFor(ctx context.Context) error {
	_, err := d.wait(ctx)
	return err
}

// downloadModules fetches the modules' dependencies, one module after the other and
// all of them beside the compiler: one waits for the network, the other for the CPU.
func (t *Toolchain) downloadModules(ctx context.Context, todo map[string]bool) []*moduleDownload {
	downloads := make([]*moduleDownload, len(modules))
	for i := range modules {
		downloads[i] = &moduleDownload{promise[struct{}]{done: make(chan struct{})}}
	}
	go func() {
		for i, m := range modules {
			var err error
			if m.any(todo) {
				err = t.log.Step("downloading Go modules for "+m.names(todo), func() error {
					return t.goCommand(ctx, m, nil, "mod", "download")
				})
			}
			downloads[i].settle(struct{}{}, err)
		}
		if len(todo) > 0 {
			// The program's own: the next step after the toolchain needs them. A failure
			// is told by that step, which tries again.
			_ = t.goCommand(ctx, module{dir: filepath.Join("..", "..")}, nil, "mod", "download")
		}
	}()
	return downloads
}

func (m module) any(todo map[string]bool) bool { return m.names(todo) != "" }

func (m module) names(todo map[string]bool) string {
	var names []string
	for _, tool := range m.tools {
		if todo[tool.name] {
			names = append(names, tool.name)
		}
	}
	return strings.Join(names, ", ")
}

// buildModule builds a module's tools with one go command. Each is taken over as
// soon as it is linked.
func (t *Toolchain) buildModule(ctx context.Context, m module, v versions, todo map[string]bool) error {
	if !m.any(todo) {
		return nil
	}
	out, err := os.MkdirTemp(t.tmp(), "build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(out) //nolint:errcheck // a leftover is harmless and in the cache
	overlay, err := t.overlay(ctx, m, out)
	if err != nil {
		return err
	}
	args := []string{"build", "-v", "-buildvcs=false", "-ldflags=" + ldflags(v), "-overlay=" + overlay, "-o", out + string(filepath.Separator)}
	b := &building{Toolchain: t, module: m, versions: v, out: out, begin: time.Now()}
	for _, tool := range m.tools {
		if todo[tool.name] {
			args = append(args, tool.pkg)
			b.waiting = append(b.waiting, tool)
		}
	}
	stop, watched := make(chan struct{}), make(chan error, 1)
	go func() { watched <- b.watch(stop) }()
	err = t.goCommand(ctx, m, &b.compiled, args...)
	close(stop)
	return errors.Join(err, <-watched)
}

// building is one go command at work.
type building struct {
	*Toolchain
	module
	versions
	out      string // folder in which finished binaries appear
	waiting  []tool // those that have not yet
	compiled atomic.Int64
	begin    time.Time
}

// watch takes finished tools over until stop, and says now and then how far the
// compiler is.
func (b *building) watch(stop <-chan struct{}) error {
	look, say := time.NewTicker(time.Second), time.NewTicker(15*time.Second)
	defer look.Stop()
	defer say.Stop()
	for {
		select {
		case <-stop:
			return b.takeFinished()
		case <-look.C:
			if err := b.takeFinished(); err != nil {
				return err
			}
		case <-say.C:
			b.log.Say("compiling … %d packages so far (%s)", b.compiled.Load(), time.Since(b.begin).Round(time.Second))
		}
	}
}

func (b *building) takeFinished() error {
	var waiting []tool
	for _, tool := range b.waiting {
		path := filepath.Join(b.out, tool.outName())
		if _, err := os.Stat(path); err != nil {
			waiting = append(waiting, tool)
			continue
		}
		if err := b.take(b.module, tool, b.versions, path); err != nil {
			return err
		}
		b.log.Say("built %s (%d packages compiled so far, %s)", tool.name, b.compiled.Load(), time.Since(b.begin).Round(time.Second))
	}
	b.waiting = waiting
	return nil
}

// outName is what go build calls the binary of a package.
func (t tool) outName() string {
	if t.pkg == "." {
		return t.name[strings.LastIndex(t.name, "-")+1:]
	}
	return filepath.Base(t.pkg)
}

// take moves a linked binary into the cache and notes what it was made from.
func (t *Toolchain) take(m module, tool tool, v versions, path string) error {
	stamp, err := t.stamp(m, tool, v)
	if err != nil {
		return err
	}
	binary := filepath.Join(t.home.Built(), tool.name)
	if err := errors.Join(os.Chmod(path, 0o755), os.Rename(path, binary), os.WriteFile(t.stampFile(tool), []byte(stamp), 0o600)); err != nil {
		return fmt.Errorf("keeping %s: %w", tool.name, err)
	}
	if tool.name == kubeTool {
		t.kube.settle(binary, nil)
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
func (t *Toolchain) overlay(ctx context.Context, m module, dir string) (string, error) {
	replace := map[string]string{}
	if m.dir == "." {
		command := t.command(ctx, m, "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi-kubernetes/provider/v4")
		source, err := command.Output()
		if err != nil {
			return "", fmt.Errorf("where is the Kubernetes provider's module: %w", err)
		}
		for _, name := range []string{"schema.json", "terraform-mapping.json"} {
			replace[filepath.Join(t.dir(m), "pulumi-resource-kubernetes", name)] =
				filepath.Join(strings.TrimSpace(string(source)), "cmd", "pulumi-resource-kubernetes", name)
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, text, 0o600)
}

func (t *Toolchain) dir(m module) string { return filepath.Join(t.repo, "local", "toolchain", m.dir) }

// command is a go command in a module's folder that heeds none of the user's own
// settings which would change what is built.
func (t *Toolchain) command(ctx context.Context, m module, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = t.dir(m)
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOTMPDIR="+t.tmp())
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 20 * time.Second
	return command
}

// goCommand runs one go command. compiled, if given, counts the packages that -v names.
// An error carries the command's last lines.
func (t *Toolchain) goCommand(ctx context.Context, m module, compiled *atomic.Int64, args ...string) error {
	command := t.command(ctx, m, args...)
	stderr, err := command.StderrPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("go is needed to build the tools: %w", err)
	}
	var said []string
	// To the end, however long a line is: what is not read would hold go up.
	for lines := bufio.NewReader(stderr); ; {
		line, err := lines.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		if err != nil && line == "" {
			break
		}
		if compiled != nil && !strings.ContainsAny(line, " :#") {
			compiled.Add(1)
			continue
		}
		said = append(said, line)
	}
	if err := command.Wait(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("go %s in local/toolchain/%s: %w\n%s", args[0], m.dir, err, tail(strings.Join(said, "\n"), 20))
	}
	return nil
}

func (t *Toolchain) stampFile(tool tool) string {
	return filepath.Join(t.home.Built(), "."+tool.name+".stamp")
}

// stamp names what a tool is built from: the Go release, the pinned modules, the
// flags and our own sources. An equal stamp means that a build would change nothing.
func (t *Toolchain) stamp(m module, tool tool, v versions) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, goVersion(), tool.pkg, ldflags(v))
	err := filepath.WalkDir(t.dir(m), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipForeign(t.dir(m), path, m, tool)
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

// skipForeign leaves out other modules and the folders of other tools.
func skipForeign(root, path string, m module, tool tool) error {
	if path == root || m.dir != "." {
		return nil
	}
	if strings.HasPrefix(tool.pkg, "./") && path == filepath.Join(root, tool.pkg) {
		return nil
	}
	return fs.SkipDir
}

// goVersion is the release that compiles; "none" where there is no Go.
var goVersion = sync.OnceValue(func() string {
	out, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		return "none"
	}
	return strings.TrimSpace(string(out))
})
