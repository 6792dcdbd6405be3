package settings

import (
	"maps"
	"reflect"
	"strings"
	"testing"
)

func combinedProperties() map[string]string {
	return map[string]string{
		"process.roles": "broker,controller", "node.id": "1",
		"listeners":                           "CLIENT://:9092,CONTROLLER://0.0.0.0:9093,EXTERNAL://:9094",
		"listener.security.protocol.map":      "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:SSL",
		"inter.broker.listener.name":          "CLIENT",
		"controller.listener.names":           "CONTROLLER",
		"controller.quorum.bootstrap.servers": "a:9093, b:9093",
		"log.dirs":                            "/data/1,/data/2",
	}
}

func TestNode(t *testing.T) {
	for name, test := range map[string]struct {
		change map[string]string
		want   func(*Node)
	}{
		"combined": {nil, func(*Node) {}},
		"broker": {map[string]string{"process.roles": "broker"}, func(n *Node) {
			n.Controller, n.ControllerAddress = false, ""
		}},
		"controller with its own volume": {map[string]string{"process.roles": "controller", "metadata.log.dir": "/meta"}, func(n *Node) {
			n.Broker, n.BrokerAddress, n.MetadataDir = false, "", "/meta"
		}},
		"a listener on one address": {map[string]string{"listeners": "CLIENT://10.0.0.1:9092,CONTROLLER://[::1]:9093"}, func(n *Node) {
			n.BrokerAddress, n.ControllerAddress = "10.0.0.1:9092", "[::1]:9093"
		}},
	} {
		props := combinedProperties()
		maps.Copy(props, test.change)
		want := Node{ID: 1, Broker: true, Controller: true, LogDirs: []string{"/data/1", "/data/2"}, MetadataDir: "/data/1",
			BrokerAddress: "127.0.0.1:9092", ControllerAddress: "127.0.0.1:9093", Bootstrap: []string{"a:9093", "b:9093"}}
		test.want(&want)
		got, err := ParseNode(props, 1)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", name, err, got, want)
		}
	}
}

func TestNodeDirs(t *testing.T) {
	n := Node{LogDirs: []string{"/a", "/b"}, MetadataDir: "/a"}
	if got := n.Dirs(); !reflect.DeepEqual(got, []string{"/a", "/b"}) {
		t.Errorf("metadata in a log directory: %v", got)
	}
	n.MetadataDir = "/m"
	if got := n.Dirs(); !reflect.DeepEqual(got, []string{"/a", "/b", "/m"}) {
		t.Errorf("metadata in a directory of its own: %v", got)
	}
}

func TestNodeRefusals(t *testing.T) {
	for name, test := range map[string]struct{ key, value, want string }{
		"another node's id":       {"node.id", "2", "this pod's node id is 1"},
		"no role":                 {"process.roles", "", "are expected"},
		"unknown role":            {"process.roles", "broker,zookeeper", "are allowed"},
		"static quorum":           {"controller.quorum.voters", "1@a:9093", "static quorum"},
		"no bootstrap servers":    {"controller.quorum.bootstrap.servers", "", "is missing"},
		"no directories":          {"log.dirs", "", "log.dirs is missing"},
		"no controller listener":  {"controller.listener.names", "", "is missing"},
		"encrypted inter-broker":  {"inter.broker.listener.name", "EXTERNAL", "PLAINTEXT only"},
		"listener that is absent": {"listeners", "CLIENT://:9092", "no listener named CONTROLLER"},
		"listener without a port": {"listeners", "CLIENT://:9092,CONTROLLER://a", "CONTROLLER://a"},
	} {
		props := combinedProperties()
		props[test.key] = test.value
		if _, err := ParseNode(props, 1); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, test.want)
		}
	}
}
