// Package docker finds the machine's Docker engine, or starts one of our own when
// there is none, and gives it the Debian base that our image builds on.
package docker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/debian"
	"github.com/kafka-kraft/kafka-kraft/local/internal/mounts"
	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
	"github.com/kafka-kraft/kafka-kraft/local/internal/progress"
)

const (
	answerTime = 5 * time.Second  // an engine that is there answers faster
	startTime  = 60 * time.Second // until our engine answers; it may have to check its images
	stopTime   = 20 * time.Second // for our engine to end its containers
)

// packages bring an engine, its client, and what both need.
var packages = []string{"docker.io", "iptables"}

// Engine is a Docker engine that answers.
type Engine struct {
	Host string // DOCKER_HOST by which to reach it; empty for the client's own default
}

// Folders say where our own engine keeps things.
type Folders struct {
	Data string // images and containers; as large as the images are
	Run  string // socket, process ids
	Logs string
}

// Find looks for an engine that answers: the one that the client is set up for
// (DOCKER_HOST, contexts), then our own. It starts nothing; found is false if there is
// none.
func Find(ctx context.Context, f Folders) (engine Engine, found bool) {
	for _, host := range []string{"", f.host()} {
		if answer(ctx, host) == nil {
			return Engine{Host: host}, true
		}
	}
	return Engine{}, false
}

// Ensure finds an engine or starts our own, installing Debian's docker.io first if need
// be. A second call finds what the first one started.
func Ensure(ctx context.Context, log *progress.Log, f Folders) (Engine, error) {
	if engine, found := Find(ctx, f); found {
		return engine, nil
	}
	if host := os.Getenv("DOCKER_HOST"); host != "" && host != f.host() {
		return Engine{}, fmt.Errorf("DOCKER_HOST=%s: no Docker engine answers there; start it, or unset DOCKER_HOST to let one be started here", host)
	}
	if os.Geteuid() != 0 {
		return Engine{}, errors.New("no Docker engine answers and only root can start one: start yours (sudo systemctl start docker), or run this as root")
	}
	if _, err := exec.LookPath("dockerd"); err != nil {
		if err := debian.Ensure(ctx, log, packages...); err != nil {
			return Engine{}, fmt.Errorf("no Docker engine: %w", err)
		}
		// Since Debian 13 the client is a package of its own.
		if _, err := exec.LookPath("docker"); err != nil {
			if err := debian.Ensure(ctx, log, "docker-cli"); err != nil {
				return Engine{}, fmt.Errorf("no Docker client: %w", err)
			}
		}
		// With systemd, the package has started one by itself.
		if engine, found := Find(ctx, f); found {
			return engine, nil
		}
	}
	var engine Engine
	err := log.Step("starting a Docker engine", func() (err error) {
		engine, err = start(ctx, f)
		return err
	})
	return engine, err
}

func start(ctx context.Context, f Folders) (Engine, error) {
	if len(f.socket()) > 100 {
		return Engine{}, fmt.Errorf("%s: too long for the path of a socket, 100 characters at most", f.socket())
	}
	if err := process.WriteFile(f.config(), []byte("{}\n"), 0o600); err != nil {
		return Engine{}, err
	}
	if err := rememberFirewall(ctx, f); err != nil {
		return Engine{}, err
	}
	daemon := f.Daemon()
	if _, running := daemon.Running(); !running {
		// An engine that was killed leaves its containerd behind, and ids that by now may be
		// those of any other process: dockerd would refuse to start, or wait in vain.
		if err := daemon.StopAll(stopTime); err != nil {
			return Engine{}, err
		}
		for _, file := range f.pidFiles() {
			if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
				return Engine{}, err
			}
		}
	}
	if _, err := daemon.Start(stopTime); err != nil {
		return Engine{}, err
	}
	for deadline := time.Now().Add(startTime); ; {
		err := answer(ctx, f.host())
		if err == nil {
			return Engine{Host: f.host()}, nil
		}
		if ctx.Err() != nil {
			return Engine{}, ctx.Err()
		}
		if _, running := daemon.Running(); !running {
			return Engine{}, daemon.Died()
		}
		if time.Now().After(deadline) {
			return Engine{}, fmt.Errorf("the Docker engine does not answer within %s: %w; its log: %s", startTime, err, daemon.LogFile())
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// Stop stops our own engine and keeps its images. Another's engine is left alone.
func Stop(f Folders) error { return f.Daemon().StopAll(stopTime) }

// Name is our own engine's, among daemons.
const Name = "dockerd"

// Purge stops our own engine and removes its images, its network and its firewall
// rules. Another's engine is left alone.
func Purge(ctx context.Context, f Folders) error {
	if err := Stop(f); err != nil {
		return err
	}
	return errors.Join(
		forgetFirewall(ctx, f),
		mounts.Unmount(f.Data), // an engine mounts its own folder on itself
		mounts.Unmount(f.state()),
		os.RemoveAll(f.Data),
	)
}

func (f Folders) socket() string { return filepath.Join(f.Run, "docker.sock") }
func (f Folders) host() string   { return "unix://" + f.socket() }
func (f Folders) config() string { return filepath.Join(f.Run, "dockerd.json") }
func (f Folders) state() string  { return filepath.Join(f.Run, "docker") }

// pidFiles are those of the engine itself and of the containerd that it starts.
func (f Folders) pidFiles() []string {
	return []string{filepath.Join(f.state(), "docker.pid"), filepath.Join(f.state(), "containerd", "containerd.pid")}
}

// Daemon is our own engine, whether it runs or not.
func (f Folders) Daemon() process.Daemon {
	program, err := exec.LookPath("dockerd")
	if err != nil {
		program = "/usr/sbin/dockerd" // not installed: nothing that could be running
	}
	return process.Daemon{
		Name: Name, Run: f.Run, Logs: f.Logs,
		Argv: []string{
			program,
			"--host=" + f.host(),
			"--data-root=" + f.Data,
			"--exec-root=" + f.state(),
			"--pidfile=" + f.pidFiles()[0],
			"--exec-opt=native.cgroupdriver=cgroupfs", // works with and without systemd
			"--config-file=" + f.config(),             // the machine's own settings are for its own engine
		},
		Env: environment(os.Environ()),
	}
}

// environment is what an engine needs of ours: proxies and certificates to pull with.
func environment(all []string) []string {
	var kept []string
	for _, entry := range all {
		name, _, _ := strings.Cut(entry, "=")
		switch upper := strings.ToUpper(name); {
		case upper == "PATH", upper == "HOME", strings.HasSuffix(upper, "_PROXY"), strings.HasPrefix(upper, "SSL_CERT_"):
			kept = append(kept, entry)
		}
	}
	return kept
}

// answer is nil if there is an engine at host.
func answer(ctx context.Context, host string) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	_, err := process.Run(ctx, Engine{host}.Command("version", "--format", "{{.Server.Version}}")...)
	return err
}

// Command is the client's command line for this engine.
func (e Engine) Command(args ...string) []string {
	if e.Host == "" {
		return append([]string{"docker"}, args...)
	}
	return append([]string{"docker", "--host", e.Host}, args...)
}
