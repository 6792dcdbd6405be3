package automation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// minimumCLI is the first release in which a resource hook that fails makes the update
// fail. A rollout that does not end is told that way. Pulumi.yaml has it, too, for those
// who use the CLI itself (requiredPulumiVersion).
var minimumCLI = semver.MustParse("3.238.0")

// command runs the Pulumi CLI. The SDK's own would kill it ten seconds after an
// interrupt, and leaves it in the caller's process group, where Ctrl-C reaches it a
// second time, which Pulumi takes as a wish to stop without cleaning up.
type command struct {
	path    string
	version semver.Version
	grace   time.Duration // between an interrupt and the kill
}

var _ auto.PulumiCommand = (*command)(nil)

// newCommand finds the CLI and asks for its version. search is a PATH.
func newCommand(ctx context.Context, path, search string, grace time.Duration) (*command, error) {
	found, err := find("pulumi", path, search)
	if err != nil {
		return nil, err
	}
	c := &command{path: found, grace: grace}
	out, _, _, err := c.Run(ctx, "", nil, nil, nil, []string{"PULUMI_SKIP_UPDATE_CHECK=true"}, "version")
	if err != nil {
		return nil, fmt.Errorf("%s version: %w", found, err)
	}
	// A CLI that was built from source calls itself v3.x.y-dev.0 or so.
	if c.version, err = semver.ParseTolerant(strings.TrimSpace(out)); err != nil {
		return nil, fmt.Errorf("%s calls itself version %q: %w", found, strings.TrimSpace(out), err)
	}
	release := c.version
	release.Pre = nil
	if release.LT(minimumCLI) {
		return nil, fmt.Errorf("%s is version %s, and %s is the first that will do", found, c.version, minimumCLI)
	}
	return c, nil
}

// find looks a command up in a PATH that need not be this process's.
func find(name, path, search string) (string, error) {
	if path != "" {
		return exec.LookPath(path)
	}
	for _, dir := range filepath.SplitList(search) {
		found, err := exec.LookPath(filepath.Join(dir, name))
		if err == nil && filepath.IsAbs(found) {
			return found, nil
		}
	}
	return "", fmt.Errorf("%s: %w", name, exec.ErrNotFound)
}

// Version is the CLI's version.
func (c *command) Version() semver.Version { return c.version }

// Run runs the CLI to its end. When ctx ends it is interrupted, once, and given time
// to write down what it has done; only then is it killed, with its plugins.
func (c *command) Run(ctx context.Context, dir string, stdin io.Reader, outs, errs []io.Writer,
	env []string, args ...string,
) (string, string, int, error) {
	if !slices.Contains(args, "--non-interactive") {
		args = append([]string{"--non-interactive"}, args...)
	}
	run := exec.CommandContext(ctx, c.path, args...)
	run.Dir, run.Stdin = dir, stdin
	run.Env = append(os.Environ(), env...)
	// The CLI finds its own helpers beside itself.
	run.Env = append(run.Env, "PULUMI_AUTOMATION_API=true", "PATH="+filepath.Dir(c.path)+string(os.PathListSeparator)+pathOf(run.Env))
	var stdout, stderr bytes.Buffer
	run.Stdout = io.MultiWriter(append(slices.Clone(outs), &stdout)...)
	run.Stderr = io.MultiWriter(append(slices.Clone(errs), &stderr)...)
	ownGroup(run)
	kill := make(chan func(), 1)
	begin := time.Now()
	run.Cancel = func() error {
		timer := time.AfterFunc(c.grace, func() { killTree(run.Process) })
		kill <- func() { timer.Stop() }
		return interrupt(run.Process)
	}
	// Behind the kill, for a plugin that holds our pipes open.
	run.WaitDelay = c.grace + 10*time.Second
	err := run.Run()
	select {
	case stop := <-kill:
		stop()
	default:
	}
	if run.ProcessState != nil && run.ProcessState.ExitCode() < 0 { // by a signal, such as our kill
		killed.add(run.Process.Pid, begin, time.Now())
	}
	code := -1
	var exit *exec.ExitError
	switch {
	case err == nil:
		code = 0
	case errors.As(err, &exit):
		code = exit.ExitCode()
	}
	return stdout.String(), stderr.String(), code, err
}

// pathOf is the PATH of an environment, whose last word counts.
func pathOf(env []string) string {
	for _, variable := range slices.Backward(env) {
		if path, ok := strings.CutPrefix(variable, "PATH="); ok {
			return path
		}
	}
	return ""
}
