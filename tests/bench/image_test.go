package bench_test

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/bench"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// prepareSize compares images.
func prepareSize(t *testing.T, _ bool) plan {
	t.Helper()
	image := kit.Image(t)
	size := func(name string) func(*testing.T) sample {
		return func(t *testing.T) sample {
			bytes, err := strconv.ParseFloat(docker(t, "image", "inspect", "--format", "{{.Size}}", name), 64)
			require.NoError(t, err)
			return sample{"size": bytes / 1e6}
		}
	}
	what := "image size, uncompressed"
	return plan{
		how:      "The sum of an image's layers, as the Docker engine tells it. Their images hold neither the start scripts nor the documentation of the release archive.",
		versions: versionsOf(t, image),
		sides: []side{
			{nameOurs, isOurs, size(image)},
			{"distribution, Debian 13, Java 25", "debian:trixie-slim, openjdk-25-jre-headless, all jars of Kafka's distribution", size(opponent(t, "stock"))},
			{"distribution, Debian 12, Java 17", "debian:bookworm-slim, openjdk-17-jre-headless, all jars of Kafka's distribution", size(opponent(t, "debian12"))},
		},
		rows: []row{
			{what: what, figure: "size", unit: "MB", theirs: "distribution, Debian 13, Java 25", aim: bench.Aim{Ratio: 0.50, Ceiling: 300}},
			{what: what, figure: "size", unit: "MB", theirs: "distribution, Debian 12, Java 17"},
		},
	}
}

// prepareRebuild compares builds of our own image: the second one with nothing changed, and one with the agent changed,
// with one from nothing.
func prepareRebuild(t *testing.T, trial bool) plan {
	t.Helper()
	run := strings.ToLower(rand.Text()[:8])
	folder := filepath.Join(t.TempDir(), "image")
	require.NoError(t, os.CopyFS(folder, os.DirFS(kit.ImageContext(t))))
	t.Cleanup(func() { // stages, too: they have the label
		_, err := tryDocker(nil, "image", "prune", "--all", "--force", "--filter", "label="+mark+"="+run)
		if err != nil {
			t.Error(err)
		}
	})
	if !trial {
		// A label of its own in every stage makes the engine build all of it anew and leaves what it has for others alone.
		path := filepath.Join(folder, "Dockerfile")
		text := read(t, path, 0).text
		var marked strings.Builder
		for line := range strings.Lines(text) {
			marked.WriteString(line)
			if strings.HasPrefix(line, "FROM ") {
				fmt.Fprintf(&marked, "LABEL %s=%s\n", mark, run)
			}
		}
		require.NoError(t, os.WriteFile(path, []byte(marked.String()), 0o600))
	}
	build := func(t *testing.T) sample {
		begin := time.Now()
		docker(t, "build", "--quiet", "--label", mark+"="+run, "--tag", "kafka-kraft/bench-rebuild:"+run, folder)
		return sample{"time": time.Since(begin).Seconds()}
	}
	begin := time.Now()
	clean := build(t)
	t.Logf("the first build took %s", time.Since(begin).Round(time.Second))
	edits := 0
	const nothing, agent, first = "nothing changed", "agent changed", "clean build"
	return plan{
		how: "docker build of our own image: once from nothing but the base image, network and package downloads included; " +
			"then in turns with no change, and with a new line in the agent's source.",
		sides: []side{
			{nothing, "the same build again", build},
			{agent, "a comment added to the agent's main.go", func(t *testing.T) sample {
				edits++
				path := filepath.Join(folder, "agent", "main.go")
				text := fmt.Sprintf("// Edit %d of run %s.\n%s", edits, run, read(t, path, 0).text)
				require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
				return build(t)
			}},
			{first, "every layer built anew, once", func(*testing.T) sample { return clean }},
		},
		rows: []row{
			{what: "image rebuilt, nothing changed", figure: "time", unit: "s", ours: nothing, theirs: first, aim: bench.Aim{Ratio: 0.05}},
			{what: "image rebuilt, agent changed", figure: "time", unit: "s", ours: agent, theirs: first, aim: bench.Aim{Ratio: 0.15}},
		},
	}
}
