package settings

import (
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/identity"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func combinedProperties() map[string]string {
	return map[string]string{
		"process.roles": "broker,controller", "node.id": "1",
		"listeners":                           "CLIENT://:9092,CONTROLLER://0.0.0.0:9093,EXTERNAL://:9094",
		"listener.security.protocol.map":      "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:SASL_SSL",
		"inter.broker.listener.name":          "CLIENT",
		"controller.listener.names":           "CONTROLLER",
		"controller.quorum.bootstrap.servers": "a:9093, b:9093",
		"log.dirs":                            "/data/1,/data/2",
	}
}

// encrypted is what differs with these listeners, of which the brokers and the controllers speak over those named.
func encrypted(listeners, brokers, controllers string) map[string]string {
	ports := map[string]string{"CLIENT": "9092", "CONTROLLER": "9093", "QUORUM": "9090", "REPLICATION": "9091"}
	var all []string
	for _, name := range strings.Split(listeners, ",") {
		all = append(all, name+"://:"+ports[name])
	}
	return map[string]string{
		"listeners": strings.Join(all, ","), "inter.broker.listener.name": brokers, "controller.listener.names": controllers,
		"listener.security.protocol.map": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,REPLICATION:SSL,QUORUM:SSL",
	}
}

func with(props map[string]string, key, value string) map[string]string {
	out := maps.Clone(props)
	if out == nil {
		out = map[string]string{}
	}
	out[key] = value
	return out
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
		"encryption offered": {encrypted("CLIENT,REPLICATION,CONTROLLER,QUORUM", "CLIENT", "CONTROLLER,QUORUM"), func(*Node) {}},
		"encryption preferred": {encrypted("CLIENT,REPLICATION,CONTROLLER,QUORUM", "REPLICATION", "QUORUM,CONTROLLER"), func(n *Node) {
			n.BrokerAddress, n.ControllerAddress = "127.0.0.1:9091", "127.0.0.1:9090"
			n.BrokersTLS, n.ControllersTLS = true, true
		}},
		"encryption required": {encrypted("REPLICATION,QUORUM", "REPLICATION", "QUORUM"), func(n *Node) {
			n.BrokerAddress, n.ControllerAddress = "127.0.0.1:9091", "127.0.0.1:9090"
			n.BrokersTLS, n.ControllersTLS, n.Plaintext = true, true, false
		}},
		"a broker, encryption required": {with(encrypted("REPLICATION", "REPLICATION", "QUORUM"), "process.roles", "broker"), func(n *Node) {
			n.Controller, n.ControllerAddress, n.BrokerAddress = false, "", "127.0.0.1:9091"
			n.BrokersTLS, n.ControllersTLS, n.Plaintext = true, true, false
		}},
		"a controller, encryption offered": {with(encrypted("CONTROLLER,QUORUM", "", "CONTROLLER,QUORUM"), "process.roles", "controller"), func(n *Node) {
			n.Broker, n.BrokerAddress = false, ""
		}},
		"a broker whose map leaves the controllers out": {with(with(nil, "process.roles", "broker"), "controller.listener.names", "C"), func(n *Node) {
			n.Controller, n.ControllerAddress = false, ""
		}},
	} {
		props := combinedProperties()
		maps.Copy(props, test.change)
		want := Node{ID: 1, Broker: true, Controller: true, LogDirs: []string{"/data/1", "/data/2"}, MetadataDir: "/data/1",
			BrokerAddress: "127.0.0.1:9092", ControllerAddress: "127.0.0.1:9093", Bootstrap: []string{"a:9093", "b:9093"}, Plaintext: true}
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
		"inter-broker by SASL":    {"inter.broker.listener.name", "EXTERNAL", "SASL_SSL; the agent asks the node over this listener and speaks PLAINTEXT and SSL only"},
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

// TestSecurity: what the agent asks in TLS, and that it cannot without a certificate.
func TestSecurity(t *testing.T) {
	dir := sample.NewAuthority(t).Mount(nil, "localhost")
	id, err := identity.Read(dir, "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		node                 Node
		brokers, controllers bool
		missing              string
	}{
		"plain":                   {Node{}, false, false, ""},
		"a certificate is unused": {Node{Identity: id}, false, false, ""},
		"controllers":             {Node{Identity: id, ControllersTLS: true}, false, true, ""},
		"both":                    {Node{Identity: id, ControllersTLS: true, BrokersTLS: true}, true, true, ""},
		"without":                 {Node{BrokersTLS: true}, false, false, "no certificate: there is no /etc/kafka-tls"},
		"the quorum without":      {Node{ControllersTLS: true}, false, false, "no certificate: there is no /etc/kafka-tls"},
	} {
		if got := test.node.ToBrokers() != nil; got != test.brokers {
			t.Errorf("%s: brokers %t", name, got)
		}
		if got := test.node.ToControllers() != nil; got != test.controllers {
			t.Errorf("%s: controllers %t", name, got)
		}
		err := test.node.CheckIdentity()
		if (err == nil) != (test.missing == "") || err != nil && !strings.Contains(err.Error(), test.missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
