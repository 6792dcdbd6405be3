// Package toolchain provides the programs that the project runs with: the Pulumi
// CLI, its Go language host, the plugins kubernetes, random and docker, and one
// binary with all of Kubernetes in it.
//
// For each one the first way that works is taken:
//
//  1. It is installed already: used as it is.
//  2. Pulumi's own site answers: downloaded the way Pulumi documents.
//  3. Built from published Go modules, whose hashes are pinned in go.sum files
//     below local/toolchain, into the cache folder. A second run builds nothing,
//     an interrupted one goes on where it stopped (Go's build cache).
package toolchain

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
	"github.com/kafka-kraft/kafka-kraft/local/internal/progress"
)

// Tools says where the programs are.
type Tools struct {
	Pulumi     string   // the CLI
	PulumiHome string   // PULUMI_HOME: holds the plugins, no credentials
	Path       []string // folders that belong on PATH, first one first
	Kube       string   // the binary with all of Kubernetes in it
}

// Toolchain makes the tools ready.
type Toolchain struct {
	home home.Home
	repo string // root of the checkout
	log  *progress.Log
	site string            // where Pulumi is downloaded from
	kube func(path string) // is told of the Kubernetes binary
}

// Ensure makes the tools ready. repo is the root of the checkout. The Kubernetes binary is
// built first, and kube is called with its path as soon as it is there, so that a cluster
// can start while the rest still compiles. Cancelling ctx stops builds and downloads; what
// was compiled is kept.
func Ensure(ctx context.Context, h home.Home, repo string, log *progress.Log, kube func(path string)) (Tools, error) {
	t := &Toolchain{home: h, repo: repo, log: log, site: pulumiSite, kube: kube}
	for _, dir := range []string{h.Built(), h.Bin(), filepath.Join(h.PulumiHome(), "plugins"), t.tmp()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return Tools{}, fmt.Errorf("cache folder: %w", err)
		}
	}
	versions, err := readVersions(repo)
	if err != nil {
		return Tools{}, err
	}
	got := t.install(ctx, versions)
	if err := t.buildMissing(ctx, versions, got); err != nil {
		return Tools{}, err
	}
	if err := t.link(got); err != nil {
		return Tools{}, fmt.Errorf("tools for PATH: %w", err)
	}
	return t.found(got), nil
}

// link puts what was built for a person's use into the folder for PATH, and takes
// out what the machine has of its own by now.
func (t *Toolchain) link(got found) error {
	if got.pulumi == "" {
		if err := t.wrapHost(); err != nil {
			return err
		}
	}
	links := map[string]string{"pulumi": "pulumi", languageHost: languageHost, "kubectl": kubeTool}
	for name, target := range links {
		link := filepath.Join(t.home.Bin(), name)
		if err := os.RemoveAll(link); err != nil {
			return err
		}
		// The folder may be on PATH already; with its link gone, what is found is the user's.
		_, err := exec.LookPath(name)
		if name == "kubectl" && err == nil || name != "kubectl" && got.pulumi != "" {
			continue
		}
		if err := os.Symlink(filepath.Join(t.home.Built(), target), link); err != nil {
			return err
		}
	}
	return nil
}

// Pulumi looks for its language host under this name, beside the CLI. What is there is a
// wrapper; the host itself has a name of its own.
const (
	languageHost = "pulumi-language-go"
	hostTool     = "go-language-host"
)

// wrapHost puts the wrapper beside the CLI, whole or not at all.
func (t *Toolchain) wrapHost() error {
	temporary := filepath.Join(t.tmp(), languageHost)
	if err := os.WriteFile(temporary, []byte(wrapper(filepath.Join(t.home.Built(), hostTool))), 0o755); err != nil { //nolint:gosec // a program
		return err
	}
	return os.Rename(temporary, filepath.Join(t.home.Built(), languageHost))
}

// wrapper is a shell script that runs Pulumi's Go language host. The CLI hands the option
// runtime.options.buildTarget of Pulumi.yaml over in a message that the host of the
// published module does not know yet; it takes it as a flag. With it, the program is
// linked once and not at every preview.
func wrapper(host string) string {
	return fmt.Sprintf(`#!/bin/sh
target=$(sed -n 's/^ *buildTarget: *//p' Pulumi.yaml 2>/dev/null)
exec '%s' ${target:+"-buildTarget=$target"} "$@"
`, strings.ReplaceAll(host, "'", `'\''`))
}

// found says where the tools are once nothing is missing.
func (t *Toolchain) found(got found) Tools {
	tools := Tools{
		Pulumi: got.pulumi, PulumiHome: t.home.PulumiHome(), Path: []string{t.home.Bin()},
		Kube: filepath.Join(t.home.Built(), kubeTool),
	}
	if tools.Pulumi == "" {
		tools.Pulumi = filepath.Join(t.home.Bin(), "pulumi")
		return tools
	}
	tools.Path = append(tools.Path, filepath.Dir(tools.Pulumi))
	return tools
}

// tmp is on the same file system as the finished tools, so that each of them
// appears by a rename: whole or not at all.
func (t *Toolchain) tmp() string { return filepath.Join(t.home.Cache, "tmp") }

// Ready returns the tools if they are all there, without building, downloading or
// asking anyone. Those of an older checkout will do: the next up renews them.
func Ready(h home.Home, repo string) (Tools, bool) {
	t := &Toolchain{home: h, repo: repo, log: progress.New(io.Discard)}
	v, err := readVersions(repo)
	if err != nil {
		return Tools{}, false
	}
	for _, name := range plugins {
		if _, err := os.Stat(filepath.Join(pluginDir(h.PulumiHome(), name, v.plugin[name]), "pulumi-resource-"+name)); err != nil {
			return Tools{}, false
		}
	}
	tools := t.found(found{pulumi: t.installedCLI(context.Background())})
	_, err = os.Stat(tools.Pulumi)
	return tools, err == nil
}
