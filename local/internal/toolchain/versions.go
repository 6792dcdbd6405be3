package toolchain

import (
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// plugins are the resource plugins that the program needs.
var plugins = []string{"kubernetes", "random", "docker"}

// versions are read from go.mod files, the only place where they are written.
type versions struct {
	cli    string            // of the Pulumi CLI, without "v"
	kube   string            // of Kubernetes, without "v"
	plugin map[string]string // by plugin: of its SDK, which is what the engine asks for
}

func readVersions(repo string) (versions, error) {
	v := versions{plugin: map[string]string{}}
	var err error
	toolchain := filepath.Join(repo, "local", "toolchain", "go.mod")
	if v.cli, err = required(toolchain, "github.com/pulumi/pulumi/pkg/v3"); err != nil {
		return v, err
	}
	if v.kube, err = required(toolchain, "k8s.io/kubernetes"); err != nil {
		return v, err
	}
	for _, name := range plugins {
		if v.plugin[name], err = required(filepath.Join(repo, "go.mod"), "github.com/pulumi/pulumi-"+name+"/sdk/v4"); err != nil {
			return v, err
		}
	}
	return v, nil
}

// required returns the version, without its "v", at which a go.mod requires a module.
func required(gomod, module string) (string, error) {
	text, err := os.ReadFile(gomod)
	if err != nil {
		return "", fmt.Errorf("not a checkout of kafka-kraft: %w", err)
	}
	m := regexp.MustCompile(`(?m)^(?:require)?\s*` + regexp.QuoteMeta(module) + ` v(\S+)`).FindSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("%s requires no %s", gomod, module)
	}
	return string(m[1]), nil
}

var plain = regexp.MustCompile(`^(\d+)\.\d+\.\d+$`)

// atLeast reports whether a version is of the same major line as want and not older.
// Anything that is no plain x.y.z is not.
func atLeast(have, want string) bool {
	have = strings.TrimPrefix(strings.TrimSpace(have), "v")
	h, w := plain.FindStringSubmatch(have), plain.FindStringSubmatch(want)
	return h != nil && w != nil && h[1] == w[1] && version.Compare("go"+have, "go"+want) >= 0
}
