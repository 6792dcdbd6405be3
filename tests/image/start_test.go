package image

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// What Kafka says of its logs when it starts (LogManager.loadLogs).
const (
	skipsRecovery = "since clean shutdown file was found"
	recovers      = "since no clean shutdown file was found"
)

// TestStartsAndStops goes through a node's life: the first start formats, a later one starts nothing but Kafka, a stop
// within the grace period is a clean one, and only a kill makes the next start recover the logs.
func TestStartsAndStops(t *testing.T) {
	first := create(t, setup{})
	first.start()
	assert.Equal(t, 1, strings.Count(first.log(), "INFO format: Formatting"), "the first start formats")
	first.exec("kafka-topics", local, "--create", "--topic", "test", "--partitions", "3")
	first.exec("kafka-producer-perf-test", "--topic", "test", "--num-records", "1000", "--record-size", "100", "--throughput", "-1", local)

	begin := time.Now()
	must(t, "stop", "--time=120", first.name) // the pod's grace period
	code := first.wait()
	t.Logf("stopped after %s with exit code %s", time.Since(begin).Round(100*time.Millisecond), code)
	assert.Equal(t, "143", code, "ended by SIGTERM, and not by the SIGKILL that follows the grace period")

	second := create(t, setup{volume: first.volume})
	before := sums(t, first.volume)
	second.start()
	text := second.log()
	assert.NotContains(t, text, "format:", "a formatted directory needs no storage tool")
	assert.Contains(t, text, skipsRecovery, "after a clean stop")
	assert.NotContains(t, text, recovers)
	assert.NotEqual(t, before, sums(t, first.volume), "the sums see what a start changes")
	assert.Contains(t, second.exec("kafka-get-offsets", local, "--topic", "test"), "test:0:")

	must(t, "kill", second.name)
	third := create(t, setup{volume: first.volume})
	third.start()
	assert.Contains(t, third.log(), recovers, "after a kill; or the check above could never fail")
}

// TestKilledJVM kills Kafka in a node that serves: the agent starts it again, a few times, and the container goes on.
func TestKilledJVM(t *testing.T) {
	const kill = `for p in /proc/[0-9]*; do case "$(readlink $p/exe)" in */java) kill -KILL ${p#/proc/};; esac; done`
	n := create(t, setup{})
	n.start()
	for number := 1; number <= 3; number++ {
		n.exec("sh", "-c", kill)
		kit.Eventually(t, 30*time.Second, "the agent says so", func() error {
			if !strings.Contains(n.log(), fmt.Sprintf("ended by signal 9 (killed): it is started again, time %d of 3", number)) {
				return errors.New("it has not yet")
			}
			return nil
		})
		n.start() // which changes nothing in a container that runs, and waits until it is ready
		require.NoError(t, n.answers("5001", "/v1.0/state", fmt.Sprintf(`"restarts":{"count":%d,`, number)))
	}
	assert.Equal(t, 1, strings.Count(n.log(), "INFO format: Formatting"), "nothing is formatted twice")
	n.exec("sh", "-c", kill)
	assert.Equal(t, "137", n.wait(), "the fourth time is the kubelet's")
}

// TestOneJVM counts what the agent starts on a formatted directory, by putting something else in Java's place.
func TestOneJVM(t *testing.T) {
	formatted := create(t, setup{})
	formatted.start()
	must(t, "stop", "--time=120", formatted.name)

	n := create(t, setup{volume: formatted.volume})
	n.putProgram("/opt/java/bin/java", "#!/bin/sh\necho \"java: $*\"\n")
	require.Equal(t, "0", n.run())
	var started []string
	for line := range strings.Lines(n.log()) {
		if strings.HasPrefix(line, "java: ") {
			started = append(started, line)
		}
	}
	require.Len(t, started, 1)
	assert.Contains(t, started[0], " launcher.Node ")
}

// TestCache looks at the one line that says that the JVM runs without its ahead-of-time cache.
func TestCache(t *testing.T) {
	const warning = "WARN cache: the JVM runs without its ahead-of-time cache /opt/kafka/aot/kafka.aot"
	used := create(t, setup{})
	used.start()
	assert.NotContains(t, used.log(), "WARN cache:")
	maps := used.exec("sh", "-c", `for p in /proc/[0-9]*; do case "$(readlink $p/exe)" in */java) cat $p/maps;; esac; done`)
	assert.Contains(t, maps, "/opt/kafka/aot/kafka.aot")
	must(t, "stop", "--time=120", used.name)

	cache := files(t, "/opt/kafka/aot/kafka.aot")[""]
	for name, test := range map[string]struct {
		setup setup
		want  string
	}{
		"another object layout": {setup{env: map[string]string{"KAFKA_JVM_OPTS": "-XX:-UseCompactObjectHeaders"}},
			"The AOT cache's UseCompactObjectHeaders setting (enabled) does not equal the current UseCompactObjectHeaders setting (disabled)."},
		"cut off":            {setup{files: map[string]string{"/opt/kafka/aot/kafka.aot": string(cache[:len(cache)/2])}}, "The AOT cache has been truncated."},
		"another class path": {setup{files: map[string]string{"/opt/kafka/libs/classpath": "-cp /tmp/none.jar:" + classPath(t) + "\n"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			test.setup.volume = used.volume
			n := create(t, test.setup)
			n.start()
			kit.Eventually(t, 10*time.Second, "the warning", func() error {
				if text := n.log(); strings.Count(text, warning) != 1 || !strings.Contains(text, test.want) {
					return fmt.Errorf("want one line with %q:\n%s", warning+": … "+test.want, text)
				}
				return nil
			})
			must(t, "stop", "--time=120", n.name)
		})
	}
}

func classPath(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(strings.TrimPrefix(string(files(t, "/opt/kafka/libs/classpath")[""]), "-cp "))
}
