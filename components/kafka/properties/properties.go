// Package properties writes server.properties and says which of its lines may be
// written by hand. It is pure.
package properties

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/components/internal/javaproperties"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Placeholders that the agent fills in when a pod starts, since all pods of a
// pool share one file.
const (
	NodeID       = contract.PlaceholderNodeID
	PodName      = contract.PlaceholderPodName
	Ordinal      = contract.PlaceholderOrdinal      // the number at the end of the pod's name
	ExternalPort = contract.PlaceholderExternalPort // the broker's NodePort
)

// Args is what server.properties of one pool is made from.
type Args struct {
	Plan topology.Plan
	Pool topology.Pool
	// LogDir holds the records; MetadataDir the metadata log, "" for LogDir.
	LogDir, MetadataDir string
	// Replication is the replication factor of new topics and Kafka's own.
	Replication int
	// MinInSync is how many replicas must have a record before acks=all succeeds.
	MinInSync int
	// Heap is the JVM's heap in bytes, from which a broker's cleaner gets its share.
	Heap int64
	// Authorization is who may do what, and SuperUsers are principals, such as User:alice,
	// who may do anything besides the nodes and who runs the program.
	Authorization topology.Authorization
	SuperUsers    []string
}

// Write writes server.properties, one sorted block of ours and one of the pool's own
// Properties, which Check has found nothing wrong with. The same arguments always give
// the same text.
func Write(a Args) string {
	p := map[string]string{
		"process.roles": a.Pool.ProcessRoles(),
		"node.id":       NodeID,

		// A dynamic quorum (KIP-853): voters are found, never listed. With a
		// fixed list (controller.quorum.voters) no controller could ever be
		// added or replaced.
		"controller.quorum.bootstrap.servers": a.Plan.QuorumBootstrapServers(),

		"log.dirs": a.LogDir,

		// Eligible leader replicas (KIP-966, on for new clusters since 4.1) read
		// min.insync.replicas from the controller, so every role gets these.
		"default.replication.factor":     fmt.Sprint(a.Replication),
		"min.insync.replicas":            fmt.Sprint(a.MinInSync),
		"unclean.leader.election.enable": "false",
	}
	maps.Copy(p, listenerProperties(a))
	maps.Copy(p, securityProperties(a))
	if a.Pool.Has(topology.Broker) {
		maps.Copy(p, brokerProperties(a))
	}
	if a.Pool.Has(topology.Controller) {
		// A controller that comes later, or comes back with an empty volume,
		// asks to be a voter by itself (KIP-853, Kafka 4.2).
		p["controller.quorum.auto.join.enable"] = "true"
		// A broker that comes back is refused (DUPLICATE_BROKER_REGISTRATION) until the
		// controllers have given up its former self, and one that died keeps its
		// partitions without a leader for as long. Kafka's default is 9 s, of which a pod
		// that is back after 3 waits the rest; 6 heartbeats of ours are enough. (6 s, in ms; the agent reckons with it)
		p["broker.session.timeout.ms"] = fmt.Sprint(contract.BrokerSession.Milliseconds())
		if a.MetadataDir != "" {
			p["metadata.log.dir"] = a.MetadataDir
		}
	} else {
		// A broker never stands for election, but while it looks for the quorum's leader
		// it sleeps no longer than to the end of this time, and after it not at all: it
		// would use up a processor that the controllers need to get there
		// (KafkaRaftClient.pollUnattachedCommon, Kafka 4.3). (24 h, in ms)
		p["controller.quorum.election.timeout.ms"] = "86400000"
	}

	defaults := map[string]string{}
	for key, value := range p {
		if _, overridden := a.Pool.Properties[key]; !overridden {
			defaults[key] = value
		}
	}
	text := block(defaults)
	if len(a.Pool.Properties) > 0 {
		text += "\n" + block(a.Pool.Properties)
	}
	return text
}

func brokerProperties(a Args) map[string]string {
	replication, minInSync := fmt.Sprint(a.Replication), fmt.Sprint(a.MinInSync)
	p := map[string]string{
		"inter.broker.listener.name": a.Plan.InterBroker().Name,

		"offsets.topic.replication.factor":                 replication,
		"transaction.state.log.replication.factor":         replication,
		"transaction.state.log.min.isr":                    minInSync,
		"share.coordinator.state.topic.replication.factor": replication,
		"share.coordinator.state.topic.min.isr":            minInSync,

		// A broker that finds no controllers can do nothing better than wait for
		// them; Kafka's default is to give up after a minute, which would restart
		// every broker of a cluster whose controllers are still being scheduled.
		// When it has taken too long, the startup probe says so. (24 h, in ms)
		"initial.broker.registration.timeout.ms": "86400000",

		// The pace of a broker's talks with the controllers: of heartbeats, and of the steps
		// of a stop and of a registration, which wait for the next one. Kafka's default is
		// 2 s. It is a limit, too: a registration or heartbeat has to be answered within this
		// time (BrokerServer's heartbeat channel), and half of it is how long the controller
		// lets it wait in its queue (ControllerApis). A quorum that needs a second to commit a
		// record is broken for every other purpose; who has to live with one sets more in
		// broker.properties. (1 s, in ms)
		"broker.heartbeat.interval.ms": "1000",

		// A request to the controller waits that long for a connection whose other end
		// is gone without a word, as with a node that lost its power or its network,
		// before it goes to the new one. Until then no ISR shrinks and no topic is made;
		// Kafka's default is 30 s, although the election is over in 4. (10 s, in ms)
		"controller.socket.timeout.ms": "10000",

		// The compacting of logs keeps a table of the keys that it has met, as large as
		// this from the first moment on, whether there is anything to compact or not.
		// Kafka's default of 128 MiB belongs to larger heaps than many a broker has; of
		// this one it takes a part, enough for 40,000 different keys per MiB (24 bytes
		// each, 90 % full). A log with more of them is compacted in more rounds. (bytes)
		"log.cleaner.dedupe.buffer.size": fmt.Sprint(dedupeBuffer(a.Heap)),

		// A misspelled topic should be an error, not a topic.
		"auto.create.topics.enable": "false",
	}
	if a.Pool.Rack != "" {
		p["broker.rack"] = a.Pool.Rack
	}
	return p
}

// dedupeBuffer is a part of the heap, never more than Kafka's own default.
func dedupeBuffer(heap int64) int64 {
	const part, least, most = 32, 4 << 20, 128 << 20
	return min(max(heap/part, least), most)
}

func block(properties map[string]string) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		fmt.Fprintf(&text, "%s=%s\n", key, javaproperties.Escaped(properties[key]))
	}
	return text.String()
}
