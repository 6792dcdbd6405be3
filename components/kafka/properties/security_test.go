package properties

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

func securedArgs(encryption topology.Encryption, role topology.Role, change func(*Args)) Args {
	plan := topology.Plan{Name: "k", Namespace: "n", Encryption: encryption, Authentication: topology.MutualTLS}.Separated(topology.Pool{}, topology.Pool{})
	a := Args{Plan: plan, LogDir: "/data/log", Replication: 3, MinInSync: 2}
	a.Pool = plan.Pools[slices.IndexFunc(plan.Pools, func(p topology.Pool) bool { return p.Has(role) })]
	if change != nil {
		change(&a)
	}
	return a
}

// How nodes find each other at every step; brokers name one listener of the controllers'.
func TestListenersOfEveryStep(t *testing.T) {
	for encryption, want := range map[topology.Encryption]struct{ controller, broker, controllers, quorum, interBroker, protocols string }{
		topology.None: {
			"CONTROLLER://:9093", "PLAINTEXT://:9092",
			"CONTROLLER", "CONTROLLER", "PLAINTEXT", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
		},
		topology.Offered: {
			"CONTROLLER://:9093,QUORUM://:9090", "PLAINTEXT://:9092,REPLICATION://:9091,CLIENTS://:9095",
			"CONTROLLER,QUORUM", "CONTROLLER", "PLAINTEXT", "PLAINTEXT:PLAINTEXT,REPLICATION:SSL,CLIENTS:SSL,CONTROLLER:PLAINTEXT,QUORUM:SSL",
		},
		topology.Preferred: {
			"QUORUM://:9090,CONTROLLER://:9093", "REPLICATION://:9091,PLAINTEXT://:9092,CLIENTS://:9095",
			"QUORUM,CONTROLLER", "QUORUM", "REPLICATION", "REPLICATION:SSL,PLAINTEXT:PLAINTEXT,CLIENTS:SSL,QUORUM:SSL,CONTROLLER:PLAINTEXT",
		},
		topology.Required: {
			"QUORUM://:9090", "REPLICATION://:9091,CLIENTS://:9095",
			"QUORUM", "QUORUM", "REPLICATION", "REPLICATION:SSL,CLIENTS:SSL,QUORUM:SSL",
		},
	} {
		t.Run(string(encryption), func(t *testing.T) {
			controller := parse(t, Write(securedArgs(encryption, topology.Controller, nil)))
			broker := parse(t, Write(securedArgs(encryption, topology.Broker, nil)))
			assert.Equal(t, want.controller, controller["listeners"])
			assert.Equal(t, want.broker, broker["listeners"])
			assert.Equal(t, want.controllers, controller["controller.listener.names"])
			assert.Equal(t, want.quorum, broker["controller.listener.names"])
			assert.Equal(t, want.interBroker, broker["inter.broker.listener.name"])
			assert.Equal(t, want.protocols, broker["listener.security.protocol.map"])
			assert.Equal(t, want.protocols, controller["listener.security.protocol.map"])
			port := ":9093"
			if want.quorum == "QUORUM" {
				port = ":9090"
			}
			assert.True(t, strings.HasSuffix(broker["controller.quorum.bootstrap.servers"], port))
		})
	}
}

// Without TLS there is no line of it, and with it every line names a file.
func TestCertificatesAreFiles(t *testing.T) {
	for name, p := range map[string]map[string]string{
		"none":     parse(t, Write(securedArgs(topology.None, topology.Broker, nil))),
		"unspoken": parse(t, Write(securedArgs("", topology.Controller, nil))),
	} {
		for key := range p {
			assert.NotContains(t, key, "ssl", name)
		}
	}
	p := parse(t, Write(securedArgs(topology.Required, topology.Broker, nil)))
	for key, want := range map[string]string{
		"ssl.keystore.type": "PEM", "ssl.keystore.location": "/run/kafka/node.pem",
		"ssl.truststore.type": "PEM", "ssl.truststore.location": "/run/kafka/trust.pem",
		"ssl.allow.san.changes": "true", "ssl.principal.mapping.rules": `RULE:^CN=(.*?)(,.*)?$/$1/,DEFAULT`,
		"listener.name.replication.ssl.client.auth": "required", "listener.name.clients.ssl.client.auth": "required",
	} {
		assert.Equal(t, want, p[key], key)
	}
	assert.NotContains(t, p, "listener.name.quorum.ssl.client.auth", "a broker has no such listener")
	assert.Equal(t, "required", parse(t, Write(securedArgs(topology.Required, topology.Controller, nil)))["listener.name.quorum.ssl.client.auth"])
	anonymous := func(a *Args) {
		a.Plan.Listeners, a.Plan.Authentication = nil, topology.Anonymous
		a.Plan = a.Plan.Complete()
	}
	p = parse(t, Write(securedArgs(topology.Required, topology.Broker, anonymous)))
	assert.Equal(t, "none", p["listener.name.clients.ssl.client.auth"])
	assert.Equal(t, "required", p["listener.name.replication.ssl.client.auth"], "nodes always show theirs")
}

