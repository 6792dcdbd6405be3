package properties

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

func planned(mode topology.Mode) topology.Plan {
	plan := topology.Plan{Name: "k", Namespace: "n"}
	if mode == topology.Separated {
		return plan.Separated(topology.Pool{}, topology.Pool{})
	}
	return plan.Combined(topology.Pool{})
}

func args(mode topology.Mode, pool int, change func(*Args)) Args {
	plan := planned(mode)
	a := Args{Plan: plan, Pool: plan.Pools[pool], LogDir: "/data/log", Replication: 3, MinInSync: 2}
	if change != nil {
		change(&a)
	}
	return a
}

// parse reads a properties file as Java does, for the lines that block writes.
func parse(t require.TestingT, text string) map[string]string {
	properties := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if line == "" {
			continue
		}
		key, value, found := strings.Cut(line, "=")
		require.True(t, found, "%q", line)
		require.NotContains(t, properties, key, "a key is written once")
		properties[key] = strings.ReplaceAll(value, `\\`, `\`)
	}
	return properties
}

// Java reads properties files as ISO 8859-1.
func TestWhatIsNotASCIIIsEscaped(t *testing.T) {
	text := Write(args(topology.Separated, 1, func(a *Args) { a.Pool.Properties = map[string]string{"broker.rack": `Zürich \ 😀`} }))
	assert.Contains(t, text, `broker.rack=Z\u00FCrich \\ \uD83D\uDE00`+"\n")
}

func TestBrokerOfASeparatedCluster(t *testing.T) {
	p := parse(t, Write(args(topology.Separated, 1, func(a *Args) {
		a.Plan = a.Plan.Outside("fd00::1", 30092)
	})))
	assert.Equal(t, "broker", p["process.roles"])
	assert.Equal(t, "PLAINTEXT://:9092,EXTERNAL://:9094", p["listeners"])
	assert.Equal(t, "PLAINTEXT://${POD_NAME}.k-kafka-headless.n.svc.cluster.local:9092,EXTERNAL://[fd00::1]:${EXTERNAL_PORT}", p["advertised.listeners"])
	assert.Equal(t, "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT", p["listener.security.protocol.map"])
	assert.NotContains(t, p, "controller.quorum.auto.join.enable")
	assert.NotContains(t, p, "broker.rack")
	assert.Equal(t, "86400000", p["controller.quorum.election.timeout.ms"], "a broker sleeps while it waits for a leader")
	assert.NotContains(t, p["advertised.listeners"], "CONTROLLER", "clients never learn of the controllers' listener")
}

func TestRackIsTheBrokers(t *testing.T) {
	in := func(a *Args) { a.Pool.Rack = "zone-a" }
	assert.Equal(t, "zone-a", parse(t, Write(args(topology.Separated, 1, in)))["broker.rack"])
	assert.NotContains(t, parse(t, Write(args(topology.Separated, 0, in))), "broker.rack", "a controller keeps no replicas")
}

// Another listener is another row of the plan, and nothing else.
func TestListenersAreTheTables(t *testing.T) {
	p := parse(t, Write(args(topology.Combined, 0, func(a *Args) {
		a.Plan.Listeners = []topology.Listener{
			{Name: "INTERNAL", Port: 19091, PortName: "internal", Role: topology.Broker, Protocol: "SSL", Exposure: topology.Exposure{Type: topology.ClusterIP}},
			{Name: "AUDIT", Port: 19092, PortName: "audit", Role: topology.Broker, Protocol: topology.Plaintext, Exposure: topology.Exposure{Type: topology.Nodes}},
			{Name: "RAFT", Port: 19093, PortName: "raft", Role: topology.Controller, Protocol: "SSL", Exposure: topology.Exposure{Type: topology.Nodes}},
		}
	})))
	assert.Equal(t, "INTERNAL://:19091,AUDIT://:19092,RAFT://:19093", p["listeners"])
	assert.Equal(t, "INTERNAL:SSL,AUDIT:PLAINTEXT,RAFT:SSL", p["listener.security.protocol.map"])
	assert.Equal(t, "INTERNAL", p["inter.broker.listener.name"])
	assert.Equal(t, "RAFT", p["controller.listener.names"])
	assert.Contains(t, p["controller.quorum.bootstrap.servers"], "k-0.k-svc.n.svc.cluster.local:19093")
}

func TestControllerOfASeparatedCluster(t *testing.T) {
	p := parse(t, Write(args(topology.Separated, 0, nil)))
	assert.Equal(t, "controller", p["process.roles"])
	assert.Equal(t, "CONTROLLER://:9093", p["listeners"])
	assert.Equal(t, "CONTROLLER://${POD_NAME}.k-kafka-headless.n.svc.cluster.local:9093", p["advertised.listeners"])
	assert.Equal(t, "true", p["controller.quorum.auto.join.enable"])
	assert.NotContains(t, p, "controller.quorum.election.timeout.ms", "elections are in Kafka's own time")
	assert.Equal(t, "2", p["min.insync.replicas"], "a controller hands it on to eligible leader replicas")
	assert.NotContains(t, p, "inter.broker.listener.name")
	assert.NotContains(t, p, "offsets.topic.replication.factor")
}

func TestMetadataDirectory(t *testing.T) {
	with := func(a *Args) { a.MetadataDir = "/metadata/log" }
	assert.Equal(t, "/metadata/log", parse(t, Write(args(topology.Combined, 0, with)))["metadata.log.dir"])
	assert.NotContains(t, parse(t, Write(args(topology.Separated, 1, with))), "metadata.log.dir")
}

func TestExtraPropertiesReplaceDefaults(t *testing.T) {
	p := parse(t, Write(args(topology.Combined, 0, func(a *Args) {
		a.Pool.Properties = map[string]string{"auto.create.topics.enable": "true", "num.partitions": "6"}
	})))
	assert.Equal(t, "true", p["auto.create.topics.enable"])
	assert.Equal(t, "6", p["num.partitions"])
}

func TestDedupeBufferIsAPartOfTheHeap(t *testing.T) {
	const mebibyte = 1 << 20
	for heap, want := range map[int64]int64{
		0: 4 * mebibyte, 64 * mebibyte: 4 * mebibyte, 384 * mebibyte: 12 * mebibyte, 1 << 30: 32 * mebibyte,
		4 << 30: 128 * mebibyte, 31 << 30: 128 * mebibyte,
	} {
		p := parse(t, Write(args(topology.Separated, 1, func(a *Args) { a.Heap = heap })))
		assert.Equal(t, fmt.Sprint(want), p["log.cleaner.dedupe.buffer.size"], "of a heap of %d", heap)
	}
	assert.NotContains(t, parse(t, Write(args(topology.Separated, 0, nil))), "log.cleaner.dedupe.buffer.size", "a controller's log has no keys")
}

// Whatever is asked for, a property of ours is never lost and never contradicted.
func TestPropertiesLaws(t *testing.T) {
	free := []string{"auto.create.topics.enable", "unclean.leader.election.enable", "initial.broker.registration.timeout.ms", "controller.socket.timeout.ms", "log.cleaner.dedupe.buffer.size", "controller.quorum.election.timeout.ms", "broker.heartbeat.interval.ms", "broker.session.timeout.ms"}
	rapid.Check(t, func(t *rapid.T) {
		mode := rapid.SampledFrom([]topology.Mode{topology.Combined, topology.Separated}).Draw(t, "mode")
		plan := planned(mode)
		a := Args{
			Plan: plan, Pool: rapid.SampledFrom(plan.Pools).Draw(t, "pool"), LogDir: "/data/log",
			Replication: rapid.IntRange(1, 3).Draw(t, "replication"), MinInSync: 1,
		}
		plain := parse(t, Write(a))
		for key := range plain {
			if !slices.Contains(free, key) {
				require.Contains(t, owned, key, "what we write cannot be written by hand")
			}
		}
		require.NotContains(t, plain, "controller.quorum.voters", "the quorum is dynamic")

		a.Pool.Properties = rapid.MapOfN(
			rapid.OneOf(rapid.StringMatching(`[a-z]+(\.[a-z]+){0,3}`), rapid.SampledFrom(free)),
			rapid.StringMatching(`[!-~]([ -~]{0,20}[!-~])?`), 0, 5,
		).Draw(t, "extra")
		if len(Check(a.Pool.Properties)) > 0 {
			return
		}
		text := Write(a)
		require.Equal(t, text, Write(a))
		all := parse(t, text)
		for key, value := range a.Pool.Properties {
			require.Equal(t, value, all[key], key)
		}
		for key, value := range plain {
			if _, replaced := a.Pool.Properties[key]; !replaced {
				require.Equal(t, value, all[key], key)
			}
		}
		require.Subset(t, []string{"${POD_NAME}", "${NODE_ID}", "${ORDINAL}"},
			regexp.MustCompile(`\$\{[^}:]*\}`).FindAllString(text, -1))
	})
}

func TestOwnedPropertiesSayWhatToDo(t *testing.T) {
	for _, name := range Owned() {
		problems := Check(map[string]string{name: "x"})
		require.Len(t, problems, 1, name)
		assert.True(t, problems[0].Owned)
		assert.Contains(t, problems[0].Reason, owned[name])
		assert.NotContains(t, problems[0].Reason, "kafka-kraft:", "a component knows no keys of a stack's configuration")
	}
	assert.Empty(t, Check(map[string]string{"num.partitions": "3", "ssl.keystore.password": "${dir:/secrets:password}"}))
	assert.False(t, Check(map[string]string{"zookeeper.connect": "x"})[0].Owned)
}
