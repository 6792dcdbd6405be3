// Package image looks at the image as what it is: a thing that a Docker engine builds and runs. It needs the engine and
// no Kubernetes. Every test makes containers and volumes of its own, without a network, and removes them.
package image

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// docker runs one command of the docker client.
func docker(ctx context.Context, stdin []byte, args ...string) (out, why string, err error) {
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Env = append(os.Environ(), "DOCKER_CLI_HINTS=false")
	if stdin != nil {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("docker %s: %w\n%s", strings.Join(args, " "), err, stdout.String()+stderr.String())
	}
	return stdout.String(), stderr.String(), err
}

// must runs a command of the docker client that has to succeed, and returns what it prints.
func must(t *testing.T, args ...string) string {
	t.Helper()
	out, _, err := docker(t.Context(), nil, args...)
	require.NoError(t, err)
	return strings.TrimSpace(out)
}

// atEnd removes something when the test is over, whose context is, too, by then.
func atEnd(t *testing.T, args ...string) {
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, _, err := docker(ctx, nil, args...); err != nil {
			t.Errorf("cleaning up: %v", err)
		}
	})
}

// unique makes a name of the test's own.
func unique(what string) string { return fmt.Sprintf("kk-test-%s-%08x", what, rand.Uint32()) }

var built struct {
	once sync.Once
	id   string
	err  error
}

// image builds the checkout's image once in a run; with nothing changed the engine's layer cache answers.
func image(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("left out by -short: needs a Docker engine; make test runs it")
	}
	built.once.Do(func() {
		begin := time.Now()
		built.id, built.err = build(context.Background(), kit.ImageContext(t), "")
		t.Logf("image: %s after %s", built.id, time.Since(begin).Round(100*time.Millisecond))
	})
	require.NoError(t, built.err)
	return built.id
}

// build builds a context, or one stage of it, and returns the image's id. Without a name, nothing is left but layers.
func build(ctx context.Context, dir, stage string, args ...string) (string, error) {
	command := append([]string{"build", "--quiet"}, args...)
	if stage != "" {
		command = append(command, "--target", stage)
	}
	out, why, err := docker(ctx, nil, append(command, dir)...)
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(out)
	if !strings.HasPrefix(id, "sha256:") {
		return "", fmt.Errorf("docker build printed %q, %q", out, why)
	}
	return id, nil
}

// contextWith copies the checkout's build context and changes one file of the copy.
func contextWith(t *testing.T, file string, change func(string) string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "image")
	require.NoError(t, os.CopyFS(dir, os.DirFS(kit.ImageContext(t))))
	path := filepath.Join(dir, file)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	changed := change(string(text))
	require.NotEqual(t, string(text), changed, "%s should have been changed", file)
	require.NoError(t, os.WriteFile(path, []byte(changed), 0o644))
	return dir
}

// volume makes an empty volume that belongs to the image's user.
func volume(t *testing.T) string {
	t.Helper()
	name := must(t, "volume", "create", unique("data"))
	atEnd(t, "volume", "rm", "--force", name)
	onVolume(t, name, "chown 10001:10001 /data")
	return name
}

// onVolume runs a script as root with the volume at /data.
func onVolume(t *testing.T, volume, script string) string {
	t.Helper()
	return must(t, "run", "--rm", "--network=none", "--user=0", "--volume="+volume+":/data", "--entrypoint=/bin/sh", image(t), "-ec", script)
}

// sums is everything on a volume: names, owners, modes, sizes, times, and a checksum of every file.
func sums(t *testing.T, volume string) string {
	t.Helper()
	return onVolume(t, volume, `cd /data; find . -printf '%p %y %U:%G %m %s %T@\n' | sort; find . -type f -exec sha256sum {} + | sort`)
}

// node is a container of the image with one Kafka node, broker and controller in one.
type node struct {
	t      *testing.T
	name   string
	volume string
}

// Identity of the node.
const (
	clusterID   = "5L6g3nShT-eMCtK--X86sw"
	directoryID = "AAECAwQFBgcICQoLDA0ODw"
)

// properties is the node's server.properties.
const properties = `process.roles=broker,controller
node.id=${NODE_ID}
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=localhost:9093
log.dirs=/data/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
`

// setup is what differs from one node to another.
type setup struct {
	volume     string            // a new one if empty
	properties string            // further lines
	env        map[string]string // further, or other, settings
	options    []string          // of docker create
	files      map[string]string // put into the container, by path
}

