package image

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRefusals starts nodes that cannot work. Each ends before Java is started, with one line that says why, and leaves
// its volume as it was to the last byte. A cache that does not fit is no such case: Kafka works without it (TestCache).
func TestRefusals(t *testing.T) {
	// Real volumes with a topic on them. Of the second one a newer Kafka has raised metadata.version: this Kafka knows
	// the next one already, but only if it is asked to.
	lived := create(t, setup{})
	lived.start()
	lived.exec("kafka-topics", local, "--create", "--topic", "test", "--partitions", "3")
	must(t, "stop", "--time=120", lived.name)
	formatted := create(t, setup{})
	formatted.start()
	must(t, "stop", "--time=120", formatted.name)
	raised := create(t, setup{volume: formatted.volume, properties: "unstable.feature.versions.enable=true\n"})
	raised.start()
	raised.exec("kafka-features", local, "upgrade", "--feature", "metadata.version=34")
	must(t, "stop", "--time=120", raised.name)

	owned := volume(t)
	onVolume(t, owned, "chown 0:0 /data")

	for name, test := range map[string]struct {
		setup setup
		want  string
	}{
		"memory limit too small for the heap": {setup{volume: lived.volume, options: []string{"--memory=256m"}},
			"KAFKA_HEAP_OPTS: -Xmx384m does not fit the container's memory limit of 256 MiB"},
		"unknown setting": {setup{volume: lived.volume, env: map[string]string{"KAFKA_HEAP_OPT": "-Xmx1g"}},
			"KAFKA_HEAP_OPT: unknown setting; did you mean KAFKA_HEAP_OPTS?"},
		"the Apache image's setting": {setup{volume: lived.volume, env: map[string]string{"KAFKA_LOG_RETENTION_HOURS": "1"}},
			"Kafka's own settings belong into server.properties"},
		"foreign cluster": {setup{volume: lived.volume, env: map[string]string{"KAFKA_CLUSTER_ID": "AAAAAAAAAAAAAAAAAAAAAQ"}},
			"/data/log belongs to cluster " + clusterID + ", but this stack's cluster id is AAAAAAAAAAAAAAAAAAAAAQ"},
		"foreign node": {setup{volume: lived.volume, env: map[string]string{"POD_NAME": "kafka-7"}},
			"/data/log belongs to node 0, but pod kafka-7 is node 7"},
		"newer metadata version": {setup{volume: raised.volume},
			"/data/log/__cluster_metadata-0/00000000000000000000.log has metadata.version 34, but the Kafka of this image knows none beyond 33 (4.4-IV2)"},
		"unwritable directory": {setup{volume: owned},
			"log.dirs: user 10001 cannot write to /data (permission denied)"},
	} {
		t.Run(name, func(t *testing.T) {
			n := create(t, test.setup)
			before := sums(t, n.volume)
			assertRefuses(t, n, test.want)
			assert.Equal(t, before, sums(t, n.volume), "the volume was changed")
		})
	}

	t.Run("full volume", func(t *testing.T) {
		name := must(t, "volume", "create", "--opt=type=tmpfs", "--opt=device=tmpfs", "--opt=o=size=24m,uid=10001,gid=10001", unique("full"))
		atEnd(t, "volume", "rm", "--force", name)
		// Such a volume lasts as long as a container has it.
		holder := unique("holder")
		must(t, "run", "--detach", "--name="+holder, "--network=none", "--volume="+name+":/data", "--entrypoint=/bin/sleep", image(t), "600")
		atEnd(t, "rm", "--force", holder)
		must(t, "exec", holder, "sh", "-c", "head -c 16m /dev/zero >/data/records")
		before := sums(t, name)
		assertRefuses(t, create(t, setup{volume: name}), "log.dirs: the volume of /data is full: 8192 KiB are free, at least 16 MiB are needed to start")
		assert.Equal(t, before, sums(t, name), "the volume was changed")
	})
}

// assertRefuses runs a node, which must end at once and say why in one line.
func assertRefuses(t *testing.T, n *node, want string) {
	t.Helper()
	assert.Equal(t, "1", n.run(), "exit code")
	text := strings.TrimSpace(n.log())
	require.NotEmpty(t, text)
	assert.NotContains(t, text, "\n", "more than one line")
	assert.Contains(t, text, want)
}
