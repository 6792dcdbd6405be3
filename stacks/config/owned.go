package config

import "github.com/kafka-kraft/kafka-kraft/components/kafka/properties"

// instead says, for every property that a key or the topology decides, what to use
// instead of the property.
var instead = map[string]string{
	"process.roles":                       "follows from kafka-kraft:topology",
	"node.id":                             "follows from kafka-kraft:brokerIds and controllerIds",
	"broker.id":                           "follows from kafka-kraft:brokerIds",
	"broker.id.generation.enable":         "node ids follow from kafka-kraft:brokerIds",
	"cluster.id":                          "use kafka-kraft:clusterId",
	"controller.quorum.bootstrap.servers": "follows from the topology",
	"controller.quorum.voters":            "would make the quorum static; the voters of a dynamic quorum follow from the topology",
	"controller.quorum.auto.join.enable":  "is always on",
	"controller.listener.names":           "listeners follow from the topology",
	"listeners":                           "listeners follow from the topology; use kafka-kraft:external for clients outside",
	"advertised.listeners":                "follows from the pods' names; use kafka-kraft:external for clients outside",
	"host.name":                           "follows from the pods' names",
	"advertised.host.name":                "follows from the pods' names",
	"listener.security.protocol.map":      "listeners follow from the topology",
	"inter.broker.listener.name":          "listeners follow from the topology",
	"security.inter.broker.protocol":      "listeners follow from the topology",
	"control.plane.listener.name":         "is not for KRaft; listeners follow from the topology",
	"log.dir":                             "use kafka-kraft:storage",
	"log.dirs":                            "use kafka-kraft:storage",
	"metadata.log.dir":                    "use kafka-kraft:storage",
	"default.replication.factor":          "use kafka-kraft:replicationFactor",
	"min.insync.replicas":                 "use kafka-kraft:minInSyncReplicas",

	"offsets.topic.replication.factor":                 "use kafka-kraft:replicationFactor",
	"transaction.state.log.replication.factor":         "use kafka-kraft:replicationFactor",
	"share.coordinator.state.topic.replication.factor": "use kafka-kraft:replicationFactor",
	"transaction.state.log.min.isr":                    "use kafka-kraft:minInSyncReplicas",
	"share.coordinator.state.topic.min.isr":            "use kafka-kraft:minInSyncReplicas",
}

// reason is why a property must not be set, in the words of the configuration.
func reason(p properties.Problem) string {
	if p.Owned {
		return "is set by this program: " + instead[p.Name]
	}
	return p.Reason
}
