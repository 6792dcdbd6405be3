package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// engine is a Docker engine, reached through the docker command line: that one knows contexts, TLS, ssh addresses,
// credential helpers and both builders, so this plugin need not.
type engine struct {
	flags []string // before the subcommand
	env   []string
}

// connect prepares docker commands, and makes sure that the engine answers.
func connect(ctx context.Context, config Config) (*engine, error) {
	// One line after the other, for the log.
	e := &engine{env: append(os.Environ(), "BUILDKIT_PROGRESS=plain", "DOCKER_CLI_HINTS=false")}
	if host := value(config.Host); host != "" {
		e.flags = []string{"--host", host}
	}
	if _, err := exec.LookPath("docker"); err != nil {
		return nil, fmt.Errorf("no docker command line: %w: install it (Debian, Ubuntu: apt-get install docker.io; others: "+
			"https://docs.docker.com/engine/install/)", err)
	}
	if _, err := e.output(ctx, "version", "--format", "{{.Server.Version}}"); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("no answer from the Docker engine: %w\nStart it, or name one that runs by DOCKER_HOST, "+
			"docker context use, or the setting docker:host (Minikube: eval \"$(minikube docker-env)\")", err)
	}
	return e, nil
}

// command is a docker command that ends when ctx does: it is interrupted, as by Ctrl-C, so that the engine gives up the
// build, and killed if that does not help.
func (e *engine) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "docker", slices.Concat(e.flags, args)...)
	cmd.Env = e.env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// stream runs a docker command and hands on each line of its output as it comes.
func (e *engine) stream(ctx context.Context, line func(string), args ...string) error {
	cmd := e.command(ctx, args...)
	out := &lines{each: line}
	cmd.Stdout, cmd.Stderr = out, out // one and the same, so that lines come in order and one at a time
	err := cmd.Run()
	out.flush()
	return err
}

// output runs a docker command and returns what it printed; what it complained of is the error.
func (e *engine) output(ctx context.Context, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := e.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if complaint := strings.TrimSpace(stderr.String()); complaint != "" {
			return "", errors.New(complaint)
		}
		return "", fmt.Errorf("docker %s: %w", args[0], err)
	}
	return strings.TrimSpace(stdout.String()), nil
}
