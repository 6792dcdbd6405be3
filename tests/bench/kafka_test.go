package bench_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	write "github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

const (
	clusterID   = "AAAAAAAAAAAAAAAAAAAAAA"
	directoryID = "AECAwQFBgcICQoLDA0ODw" // after a character that differs from node to node; the last one holds two bits only
	settings    = "/etc/kafka/server.properties"

	// sameHeap is for comparisons of behaviour: Kafka's start script's own default. (MiB)
	sameHeap = 1024
	// podHeap is what a broker's pod gets here by default (Pulumi.yaml, broker.heap). (MiB)
	podHeap = 384
)

// voter is the entry of a node in the list of initial controllers.
func voter(id int, host string) string {
	return fmt.Sprintf("%d@%s:9093:%c%s", id, host, 'A'+rune(id), directoryID)
}

// properties are those of a node that is broker and controller, equal for all sides.
func properties(id int, host string, quorum, further string) file {
	return file{0o644, fmt.Sprintf(`process.roles=broker,controller
node.id=%d
listeners=CLIENT://:9092,CONTROLLER://:9093
advertised.listeners=CLIENT://%s:9092,CONTROLLER://%[2]s:9093
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
%s
log.dirs=/tmp/data
%s
`, id, host, quorum, further)}
}

// alone are the properties of a node that needs no other.
func alone(quorum string) map[string]file {
	return map[string]file{settings: properties(0, "localhost", quorum, "offsets.topic.replication.factor=1")}
}

const (
	dynamic = "controller.quorum.bootstrap.servers=localhost:9093"
	static  = "controller.quorum.voters=0@localhost:9093" // the Apache image's wrapper can format nothing else
)

// ours is this project's image, as a pod runs it: the agent first, metrics on.
func ours(image string, heap int64) node {
	return node{
		image:   image,
		command: []string{"/opt/kafka/bin/kafka-agent", "run"},
		env: []string{
			"POD_NAME=kafka-0", "KAFKA_CLUSTER_ID=" + clusterID, "KAFKA_INITIAL_CONTROLLERS=" + voter(0, "localhost"),
			fmt.Sprintf("KAFKA_HEAP_OPTS=-Xms%[1]dm -Xmx%[1]dm", heap), "KAFKA_METRICS_PORT=9187",
		},
		files: alone(dynamic),
	}
}

// shipped is ours with the server.properties that a pod would get, but for its addresses.
func shipped(image string, heap int64) node {
	n := ours(image, heap)
	planned := topology.Plan{Name: "kafka", Namespace: "bench"}.Combined(topology.Pool{Replicas: 1, Properties: map[string]string{
		"advertised.listeners":                "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
		"controller.quorum.bootstrap.servers": "localhost:9093",
	}})
	n.files[settings] = file{0o644, write.Write(write.Args{
		Plan: planned, Pool: planned.Pools[0], LogDir: "/tmp/data", Replication: 1, MinInSync: 1, Heap: heap << 20,
	})}
	return n
}

// stock is opponent (a).
func stock(image string) node {
	return node{
		image:   image,
		command: []string{"/bin/sh", "/opt/kafka/bin/stock"},
		env:     []string{"CLUSTER_ID=" + clusterID, "FORMAT_OPTS=--standalone"},
		files:   alone(dynamic),
	}
}

// apache is opponent (b).
func apache(image string) node {
	return node{
		image:   image,
		command: []string{"/bin/sh", "/opt/kafka/bin/apache"},
		env:     []string{"CLUSTER_ID=" + clusterID},
		files:   alone(static),
	}
}

// stockTrial stands for opponent (a) in a trial run: its script, but our own runtime and jars, since building the
// opponent takes minutes.
func stockTrial(t *testing.T, image string) node {
	t.Helper()
	n := stock(image)
	for _, name := range []string{"bin/stock", "bin/flags", "config/log4j2.yaml", "config/tools-log4j2.yaml"} {
		n.files["/opt/kafka/"+name] = read(t, filepath.Join(opponentsFolder(t), name), 0o644)
	}
	return n
}

const (
	isOurs   = "this project's image as a pod runs it: agent, Java 25 made by jlink, ahead-of-time cache, metrics on"
	isStock  = "Kafka's distribution and Debian 13's Java 25; kafka-storage format --ignore-formatted at every start, then the flags and the full class path of kafka-server-start.sh"
	isApache = "the same distribution and Java, started the way of the Apache image: KafkaDockerWrapper at every start, class data archives of storage tool and broker made in the image's build"
	isOld    = "Kafka's distribution and Debian 12's Java 17, otherwise (a)"
	isTrial  = "a stand-in for (a) with our own Java and jars, for a trial run only"

	nameOurs   = "ours"
	nameStock  = "(a) stock start"
	nameApache = "(b) Apache image's way"
	nameOld    = "(a) on Debian 12, Java 17"
)

// versionsOf what takes part.
func versionsOf(t *testing.T, image string) map[string]string {
	t.Helper()
	java := docker(t, "run", "--rm", "--label", mark, "--entrypoint", "/opt/java/bin/java", image, "--version")
	first, _, _ := strings.Cut(java, "\n")
	return map[string]string{"java": first, "docker": docker(t, "version", "--format", "{{.Server.Version}}"), "image": image}
}
