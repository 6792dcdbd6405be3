package image

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestLeastMemory loads a node that has as little memory as is allowed, with all of its heap in use from the start: small
// records, records of almost 1 MB, consumers, a scrape of the metrics, and tools in the node's own container, as kubectl
// exec runs them. The kernel must not kill any of it.
func TestLeastMemory(t *testing.T) {
	tight := create(t, setup{
		options: []string{"--memory=576m", "--memory-swap=576m"},
		env:     map[string]string{"KAFKA_HEAP_OPTS": "-Xms256m -Xmx256m", "KAFKA_JVM_OPTS": "-XX:+AlwaysPreTouch"},
	})
	tight.start()
	tight.exec("kafka-topics", local, "--create", "--topic", "load", "--partitions", "100")
	produce := func(records, size string, further ...string) {
		tight.beside("kafka-producer-perf-test", append([]string{local, "--topic=load", "--num-records=" + records, "--record-size=" + size,
			"--throughput=-1", "--command-property", "acks=all", "delivery.timeout.ms=60000", "request.timeout.ms=20000"}, further...)...)
	}
	produce("200000", "100")
	var load sync.WaitGroup
	load.Go(func() { produce("1000", "900000", "batch.size=1000000") })
	load.Go(func() { produce("300000", "100", "compression.type=lz4") })
	load.Go(func() {
		tight.beside("kafka-consumer-perf-test", local, "--topic=load", "--num-records=190000", "--timeout=60000")
	})
	for range 5 {
		out, err := tight.try("kafka-topics", local, "--describe", "--topic=load")
		assert.NoError(t, err)
		assert.Contains(t, out, "PartitionCount: 100")
		assert.NoError(t, tight.answers("9187", "/metrics", "kafka_server"))
	}
	load.Wait()
	state := must(t, "inspect", "--format={{.State.Running}} {{.State.OOMKilled}}", tight.name)
	assert.Equal(t, "true false", state, "running, and killed for its memory")

	less := create(t, setup{options: []string{"--memory=575m"}, env: map[string]string{"KAFKA_HEAP_OPTS": "-Xms256m -Xmx256m"}})
	assertRefuses(t, less, "Kafka needs 320 MiB of it beside the heap")
}

// beside runs a tool in the node's network, but with memory of its own. It has to succeed.
func (n *node) beside(tool string, args ...string) {
	ctx, cancel := context.WithTimeout(n.t.Context(), 3*time.Minute)
	defer cancel()
	out, why, err := docker(ctx, nil, append([]string{"run", "--rm", "--name=" + unique("tool"), "--network=container:" + n.name,
		"--entrypoint=/opt/kafka/bin/" + tool, image(n.t)}, args...)...)
	assert.NoError(n.t, err, "%s", strings.TrimSpace(out+why))
}
