package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// said is the exit code of a program that has told the person itself what is wrong.
type said int

// stopped is the exit code of a command that was interrupted and says so.
const stopped = 130

func (s said) Error() string { return fmt.Sprintf("exit code %d", int(s)) }

// binary is where the product's command lies: on the PATH that make env prints.
func (a *app) binary() string { return filepath.Join(a.home.Bin(), "kafka-kraft") }

// buildProduct compiles the command from this checkout. Go links it only when something
// has changed.
func (a *app) buildProduct(ctx context.Context, tools toolchain.Tools) error {
	build := a.command(ctx, tools, "go", "build", "-o", a.binary(), "./cmd/kafka-kraft")
	return a.log.Step("compiling kafka-kraft", func() error {
		if text, err := build.CombinedOutput(); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("go build ./cmd/kafka-kraft: %w\n%s", err, text)
		}
		return nil
	})
}

// show runs a command whose output the user sees. A failure is its exit code.
func (a *app) show(ctx context.Context, command *exec.Cmd) error {
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	return a.run(ctx, command)
}

// run runs a command. A failure is its exit code.
func (a *app) run(ctx context.Context, command *exec.Cmd) error {
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && (exit.ExitCode() == stopped || ctx.Err() == nil && exit.ExitCode() > 0):
		return said(exit.ExitCode())
	case ctx.Err() != nil:
		return ctx.Err()
	}
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
