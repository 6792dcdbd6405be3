package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// variable is one setting of the environment, in the order in which it is printed.
type variable struct{ name, value string }

// foreign are settings of the user's own Pulumi that win over ours, or change what a
// stack is made of: the passphrase before its file (pkg/secrets/passphrase in Pulumi),
// another stack, plugin or option than the one that was asked for.
var foreign = []string{
	"PULUMI_CONFIG_PASSPHRASE",
	"PULUMI_STACK", "PULUMI_CONFIG",
	"PULUMI_DIY_BACKEND_LEGACY_LAYOUT",
}

// own is the environment of what this program starts: the user's, without what would
// meet another stack than the one on this machine, and with ours.
func (a *app) own(ctx context.Context, tools toolchain.Tools) []string {
	env := without(os.Environ(), foreign)
	for _, v := range a.environment(ctx, tools) {
		env = append(env, v.name+"="+v.value)
	}
	return env
}

// without leaves variables out, whatever their value: an empty one counts, too. So are
// options of Pulumi's commands, and of its Kubernetes plugin, which become part of a
// stack's resources.
func without(env, names []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		return slices.Contains(names, name) || strings.HasPrefix(name, "PULUMI_OPTION_") || strings.HasPrefix(name, "PULUMI_K8S_")
	})
}

// environment is what Pulumi, kubectl and the tests run in. `make env` prints the
// very same, so that what a user types by hand meets the same stack and cluster.
func (a *app) environment(ctx context.Context, tools toolchain.Tools) []variable {
	path := append(append([]string{}, tools.Path...), os.Getenv("PATH"))
	env := []variable{
		{"PATH", strings.Join(path, string(os.PathListSeparator))},
		{"PULUMI_HOME", tools.PulumiHome},
		{"PULUMI_BACKEND_URL", "file://" + a.home.PulumiState()},
		{"PULUMI_CONFIG_PASSPHRASE_FILE", a.home.Passphrase()},
		{"PULUMI_SKIP_UPDATE_CHECK", "true"},
		// The state knows how its secrets are encrypted; without this Pulumi would make
		// that up anew for a stack file that doesn't say.
		{"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER", "true"},
		// The setting that the tools were built with: what they share compiles once.
		{"CGO_ENABLED", "0"},
	}
	if a.context != "" {
		return env
	}
	env = append(env, variable{"KUBECONFIG", a.home.Kubeconfig()})
	if host := cluster.New(a.home, a.log).DockerHost(ctx); host != "" {
		env = append(env, variable{"DOCKER_HOST", host})
	}
	return env
}

// env prints the environment as shell commands.
func (a *app) env(ctx context.Context, f *flags) error {
	a.contextFlag(f)
	if err := f.read(); err != nil {
		return err
	}
	tools, err := a.ready()
	if err != nil {
		return err
	}
	fmt.Printf("unset %s\n", strings.Join(foreign, " "))
	for _, v := range a.environment(ctx, tools) {
		fmt.Printf("export %s=%s\n", v.name, quote(v.value))
	}
	return nil
}

// quote makes a value safe for a POSIX shell.
func quote(value string) string { return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'" }
