package bench_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// mark is the label of every container, network and image that the benchmark makes.
const mark = "kafka-kraft.bench"

// docker runs the client and returns what it prints.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := tryDocker(nil, args...)
	require.NoError(t, err)
	return out
}

func tryDocker(input []byte, args ...string) (string, error) {
	command := exec.Command("docker", args...) // no context: cleaning up goes on when the test is over
	var out, problem bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), &out, &problem
	if err := command.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(out.String()+problem.String()), "\n")
		return "", fmt.Errorf("docker %s: %w\n%s", args[0], err, strings.Join(lines[max(0, len(lines)-25):], "\n"))
	}
	return strings.TrimSpace(out.String()), nil
}

// removeLeftovers removes what a run that was killed left in the docker engine; images stay, since they save time.
func removeLeftovers(t *testing.T) {
	t.Helper()
	if ids := strings.Fields(docker(t, "ps", "--all", "--quiet", "--filter", "label="+mark)); len(ids) > 0 {
		docker(t, append([]string{"rm", "--force", "--volumes"}, ids...)...)
	}
	if ids := strings.Fields(docker(t, "network", "ls", "--quiet", "--filter", "label="+mark)); len(ids) > 0 {
		docker(t, append([]string{"network", "rm"}, ids...)...)
	}
}

// opponent builds an opponent's image and returns its name. What is there already, the engine does not build again.
func opponent(t *testing.T, target string) string {
	t.Helper()
	name := "kafka-kraft/bench-" + target
	begin := time.Now()
	docker(t, "build", "--quiet", "--target", target, "--tag", name, opponentsFolder(t))
	t.Logf("opponent %s: built in %s", target, time.Since(begin).Round(time.Second))
	return name
}

func opponentsFolder(t *testing.T) string { return filepath.Join(kit.Repo(t), "bench", "opponents") }

// file is put into a container before it starts.
type file struct {
	mode int64
	text string
}

// node says how to run a Kafka in a container.
type node struct {
	image   string
	command []string // becomes process 1
	env     []string
	files   map[string]file // by path
	network string          // empty: the engine's own, without names
	name    string          // in the network
}

// container is a node that was started.
type container struct{ id string }

// beginFile is where the container leaves the time, in nanoseconds, at which its process 1 became the command. The
// engine's own time (State.StartedAt) comes later by as much as the engine is busy, that of the process (/proc/1/stat)
// is earlier, since namespaces and mounts are made in between.
const beginFile = "/tmp/begin"

// start runs a node; it is removed at the end of the test.
func (n node) start(t *testing.T) container {
	t.Helper()
	args := []string{"create", "--label", mark, "--entrypoint", "/bin/sh"}
	if n.network != "" {
		args = append(args, "--network", n.network, "--name", n.name)
	}
	for _, variable := range n.env {
		args = append(args, "--env", variable)
	}
	args = append(args, n.image, "-c", "date +%s%N >"+beginFile+`; exec "$@"`, "sh")
	c := container{id: docker(t, append(args, n.command...)...)}
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := tryDocker(nil, "logs", "--tail", "40", c.id)
			t.Logf("container of %s:\n%s", n.image, log)
		}
		if _, err := tryDocker(nil, "rm", "--force", "--volumes", c.id); err != nil {
			t.Error(err)
		}
	})
	_, err := tryDocker(archive(t, n.files), "cp", "-", c.id+":/")
	require.NoError(t, err)
	docker(t, "start", c.id)
	return c
}

// archive packs files with the folders above them.
func archive(t *testing.T, files map[string]file) []byte {
	t.Helper()
	var text bytes.Buffer
	packed := tar.NewWriter(&text)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		f := files[path]
		require.NoError(t, packed.WriteHeader(&tar.Header{Name: strings.TrimPrefix(path, "/"), Mode: f.mode, Size: int64(len(f.text))}))
		_, err := packed.Write([]byte(f.text))
		require.NoError(t, err)
	}
	require.NoError(t, packed.Close())
	return text.Bytes()
}

// again starts a node that was stopped.
func (c container) again(t *testing.T) {
	t.Helper()
	docker(t, "start", c.id)
}

// stop stops the node as Kubernetes would, with time to end.
func (c container) stop(t *testing.T) {
	t.Helper()
	docker(t, "stop", "--time", "60", c.id)
}

// address is the node's own, which this machine reaches.
func (c container) address(t *testing.T) string {
	t.Helper()
	return docker(t, "inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", c.id)
}

// begun is when the node's process 1 began.
func (c container) begun(t *testing.T) time.Time {
	t.Helper()
	text := docker(t, "exec", c.id, "cat", beginFile)
	nanoseconds, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err, "time of the start")
	return time.Unix(0, nanoseconds)
}

// exec runs a command in the container.
func (c container) exec(t *testing.T, command ...string) string {
	t.Helper()
	return docker(t, append([]string{"exec", c.id}, command...)...)
}

// running is nil as long as the container runs.
func (c container) running() error {
	state, err := tryDocker(nil, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", c.id)
	if err == nil && !strings.HasPrefix(state, "running") {
		err = errors.New("the container is " + state)
	}
	return err
}

// memory is what all processes of the container have in memory, in MiB: rss counts shared pages whole, pss by the number
// of those who share them.
func (c container) memory(t *testing.T) (rss, pss float64) {
	t.Helper()
	const script = `for p in /proc/[0-9]*; do
  name=$(cat $p/comm) && [ "$name" != sh ] && [ "$name" != cat ] && cat $p/smaps_rollup
done; true`
	var kib struct{ rss, pss float64 }
	for line := range strings.Lines(c.exec(t, "sh", "-c", script)) {
		var number float64
		if n, _ := fmt.Sscanf(line, "Rss: %f kB", &number); n == 1 {
			kib.rss += number
		}
		if n, _ := fmt.Sscanf(line, "Pss: %f kB", &number); n == 1 {
			kib.pss += number
		}
	}
	return kib.rss / 1024, kib.pss / 1024
}

// read is a file of the checkout for a container.
func read(t *testing.T, path string, mode int64) file {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return file{mode, string(text)}
}
