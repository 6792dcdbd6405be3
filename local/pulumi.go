package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// pulumi runs the CLI on one stack.
type pulumi struct {
	app   *app
	tools toolchain.Tools
}

// show runs a command whose output the user sees.
func (p pulumi) show(ctx context.Context, args ...string) error {
	return p.run(ctx, os.Stderr, os.Stderr, args...)
}

// ask runs a command and returns what it prints.
func (p pulumi) ask(ctx context.Context, args ...string) (string, error) {
	var out, why bytes.Buffer
	if err := p.run(ctx, &out, &why, args...); err != nil {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(why.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

func (p pulumi) run(ctx context.Context, stdout, stderr io.Writer, args ...string) error {
	flags := len(args) // before a "--", behind which everything is a plain argument
	if end := slices.Index(args, "--"); end >= 0 {
		flags = end
	}
	args = slices.Insert(slices.Clone(args), flags, "--stack", p.app.stack, "--non-interactive")
	command := p.app.command(ctx, p.tools, p.tools.Pulumi, args...)
	command.Stdout, command.Stderr = stdout, stderr
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("pulumi %s: %w", args[0], err)
	}
	return nil
}

// config reads a key of the stack's configuration, with dots for a field of an object;
// empty if it is not set.
func (p pulumi) config(ctx context.Context, key string) string {
	value, err := p.ask(ctx, "config", "get", "--path", key)
	if err != nil {
		return ""
	}
	return value
}

// set writes a key of the stack's configuration, unless it has that value.
func (p pulumi) set(ctx context.Context, key, value string) error {
	if p.config(ctx, key) == value {
		return nil
	}
	_, err := p.ask(ctx, "config", "set", "--path", key, "--", value)
	return err
}

// unset takes a key out of the stack's configuration.
func (p pulumi) unset(ctx context.Context, key string) error {
	_, err := p.ask(ctx, "config", "rm", "--path", key)
	return err
}

// command prepares a program to run in the environment, in the checkout. It has a
// process group of its own, so that Ctrl-C reaches it once, from us: Pulumi takes a
// second one as a wish to stop without cleaning up.
func (a *app) command(ctx context.Context, tools toolchain.Tools, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = a.repo
	command.Env = a.own(ctx, tools)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error {
		err := syscall.Kill(-command.Process.Pid, syscall.SIGINT)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	command.WaitDelay = 2 * time.Minute
	return command
}
