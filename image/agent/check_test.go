package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// A node with a certificate finds what Kafka reads where server.properties says, and tells until when it lasts.
func TestCheckTakesTheCertificate(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	sample.Put(t, at("features"), "metadata.version=30 (4.3-IV0)\n")
	sample.Put(t, at("server.properties"), `process.roles=broker
node.id=${NODE_ID}
listeners=REPLICATION://:9091,CLIENTS://:9095
advertised.listeners=REPLICATION://${POD_NAME}.kafka.ns.svc.cluster.local:9091,CLIENTS://${POD_NAME}.kafka.ns.svc.cluster.local:9095
listener.security.protocol.map=REPLICATION:SSL,CLIENTS:SSL,QUORUM:SSL
inter.broker.listener.name=REPLICATION
controller.listener.names=QUORUM
controller.quorum.bootstrap.servers=a:9090
log.dirs=`+at("data")+"\n")
	p := paths{
		properties: at("server.properties"), rendered: at("rendered/server.properties"), features: at("features"), cgroup: at("cgroup"),
		certificate: sample.NewAuthority(t).Mount(nil, "*.kafka.ns.svc.cluster.local", "localhost"), stores: at("stores"),
	}
	r, err := check(p, []string{"POD_NAME=kafka-1", "KAFKA_CLUSTER_ID=" + sample.OurCluster})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{contract.KeyStore, contract.TrustStore, contract.AdminProperties} {
		if text, err := os.ReadFile(filepath.Join(p.stores, filepath.Base(file))); err != nil || len(text) == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
	if r.node.Plaintext || r.node.ToBrokers() == nil || r.node.ToControllers() == nil {
		t.Errorf("it asks in plain text: %+v", r.node)
	}
	until := r.state.Read().State("").CertificateUntil
	if left := time.Until(until); left < 59*time.Minute || left > time.Hour {
		t.Errorf("until %s", until)
	}
	if text, err := os.ReadFile(p.rendered); err != nil || strings.Contains(string(text), "PRIVATE") {
		t.Errorf("server.properties has the key, or is not there: %v", err)
	}
}
