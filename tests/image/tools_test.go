package image

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const local = "--bootstrap-server=localhost:9092"

// TestTools runs every tool of the image under its usual name against a real broker, and looks at what it answers.
func TestTools(t *testing.T) {
	n := create(t, setup{
		// The later one of two lines with the same key counts. Delegation tokens need clients who say who they are.
		properties: `authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
delegation.token.secret.key=not-a-secret
listeners=PLAINTEXT://:9092,CONTROLLER://:9093,SASL://:9094
advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093,SASL://localhost:9094
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
`,
		files: map[string]string{"/etc/kafka/alice.properties": `security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="not-a-secret";
`},
	})
	n.start()
	ran := map[string]bool{}
	for _, test := range []struct {
		name, input string
		command     string // @ stands for the bootstrap server
		want        string // regular expression
	}{
		{name: "create", command: "kafka-topics @ --create --topic test --partitions 3 --config retention.ms=3600000", want: `^Created topic test\.\n$`},
		{name: "list", command: "kafka-topics @ --list", want: `^test\n$`},
		{name: "describe", command: "kafka-topics @ --describe --topic test", want: `Topic: test\s+TopicId: \S+\s+PartitionCount: 3\s+ReplicationFactor: 1\s+Configs: .*retention.ms=3600000`},
		{name: "produce", command: "kafka-console-producer @ --topic test", input: "one\ntwo\nthree\n", want: `^$`},
		{name: "consume", command: "kafka-console-consumer @ --topic test --from-beginning --max-messages 3 --group readers", want: `(?s)^(?:(?:one|two|three)\n){3}.*Processed a total of 3 messages`},
		{name: "group", command: "kafka-consumer-groups @ --describe --group readers", want: `(?m)^readers\s+test\s+\d\s+\d`},
		{name: "groups", command: "kafka-groups @ --list", want: `(?m)^readers\s+Classic\s+consumer`},
		{name: "reset to a file", command: "kafka-consumer-groups @ --group readers --topic test --reset-offsets --to-earliest --dry-run --export", want: `"?test"?,\d,0`},
		{name: "offsets", command: "kafka-get-offsets @ --topic test", want: `(?m)^test:0:\d\ntest:1:\d\ntest:2:\d$`},
		{name: "alter", command: "kafka-configs @ --alter --entity-type topics --entity-name test --add-config max.message.bytes=2000000", want: `Completed updating config for topic test`},
		{name: "config", command: "kafka-configs @ --describe --entity-type topics --entity-name test", want: `max.message.bytes=2000000 `},
		{name: "SCRAM", command: "kafka-configs @ --alter --entity-type users --entity-name alice --add-config SCRAM-SHA-512=[iterations=4096,password=not-a-secret]", want: `Completed updating config for user alice`},
		{name: "add ACL", command: "kafka-acls @ --add --allow-principal User:alice --operation Read --topic test", want: `principal=User:alice, host=\*, operation=READ, permissionType=ALLOW`},
		{name: "ACLs", command: "kafka-acls @ --list", want: `ResourcePattern\(resourceType=TOPIC, name=test, patternType=LITERAL\)`},
		{name: "quorum", command: "kafka-metadata-quorum @ describe --status", want: `(?s)ClusterId:\s+` + clusterID + `\nLeaderId:\s+0\n.*CurrentVoters:\s+\[\{"id": 0, "directoryId": "` + directoryID + `"`},
		{name: "replication", command: "kafka-metadata-quorum @ describe --replication", want: `(?m)^0\s+` + directoryID + `\s+\d+\s+0\s+\d+\s+\d+\s+Leader`},
		{name: "features", command: "kafka-features @ describe", want: `Feature: metadata.version\s.*FinalizedVersionLevel: 4.4-IV2`},
		{name: "reassign", command: "kafka-reassign-partitions @ --list", want: `No partition reassignments found\.`},
		{name: "plan", command: "kafka-reassign-partitions @ --generate --broker-list 0 --topics-to-move-json-file /dev/stdin", input: `{"version":1,"topics":[{"topic":"test"}]}`, want: `Proposed partition reassignment configuration\n\{"version":1,"partitions":\[\{"topic":"test","partition":0,"replicas":\[0\]`},
		{name: "random id", command: "kafka-storage random-uuid", want: `^[A-Za-z0-9_-]{22}\n$`},
		{name: "storage", command: "kafka-storage info --config /tmp/kafka/server.properties", want: `(?s)Found log directory:\n\s+/data/log\n.*cluster.id=` + clusterID},
		{name: "produce fast", command: "kafka-producer-perf-test --topic test --num-records 5000 --record-size 100 --throughput -1 @", want: `^5000 records sent, [\d.]+ records/sec`},
		{name: "consume fast", command: "kafka-consumer-perf-test @ --topic test --num-records 5000", want: `start.time, end.time, data.consumed.in.MB`},
		{name: "cluster", command: "kafka-cluster cluster-id @", want: `^Cluster ID: ` + clusterID + `\n$`},
		{name: "members", command: "kafka-cluster list-endpoints @", want: `(?m)^0\s+localhost\s+9092`},
		{name: "directories", command: "kafka-log-dirs @ --describe --topic-list test", want: `"partition":"test-2".*"error":null,"logDir":"/data/log"`},
		{name: "versions", command: "kafka-broker-api-versions @", want: `^localhost:9092 \(id: 0 rack: null isFenced: false\) -> \(\n\s+Produce\(0\): `},
		{name: "client metrics", command: "kafka-client-metrics @ --alter --name sub --metrics org.apache.kafka --interval 30000", want: `Altered client metrics config for sub\.`},
		{name: "token", command: "kafka-delegation-tokens --bootstrap-server=localhost:9094 --command-config /etc/kafka/alice.properties --create --max-life-time-period 3600000", want: `User:alice\s+User:alice\s+\[\]\s+\d{4}-`},
		{name: "delete records", command: "kafka-delete-records @ --offset-json-file /dev/stdin", input: `{"version":1,"partitions":[{"topic":"test","partition":0,"offset":-1}]}`, want: `partition: test-0\s+low_watermark: [1-9]`},
		{name: "dump", command: "kafka-dump-log --cluster-metadata-decoder --files /data/log/__cluster_metadata-0/00000000000000000000.log", want: `"name":"metadata.version","featureLevel":33`},
		{name: "election", command: "kafka-leader-election @ --election-type preferred --topic test --partition 0", want: `Valid replica already elected for partitions test-0`},
		{name: "transactions", command: "kafka-transactions @ list", want: `TransactionalId\s+Coordinator\s+ProducerId`},
		{name: "share", command: "kafka-console-share-consumer @ --topic test --group sharers --timeout-ms 3000", want: `Processed a total of \d+ messages`},
		{name: "share groups", command: "kafka-share-groups @ --list", want: `(?m)^sharers$`},
		{name: "streams groups", command: "kafka-streams-groups @ --list", want: `^$`},
		{name: "replicas", command: "kafka-replica-verification --version", want: `^4\.4\.0`},
	} {
		words := strings.Fields(strings.ReplaceAll(test.command, "@", local))
		ran[words[0]] = true
		t.Run(test.name, func(t *testing.T) {
			answer, err := n.feed(t.Context(), test.input, words...)
			require.NoError(t, err)
			assert.Regexp(t, test.want, answer, test.command)
			assertClasses(t, test.command, answer)
			assert.NotContains(t, answer, "[aot]", "%s: the tool runs without the ahead-of-time cache", test.command)
		})
	}
	// Nothing is offered that was not tried, and everything has its second name.
	for _, line := range strings.Split(strings.TrimSpace(n.exec("cat", "/opt/kafka/bin/tools.txt")), "\n") {
		tool := strings.Fields(line)[0]
		assert.True(t, ran[tool], "%s was not run", tool)
		assert.Equal(t, "kafka-tool", strings.TrimSpace(n.exec("readlink", "/opt/kafka/bin/"+tool+".sh")), tool)
	}
	assert.Equal(t, clusterID, strings.TrimPrefix(strings.TrimSpace(n.exec("kafka-cluster.sh", "cluster-id", local)), "Cluster ID: "))
	assertClasses(t, "the node", n.log())
}

