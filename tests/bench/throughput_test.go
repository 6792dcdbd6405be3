package bench_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/bench"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

const (
	brokers    = 3
	flatOut    = 2_000_000 // records of a run without a brake
	steadyRate = 5_000     // records a second
	steady     = 100_000   // records of a run at that rate: 20 s
	warmup     = 5         // one out of so many records comes before those that count: connections, just-in-time compilers
)

// prepareThroughput compares clusters of three nodes under a producer. Both are up all the time, and one at a time works.
func prepareThroughput(t *testing.T, _ bool) plan {
	t.Helper()
	image := kit.Image(t)
	network := "kafka-kraft-bench"
	docker(t, "network", "create", "--label", mark, network)
	t.Cleanup(func() {
		if _, err := tryDocker(nil, "network", "rm", network); err != nil {
			t.Error(err)
		}
	})
	load := producer{image: image, network: network}
	our := load.cluster(t, "ours", func(id int, hosts []string) node {
		n := ours(image, sameHeap)
		n.env = append(n.env, "POD_NAME=kafka-"+strconv.Itoa(id), "KAFKA_INITIAL_CONTROLLERS="+voters(hosts))
		return n
	})
	theirImage := opponent(t, "stock")
	their := load.cluster(t, "stock", func(_ int, hosts []string) node {
		n := stock(theirImage)
		n.env = append(n.env, "FORMAT_OPTS=--initial-controllers "+voters(hosts))
		return n
	})
	return plan{
		how: fmt.Sprintf("Three nodes, each broker and controller, in containers on one network, heap 1 GiB. Kafka's own "+
			"ProducerPerformance, started from our image for both sides: %d records of 100 bytes, acks=all, a new topic with 6 "+
			"partitions and 3 replicas, min.insync.replicas 2, as fast as it goes; then %d records at %d a second, and their "+
			"99th percentile. The first fifth of each does not count. Both clusters are up all the time. Everything, producer included, shares this machine's processors.",
			flatOut, steady, steadyRate),
		rehearsals: 3, // until the brokers' just-in-time compilers are done (image/JVM.md)
		versions:   versionsOf(t, image),
		sides: []side{
			{nameOurs, isOurs, func(t *testing.T) sample { return load.measure(t, our) }},
			{nameStock, isStock, func(t *testing.T) sample { return load.measure(t, their) }},
		},
		rows: []row{
			{what: "producer throughput, 100 B, acks=all, RF 3", figure: "throughput", unit: "records/s", theirs: nameStock, aim: bench.Aim{Ratio: 1, AtLeast: true}},
			{what: "produce latency at 5,000 records/s, p99", figure: "p99", unit: "ms", theirs: nameStock, aim: bench.Aim{Ratio: 1}},
			{what: "produce latency at 5,000 records/s, median", figure: "p50", unit: "ms", theirs: nameStock},
		},
	}
}

func voters(hosts []string) string {
	var all []string
	for id, host := range hosts {
		all = append(all, voter(id, host))
	}
	return strings.Join(all, ",")
}

// producer runs Kafka's client programs, always from the same image.
type producer struct{ image, network string }

// cluster starts three nodes and returns where clients in their network begin.
func (p producer) cluster(t *testing.T, name string, of func(id int, hosts []string) node) (bootstrap string) {
	t.Helper()
	var hosts, quorum, servers []string
	for id := range brokers {
		host := fmt.Sprintf("kafka-kraft-bench-%s-%d", name, id)
		hosts, quorum, servers = append(hosts, host), append(quorum, host+":9093"), append(servers, host+":9092")
	}
	var nodes []container
	for id, host := range hosts {
		n := of(id, hosts)
		n.network, n.name = p.network, host
		n.files = map[string]file{settings: properties(id, host,
			"controller.quorum.bootstrap.servers="+strings.Join(quorum, ","), "min.insync.replicas=2")}
		nodes = append(nodes, n.start(t))
	}
	for _, c := range nodes {
		firstAnswer(t, c, c.address(t)+":9092")
	}
	return strings.Join(servers, ",")
}

// tool runs a class of Kafka's and returns what it prints.
func (p producer) tool(class string, args ...string) (string, error) {
	return tryDocker(nil, append([]string{
		"run", "--rm", "--label", mark, "--network", p.network, "--entrypoint", "/opt/java/bin/java", p.image,
		"-Xms512m", "-Xmx512m", "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory",
		"-Dlog4j2.simplelogLevel=WARN", "@/opt/kafka/libs/classpath", class,
	}, args...)...)
}

func (p producer) measure(t *testing.T, bootstrap string) sample {
	t.Helper()
	topic := "bench-" + strconv.FormatInt(time.Now().UnixNano(), 36)
	topics := func(args ...string) error {
		_, err := p.tool("org.apache.kafka.tools.TopicCommand", append([]string{"--bootstrap-server", bootstrap, "--topic", topic}, args...)...)
		return err
	}
	kit.Eventually(t, time.Minute, "a topic is made", func() error {
		return topics("--create", "--if-not-exists", "--partitions", "6", "--replication-factor", strconv.Itoa(brokers))
	})
	fast := p.produce(t, bootstrap, topic, flatOut, -1)
	calm := p.produce(t, bootstrap, topic, steady, steadyRate)
	require.NoError(t, topics("--delete"))
	return sample{"throughput": fast.rate, "p99": calm.p99, "p50": calm.p50}
}

// produced is ProducerPerformance's own sum, without the records that came first.
type produced struct{ rate, p50, p99 float64 }

var sum = regexp.MustCompile(`(\d+) steady state records sent, ([\d.]+) records/sec .* ([\d.]+) ms 50th, [\d.]+ ms 95th, ([\d.]+) ms 99th`)

func (p producer) produce(t *testing.T, bootstrap, topic string, records, rate int) produced {
	t.Helper()
	out, err := p.tool("org.apache.kafka.tools.ProducerPerformance", "--topic", topic, "--num-records", strconv.Itoa(records),
		"--warmup-records", strconv.Itoa(records/warmup), "--record-size", "100", "--throughput", strconv.Itoa(rate),
		"--bootstrap-server", bootstrap, "--command-property", "acks=all")
	require.NoError(t, err)
	found := sum.FindStringSubmatch(out)
	require.NotNil(t, found, "no sum in what the producer said:\n%s", out)
	require.Equal(t, strconv.Itoa(records-records/warmup), found[1])
	numbers := make([]float64, len(found))
	for i, text := range found[1:] {
		numbers[i], err = strconv.ParseFloat(text, 64)
		require.NoError(t, err)
	}
	return produced{rate: numbers[1], p50: numbers[2], p99: numbers[3]}
}
