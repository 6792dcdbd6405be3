package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// drift tells what in the cluster is not as the last up left it.
func (a *app) drift(ctx context.Context) error {
	tools, ok := toolchain.Ready(a.home, a.repo)
	if !ok {
		return errors.New("the tools are not there yet: run make up first")
	}
	binary := filepath.Join(a.home.Built(), "kafka-kraft-drift")
	if err := a.log.Step("compiling", func() error { return a.build(ctx, tools, binary, "./local/drift") }); err != nil {
		return err
	}
	command := a.command(ctx, tools, binary, "-stack", a.stack, "-dir", a.repo)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	err := command.Run()
	var exit *exec.ExitError
	if ctx.Err() == nil && errors.As(err, &exit) && exit.ExitCode() == 3 {
		return fmt.Errorf("stack %s has drifted; `PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up --refresh --stack %[1]s` puts it back", a.stack)
	}
	if err != nil {
		return fmt.Errorf("looking for drift: %w", err)
	}
	return nil
}
