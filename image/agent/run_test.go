package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// TestRefusalsBeforeTheStart runs the whole command with what is wrong, and looks that it says why, starts nothing (there
// is no Java at its path) and changes nothing on the volume.
func TestRefusalsBeforeTheStart(t *testing.T) {
	metaOf := func(cluster, node string) string {
		return "cluster.id=" + cluster + "\nnode.id=" + node + "\nversion=1\n"
	}
	for name, test := range map[string]struct {
		env        string // added to the environment
		properties string // added to server.properties
		meta       string // meta.properties on the volume
		level      byte   // metadata.version on the volume, 0: no metadata log
		limit      string // memory.max
		mount      string // folder with a certificate
		want       string
	}{
		"foreign cluster":     {meta: metaOf(sample.OtherOne, "1"), want: "kafka-kraft:clusterId " + sample.OtherOne},
		"foreign node":        {meta: metaOf(sample.OurCluster, "2"), want: "belongs to node 2"},
		"damaged meta":        {meta: "nonsense", want: "is damaged"},
		"newer meta":          {meta: strings.ReplaceAll(metaOf(sample.OurCluster, "1"), "version=1", "version=2"), want: "is of version 2"},
		"newer metadata log":  {meta: metaOf(sample.OurCluster, "1"), level: 31, want: "metadata.version 31, but the Kafka of this image knows none beyond 30 (4.3-IV0)"},
		"heap over the limit": {limit: "268435456", want: "memory limit of 256 MiB"},
		"unknown setting":     {env: "KAFKA_HEAP=1g", want: "KAFKA_HEAP: unknown setting"},
		"unknown placeholder": {properties: "broker.rack=${ZONE}", want: "unknown placeholder ${ZONE}"},
		"no certificate":      {properties: "listener.security.protocol.map=PLAINTEXT:SSL", want: "this pod has no certificate: there is no /etc/kafka-tls"},
		"a certificate for another name": {properties: "advertised.listeners=PLAINTEXT://kafka-1.kafka.ns.svc.cluster.local:9092",
			mount: sample.NewAuthority(t).Mount(nil, "*.other.ns.svc.cluster.local", "localhost"),
			want:  "tls.crt: the certificate is not for the name kafka-1.kafka.ns.svc.cluster.local, only for *.other.ns.svc.cluster.local, localhost"},
		"static quorum": {properties: "controller.quorum.voters=1@a:9093", want: "static quorum"},
	} {
		dir := t.TempDir()
		data := filepath.Join(dir, "data")
		if test.meta != "" {
			sample.Put(t, filepath.Join(data, "meta.properties"), test.meta)
		}
		if test.level != 0 {
			sample.Put(t, filepath.Join(data, "bootstrap.checkpoint"), sample.Checkpoint(t, test.level))
		}
		sample.Put(t, filepath.Join(dir, "features"), "metadata.version=30 (4.3-IV0)\nkraft.version=1\n")
		sample.Put(t, filepath.Join(dir, "cgroup", "memory.max"), test.limit+"\n")
		sample.Put(t, filepath.Join(dir, "termination-log"), "")
		sample.Put(t, filepath.Join(dir, "server.properties"), "process.roles=broker\nnode.id=${NODE_ID}\nlisteners=PLAINTEXT://:9092\n"+
			"controller.listener.names=C\ncontroller.quorum.bootstrap.servers=a:9093\nlog.dirs="+data+"\n"+test.properties)
		p := paths{
			properties: filepath.Join(dir, "server.properties"), rendered: filepath.Join(dir, "rendered", "server.properties"),
			java: filepath.Join(dir, "no-java"), termination: filepath.Join(dir, "termination-log"), cgroup: filepath.Join(dir, "cgroup"),
			features: filepath.Join(dir, "features"), certificate: test.mount, stores: filepath.Join(dir, "stores"),
		}
		env := []string{"POD_NAME=kafka-1", "KAFKA_CLUSTER_ID=" + sample.OurCluster}
		if test.env != "" {
			env = append(env, test.env)
		}
		before := content(t, data)
		if code := run(p, env); code != 1 {
			t.Errorf("%s: exit code %d", name, code)
		}
		words, err := os.ReadFile(p.termination)
		if err != nil || !strings.Contains(string(words), test.want) {
			t.Errorf("%s: last words %q, want some with %q", name, words, test.want)
		}
		if strings.Contains(string(words), "\n") {
			t.Errorf("%s: one problem, more than one line: %q", name, words)
		}
		if _, err := os.Stat(p.stores); err == nil {
			t.Errorf("%s: Kafka's stores were written", name)
		}
		if after := content(t, data); !maps.Equal(before, after) {
			t.Errorf("%s: the volume was changed: %v, before %v", name, after, before)
		}
	}
}

// content is every path below a directory with what it holds, its mode and its time.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var text []byte
		if !entry.IsDir() {
			if text, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		all[path] = info.Mode().String() + info.ModTime().String() + string(text)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return all
}

func TestCommandUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"start"}, {"prepare", "--nonsense"}} {
		if code := command(args); code != 2 {
			t.Errorf("%v: exit code %d", args, code)
		}
	}
}

func TestKafkaVersion(t *testing.T) {
	libs := t.TempDir()
	if _, err := kafkaVersion(libs); err == nil {
		t.Error("no jar, but a version")
	}
	sample.Put(t, filepath.Join(libs, "kafka-clients-4.3.1.jar"), "")
	if got, err := kafkaVersion(libs); got != "4.3.1" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}