// create makes a node that is not started yet.
func create(t *testing.T, s setup) *node {
	t.Helper()
	img := image(t)
	n := &node{t: t, name: unique("node"), volume: s.volume}
	if n.volume == "" {
		n.volume = volume(t)
	}
	env := map[string]string{
		"POD_NAME": "kafka-0", "KAFKA_CLUSTER_ID": clusterID, "KAFKA_HEAP_OPTS": "-Xms384m -Xmx384m", "KAFKA_METRICS_PORT": "9187",
		"KAFKA_INITIAL_CONTROLLERS": "0@localhost:9093:" + directoryID,
	}
	for key, value := range s.env {
		env[key] = value
	}
	args := []string{"create", "--name=" + n.name, "--network=none", "--hostname=localhost"}
	if len(s.options) == 0 || !strings.Contains(strings.Join(s.options, " "), ":/data") {
		args = append(args, "--volume="+n.volume+":/data")
	}
	args = append(args, s.options...)
	for key, value := range env {
		args = append(args, "--env="+key+"="+value)
	}
	must(t, append(args, img)...)
	atEnd(t, "rm", "--force", n.name)
	n.put("/etc/kafka/server.properties", properties+s.properties)
	for path, text := range s.files {
		n.put(path, text)
	}
	return n
}

// put writes a file into the container, which need not run.
func (n *node) put(path, text string) { n.t.Helper(); n.putMode(path, text, 0o644) }

// putProgram writes one that can be run.
func (n *node) putProgram(path, text string) { n.t.Helper(); n.putMode(path, text, 0o755) }

func (n *node) putMode(path, text string, mode int64) {
	n.t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	require.NoError(n.t, w.WriteHeader(&tar.Header{Name: strings.TrimPrefix(path, "/"), Mode: mode, Size: int64(len(text))}))
	_, err := w.Write([]byte(text))
	require.NoError(n.t, err)
	require.NoError(n.t, w.Close())
	_, _, err = docker(n.t.Context(), archive.Bytes(), "cp", "-", n.name+":/")
	require.NoError(n.t, err)
}

// start starts the node and returns when it is ready, as its own readiness probe says.
func (n *node) start() {
	n.t.Helper()
	must(n.t, "start", n.name)
	kit.Eventually(n.t, 2*time.Minute, "node is ready", func() error {
		if must(n.t, "inspect", "--format={{.State.Running}}", n.name) != "true" {
			n.t.Fatalf("the node ended:\n%s", n.log())
		}
		return n.answers("5001", "/readyz", "200 OK")
	})
}

// answers is nil if the node's HTTP answer has this text in it, as a request from within the container sees it.
func (n *node) answers(port, path, want string) error {
	_, err := n.try("/bin/bash", "-c", fmt.Sprintf(
		`exec 3<>/dev/tcp/localhost/%s; printf 'GET %s HTTP/1.0\r\n\r\n' >&3; grep -q '%s' <&3`, port, path, want))
	return err
}

// run starts the node and waits for its end.
func (n *node) run() (code string) {
	n.t.Helper()
	must(n.t, "start", n.name)
	return n.wait()
}

func (n *node) wait() string {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), 2*time.Minute)
	defer cancel()
	out, _, err := docker(ctx, nil, "wait", n.name)
	require.NoError(n.t, err, "the node does not end:\n%s", n.log())
	return strings.TrimSpace(out)
}

// log is what the node has logged, since it was created.
func (n *node) log() string {
	n.t.Helper()
	out, why, err := docker(n.t.Context(), nil, "logs", n.name)
	require.NoError(n.t, err)
	return out + why
}

// try runs a command in the node and returns all that it prints.
func (n *node) try(command ...string) (string, error) {
	out, why, err := docker(n.t.Context(), nil, append([]string{"exec", n.name}, command...)...)
	return out + why, err
}

// exec runs a command in the node, which must succeed.
func (n *node) exec(command ...string) string {
	n.t.Helper()
	out, err := n.try(command...)
	require.NoError(n.t, err)
	return out
}

// feed runs a command in the node with something on its standard input.
func (n *node) feed(ctx context.Context, input string, command ...string) (string, error) {
	out, why, err := docker(ctx, []byte(input), append([]string{"exec", "--interactive", n.name}, command...)...)
	return out + why, err
}

// files reads a file or a folder of the image, by path below it.
func files(t *testing.T, path string) map[string][]byte {
	t.Helper()
	name := unique("files")
	must(t, "create", "--name="+name, image(t))
	atEnd(t, "rm", "--force", name)
	out, _, err := docker(t.Context(), nil, "cp", name+":"+path, "-")
	require.NoError(t, err)
	found := map[string][]byte{}
	for r := tar.NewReader(strings.NewReader(out)); ; {
		head, err := r.Next()
		if err != nil {
			require.NotEmpty(t, found, "%s: %v", path, err)
			return found
		}
		var text bytes.Buffer
		if _, err := text.ReadFrom(r); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Fatal(err)
		}
		if head.Typeflag == tar.TypeReg {
			_, below, _ := strings.Cut(head.Name, "/")
			found[below] = text.Bytes()
		}
	}
}