// Users' passwords are in Kafka: what brokers need to ask for one is no secret.
func TestPasswordsAreAskedFor(t *testing.T) {
	passwords := func(a *Args) {
		a.Plan.Listeners, a.Plan.SCRAM = nil, true
		a.Plan = a.Plan.Complete()
	}
	p := parse(t, Write(securedArgs(topology.Offered, topology.Broker, passwords)))
	assert.Equal(t, "PLAINTEXT://:9092,REPLICATION://:9091,CLIENTS://:9095,SCRAM://:9097", p["listeners"])
	assert.Equal(t, "PLAINTEXT:PLAINTEXT,REPLICATION:SSL,CLIENTS:SSL,SCRAM:SASL_SSL,CONTROLLER:PLAINTEXT,QUORUM:SSL", p["listener.security.protocol.map"])
	for key, want := range map[string]string{
		"listener.name.scram.sasl.enabled.mechanisms":        "SCRAM-SHA-512",
		"listener.name.scram.scram-sha-512.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
		"listener.name.scram.ssl.client.auth":                "none",
		"listener.name.clients.ssl.client.auth":              "required",
	} {
		assert.Equal(t, want, p[key], key)
	}
	before := parse(t, Write(securedArgs(topology.Offered, topology.Broker, nil)))
	for key, value := range before {
		if key != "listeners" && key != "advertised.listeners" && key != "listener.security.protocol.map" {
			assert.Equal(t, value, p[key], "%s is as it was without passwords", key)
		}
	}
	assert.Len(t, p, len(before)+3)
	for key := range parse(t, Write(securedArgs(topology.Offered, topology.Controller, passwords))) {
		assert.NotContains(t, key, "sasl", "a controller has no such listener")
	}
}

func TestAuthorization(t *testing.T) {
	for authorization, want := range map[topology.Authorization]map[string]string{
		"": {}, topology.Open: {},
		topology.Warn: {
			"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
			"super.users":           "User:kafka-node;User:kafka-admin;User:alice", "allow.everyone.if.no.acl.found": "true",
		},
		topology.Closed: {
			"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
			"super.users":           "User:kafka-node;User:kafka-admin;User:alice",
		},
	} {
		for _, role := range []topology.Role{topology.Broker, topology.Controller} {
			p := parse(t, Write(securedArgs(topology.Required, role, func(a *Args) {
				a.Authorization, a.SuperUsers = authorization, []string{"User:alice"}
			})))
			for _, key := range []string{"authorizer.class.name", "super.users", "allow.everyone.if.no.acl.found"} {
				assert.Equal(t, want[key], p[key], "%s of a %s that is %s", key, role, authorization)
			}
		}
	}
}

// What we write is refused by hand, and what was free without certificates stays so.
func TestSecuredPropertiesAreOurs(t *testing.T) {
	all := securedArgs(topology.Required, topology.Broker, func(a *Args) {
		a.Authorization = topology.Warn
		a.Plan.Listeners, a.Plan.SCRAM = nil, true
		a.Plan = a.Plan.Complete()
	})
	for key, value := range securityProperties(all) {
		assert.Len(t, CheckSecured(map[string]string{key: value}), 1, key)
		assert.Empty(t, Check(map[string]string{key: "x"}), key)
	}
	problems := CheckSecured(map[string]string{
		"ssl.protocol": "TLSv1.3", "listener.name.clients.ssl.keystore.key": "x",
		"listener.name.own.sasl.enabled.mechanisms": "PLAIN", "listener.name.scram.connections.max.reauth.ms": "60000",
	})
	assert.Len(t, problems, 1)
	assert.Equal(t, "listener.name.clients.ssl.keystore.key", problems[0].Name)
}
