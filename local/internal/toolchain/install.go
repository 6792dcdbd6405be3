package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	// pulumiSite serves Pulumi's documented install script and its plugins.
	pulumiSite = "https://get.pulumi.com"
	// oldestCLI is the first Pulumi CLI that has all that the project uses.
	oldestCLI = "3.238.0"
	// probeTime is how long the site may take to answer before it counts as absent.
	probeTime = 4 * time.Second
)

// found holds what needs no build.
type found struct {
	pulumi  string // path of the CLI, empty: build it and its language host
	plugins map[string]bool
}

// install takes what is there and downloads the rest if it can. It never fails:
// what it does not get is built.
func (t *Toolchain) install(ctx context.Context, v versions) found {
	got := found{pulumi: t.installedCLI(ctx), plugins: map[string]bool{}}
	for _, name := range plugins {
		got.plugins[name] = t.downloadedPlugin(name, v.plugin[name]) || t.adoptPlugin(name, v.plugin[name])
	}
	if t.built(v, got) || os.Getenv("KAFKA_KRAFT_DOWNLOAD") == "off" {
		return got
	}
	if !answers(ctx, t.site) {
		t.log.Say("toolchain: Pulumi's download site does not answer, building from Go modules instead")
		return got
	}
	if got.pulumi == "" {
		err := t.log.Step("downloading Pulumi "+v.cli, func() (err error) {
			got.pulumi, err = t.downloadCLI(ctx, v.cli)
			return err
		})
		if err != nil {
			t.log.Say("toolchain: %v; building Pulumi instead", err)
			return got
		}
	}
	for _, name := range plugins {
		if got.plugins[name] {
			continue
		}
		err := t.log.Step("downloading the plugin "+name+" "+v.plugin[name], func() error {
			return t.downloadPlugin(ctx, got.pulumi, name, v.plugin[name])
		})
		if err != nil {
			t.log.Say("toolchain: %v; building it instead", err)
			continue
		}
		got.plugins[name] = true
	}
	return got
}

// installedCLI returns the user's own Pulumi, or the one downloaded earlier, if it
// is recent enough and has its Go language host beside it or on PATH.
func (t *Toolchain) installedCLI(ctx context.Context) string {
	downloaded := filepath.Join(t.downloads(), "bin", "pulumi")
	path, err := exec.LookPath("pulumi")
	if err != nil || filepath.Dir(path) == t.home.Bin() {
		path = downloaded
	}
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "pulumi-language-go")); err != nil {
		if _, err := exec.LookPath("pulumi-language-go"); err != nil {
			t.log.Say("toolchain: %s has no pulumi-language-go beside it, not used", path)
			return ""
		}
	}
	out, err := exec.CommandContext(ctx, path, "version").Output()
	if version := strings.TrimSpace(string(out)); err != nil || !atLeast(version, oldestCLI) {
		t.log.Say("toolchain: %s is version %q, but at least %s is needed; not used", path, version, oldestCLI)
		return ""
	}
	return path
}

// downloads is where Pulumi's install script puts the CLI.
func (t *Toolchain) downloads() string { return filepath.Join(t.home.Cache, "pulumi-cli") }

// pluginDir is where Pulumi looks for a plugin of that version.
func pluginDir(pulumiHome, name, version string) string {
	return filepath.Join(pulumiHome, "plugins", fmt.Sprintf("resource-%s-v%s", name, version))
}

// downloadedPlugin reports whether an earlier run downloaded the plugin: it is in its
// place and was not built here.
func (t *Toolchain) downloadedPlugin(name, version string) bool {
	binary := "pulumi-resource-" + name
	if _, err := os.Stat(t.stampFile(binary)); err == nil {
		return false
	}
	_, err := os.Stat(filepath.Join(pluginDir(t.home.PulumiHome(), name, version), binary))
	return err == nil
}

// adoptPlugin copies the very version from the user's own Pulumi home, if it is
// there, so that nothing in that folder is ever written to.
func (t *Toolchain) adoptPlugin(name, version string) bool {
	dir := os.Getenv("PULUMI_HOME")
	if dir == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return false
		}
		dir = filepath.Join(user, ".pulumi")
	}
	if dir == t.home.PulumiHome() {
		return false
	}
	binary := "pulumi-resource-" + name
	from := filepath.Join(pluginDir(dir, name, version), binary)
	if info, err := os.Stat(from); err != nil || !info.Mode().IsRegular() {
		return false
	}
	return t.placePlugin(from, name, version) == nil
}

// placePlugin puts a plugin where Pulumi finds it: a link to where it lies.
func (t *Toolchain) placePlugin(from, name, version string) error {
	dir := pluginDir(t.home.PulumiHome(), name, version)
	to := filepath.Join(dir, "pulumi-resource-"+name)
	if at, err := os.Readlink(to); err == nil && at == from {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	temporary := to + ".new"
	return errors.Join(os.RemoveAll(temporary), os.Symlink(from, temporary), os.Rename(temporary, to))
}

// answers reports whether a site can be reached within a few seconds.
func answers(ctx context.Context, site string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, site, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode < 400
}

// downloadCLI runs Pulumi's documented install script into the cache folder.
func (t *Toolchain) downloadCLI(ctx context.Context, version string) (string, error) {
	root := t.downloads()
	script := filepath.Join(t.tmp(), "install-pulumi.sh")
	if err := fetch(ctx, t.site, script); err != nil {
		return "", err
	}
	install := exec.CommandContext(ctx, "sh", script, "--version", version, "--install-root", root, "--no-edit-path")
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("installing Pulumi: %w: %s", err, tail(string(out), 5))
	}
	return filepath.Join(root, "bin", "pulumi"), nil
}

func (t *Toolchain) downloadPlugin(ctx context.Context, pulumi, name, version string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, pulumi, "plugin", "install", "resource", name, version)
	install.Env = append(os.Environ(), "PULUMI_HOME="+t.home.PulumiHome(), "PULUMI_SKIP_UPDATE_CHECK=true")
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("pulumi plugin install resource %s %s: %w: %s", name, version, err, tail(string(out), 3))
	}
	return nil
}

func fetch(ctx context.Context, address, to string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, response.Status)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(to, body, 0o600)
}

// tail returns the last n lines of a text.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