// missingClass is how a JVM tells of a class that is not there.
var missingClass = regexp.MustCompile(`NoClassDefFoundError|ClassNotFoundException|NoSuchMethodError|UnsatisfiedLinkError`)

func assertClasses(t *testing.T, who, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		assert.False(t, missingClass.MatchString(line), "%s: %s", who, line)
	}
}

// TestCompression writes and reads with every codec, whose libraries unpack native code at run time. The producer uses
// one codec and the topic asks for the next one, so that the broker has to read the one and write the other.
func TestCompression(t *testing.T) {
	n := create(t, setup{})
	n.start()
	codecs := []string{"gzip", "snappy", "lz4", "zstd"}
	for i, codec := range codecs {
		kept := codecs[(i+1)%len(codecs)]
		topic := "from-" + codec
		n.exec("kafka-topics", local, "--create", "--topic", topic, "--config", "compression.type="+kept)
		n.exec("kafka-producer-perf-test", "--topic", topic, "--num-records", "500", "--record-size", "500", "--throughput", "-1", local,
			"--command-property", "compression.type="+codec)
		assert.Contains(t, n.exec("kafka-dump-log", "--files", "/data/log/"+topic+"-0/00000000000000000000.log"), "compresscodec: "+kept)
		assert.Contains(t, n.exec("kafka-console-consumer", local, "--topic", topic, "--from-beginning", "--max-messages", "500"),
			"Processed a total of 500 messages", codec)
	}
	assertClasses(t, "the node", n.log())
}
