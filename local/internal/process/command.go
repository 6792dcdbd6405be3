package process

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Run runs a short command to its end and returns its standard output. Its error holds
// what the command wrote to standard error. Ctrl-C does not reach it; the end of ctx
// ends it.
func Run(ctx context.Context, argv ...string) (string, error) { return Input(ctx, nil, argv...) }

// Input is Run with standard input.
func Input(ctx context.Context, input io.Reader, argv ...string) (string, error) {
	var out, problems bytes.Buffer
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.Stdin, command.Stdout, command.Stderr = input, &out, &problems
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// Gently first, and its children too: they may have mounts and folders to tidy up.
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGTERM) }
	command.WaitDelay = 5 * time.Second
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return out.String(), fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, strings.TrimSpace(problems.String()))
	}
	return out.String(), nil
}
