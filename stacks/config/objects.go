package config

import (
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/placement"
)

// StorageMode is where records live.
type StorageMode string

const (
	// Shared is one hostPath volume for all pods, which therefore all run on one
	// Kubernetes node, each in a directory of its own: the tutorial's layout.
	Shared StorageMode = "shared"
	// PerPod is a claim for every pod.
	PerPod StorageMode = "perPod"
)

// Storage is the object under kafka-kraft:storage.
type Storage struct {
	// shared (one hostPath volume for all pods, which all run on its node) or perPod (a
	// claim for every pod). Cannot be changed on a live cluster.
	Mode StorageMode `json:"mode"`
	// The node's directory of the shared volume, absolute. Cannot be changed on a live
	// cluster.
	HostPath string `json:"hostPath"`
	// The node that has the directory, where all pods run. Empty takes the only one there
	// is. Once said, it cannot be changed on a live cluster.
	Node string `json:"node"`
	// Name of the shared volume, one of its own in all the Kubernetes cluster. Empty is
	// {clusterName}-pv-volume. Cannot be changed on a live cluster.
	VolumeName string `json:"volumeName"`
	// StorageClass of claims. Empty is the default one. Cannot be changed on a live cluster.
	// Volumes can grow if it has allowVolumeExpansion.
	ClassName string `json:"className"`
	// Size of the shared volume, which cannot be changed on a live cluster, or of a broker's
	// claim, which can become larger, never smaller.
	Size Quantity `json:"size"`
	// Size of a separated controller's claim. On a live cluster it can become larger, never
	// smaller.
	ControllerSize Quantity `json:"controllerSize"`
	// Size of a claim of its own for the metadata log of combined nodes, with perPod. Empty
	// leaves it in the node's claim, and whether there is one cannot be changed on a live
	// cluster; it can become larger, never smaller.
	MetadataSize Quantity `json:"metadataSize"`
}

// Node is the object under kafka-kraft:broker and kafka-kraft:controller.
type Node struct {
	// Heap of the JVM, both least and most; it leaves a quarter and at least 320Mi of the
	// memoryLimit.
	Heap Quantity `json:"heap"`
	// Processors that a pod asks for.
	CPURequest Quantity `json:"cpuRequest"`
	// Processors that a pod gets at most. Empty is as many as the node has.
	CPULimit Quantity `json:"cpuLimit"`
	// Memory that a pod asks for.
	MemoryRequest Quantity `json:"memoryRequest"`
	// Memory that a pod gets at most.
	MemoryLimit Quantity `json:"memoryLimit"`
	// Limit of what a pod writes outside its volume: /tmp and logs.
	EphemeralStorage Quantity `json:"ephemeralStorage"`
	// Further flags of the JVM, separated by spaces.
	JVMOptions string `json:"jvmOptions"`
	// Further lines of server.properties. Those that this program sets itself are refused.
	Properties map[string]string `json:"properties"`
}

// ExternalType is how clients outside reach the brokers.
type ExternalType string

const (
	// NoExternal keeps clients inside.
	NoExternal ExternalType = "none"
	// NodePort opens BasePort for a start and BasePort+1+n for broker n.
	NodePort ExternalType = "nodePort"
)

// External is the object under kafka-kraft:external.
type External struct {
	// none (clients stay inside) or nodePort.
	Type ExternalType `json:"type"`
	// A node's name or address as clients outside see it. Needed with nodePort.
	Host string `json:"host"`
	// NodePort to start from, behind which each broker has its own; 30000 to 32767. Needed
	// with nodePort.
	BasePort int `json:"basePort"`
}

// Moves is the object under kafka-kraft:moves.
type Moves struct {
	// What moves when brokers come: none (nothing, so that only new topics use them), new
	// (each gets its share) or full (all is evened out).
	Rebalance placement.Rebalance `json:"rebalance"`
	// Bytes a second that a broker may send, and take, for replicas that move: 50Mi. Empty is
	// as fast as it goes.
	Throttle Quantity `json:"throttle"`
	// Partitions that move at a time.
	Concurrency int `json:"concurrency" allowed:"1 to 1000"`
}

// Restart is the object under kafka-kraft:restart.
type Restart struct {
	// Any text, such as a time: another one restarts all brokers, or combined nodes, one at a
	// time. Pods show it in an annotation. `kafka-kraft restart` sets it.
	Brokers string `json:"brokers"`
	// The same for the controllers of a separated cluster, which restart before the brokers.
	Controllers string `json:"controllers"`
}

// Topic is an object under kafka-kraft:topics.
type Topic struct {
	// How many partitions. There can be more of them later, never less. 0 is the cluster's
	// num.partitions.
	Partitions int `json:"partitions" allowed:"0 to 100000"`
	// Replicas of each partition. 0 is the cluster's. Of a topic that is there it is not changed.
	ReplicationFactor int `json:"replicationFactor"`
	// Configuration of the topic, such as retention.ms. What is not said is let alone; what is
	// no longer said gets its default again.
	Configs map[string]string `json:"configs"`
	// Refuse to delete the topic, which would delete its records.
	DeletionProtection bool `json:"deletionProtection"`
	// Take over a topic of this name that somebody else has made, and change it to be like
	// this. One that is like this already is taken over without.
	Adopt bool `json:"adopt"`
}

// DefaultTopic is a topic that says nothing but its name.
func DefaultTopic() Topic { return Topic{DeletionProtection: true} }

// Quota is an object under kafka-kraft:quotas.
type Quota struct {
	// User that it limits, or `<default>` for all without a quota of their own.
	User string `json:"user"`
	// Client id that it limits, or `<default>`. With a user, that user's clients of this id.
	ClientID string `json:"clientId"`
	// Bytes a second that may be produced: 10Mi. Empty is no limit.
	ProducerByteRate Quantity `json:"producerByteRate"`
	// Bytes a second that may be fetched. Empty is no limit.
	ConsumerByteRate Quantity `json:"consumerByteRate"`
	// Share of the time of one of a broker's threads that handle requests, in percent; with
	// several threads it may be more than 100. 0 is no limit.
	RequestPercentage float64 `json:"requestPercentage"`
	// Partitions a second that may be made or deleted. 0 is no limit.
	ControllerMutationRate float64 `json:"controllerMutationRate"`
	// Take over limits that somebody else has set, and change them to be like this.
	Adopt bool `json:"adopt"`
}

// User is an object under kafka-kraft:users.
type User struct {
	// scram (a password, at port 9097) or mtls (a certificate, at 9095); security.authentication
	// must have it, too.
	Authentication string `json:"authentication"`
	// Existing Secret in the namespace whose key password is the user's. Empty makes a password.
	PasswordSecret string `json:"passwordSecret"`
	// Any text, such as a date: another one makes another password, which takes the place of the
	// former one at once.
	RenewPassword string `json:"renewPassword"`
	// Topics that it may write. Here and below, orders-* are all that begin so, and * is all.
	Produce []string `json:"produce"`
	// What it may read.
	Consume Consume `json:"consume"`
	// Transactional ids under which it may write.
	Transactional []string `json:"transactional"`
	// Application id of a Kafka Streams application, whose topics, group and transactions begin
	// with it.
	Streams string `json:"streams"`
	// List of what else it may do: resource (topic, group, transactionalId or cluster), name,
	// operations (such as [Read, Describe] or [All]); host and deny: true, if need be.
	ACLs []ACL `json:"acls"`
	// What it may ask of each broker.
	Quotas UserQuotas `json:"quotas"`
	// Take over a user of this name that somebody else has made, and change it to be like this.
	Adopt bool `json:"adopt"`
}

// Consume is the object under consume of a user.
type Consume struct {
	// Topics that it may read.
	Topics []string `json:"topics"`
	// Group as which it may read them. Empty is none, and no offsets can be committed.
	Group string `json:"group"`
}

// ACL is one of a user's.
type ACL struct {
	Resource   string   `json:"resource"`
	Name       string   `json:"name"` // the cluster needs none
	Operations []string `json:"operations"`
	Host       string   `json:"host"` // empty: wherever it comes from
	Deny       bool     `json:"deny"` // forbids it, whatever else allows it
}

// UserQuotas is the object under quotas of a user.
type UserQuotas struct {
	// Bytes a second that may be produced: 10Mi. Empty is no limit.
	ProducerByteRate Quantity `json:"producerByteRate"`
	// Bytes a second that may be fetched. Empty is no limit.
	ConsumerByteRate Quantity `json:"consumerByteRate"`
	// Share of the time of one of a broker's threads that handle requests, in percent. 0 is no
	// limit.
	RequestPercentage float64 `json:"requestPercentage"`
	// Partitions a second that may be made or deleted. 0 is no limit.
	ControllerMutationRate float64 `json:"controllerMutationRate"`
}

// AntiAffinity is how strongly the pods of a pool avoid each other's node.
type AntiAffinity string

// How strongly, from not at all to at any price.
const (
	NoAntiAffinity   AntiAffinity = "none" // anywhere
	SoftAntiAffinity AntiAffinity = "soft" // if there are nodes enough
	HardAntiAffinity AntiAffinity = "hard" // rather pending than together
)

// Scheduling is the object under kafka-kraft:scheduling.
type Scheduling struct {
	// Keep a pool's pods on different nodes: none (not at all), soft (if there are enough)
	// or hard (rather pending than together).
	AntiAffinity AntiAffinity `json:"antiAffinity"`
	// Node label over whose values pods are spread evenly. Empty spreads over none.
	SpreadKey string `json:"spreadKey"`
	// Labels that a node must have.
	NodeSelector map[string]string `json:"nodeSelector"`
	// List of key, operator, value, effect, as Kubernetes has them.
	Tolerations []Toleration `json:"tolerations"`
	// Name of an existing PriorityClass. Empty is none.
	PriorityClass string `json:"priorityClass"`
}

// Toleration is a Kubernetes toleration.
type Toleration struct {
	Key      string `json:"key"`
	Operator string `json:"operator"` // Exists or Equal (default)
	Value    string `json:"value"`
	Effect   string `json:"effect"` // empty: all effects
}

// Probes is the object under kafka-kraft:probes. All are seconds.
type Probes struct {
	// Seconds that a start with log recovery may take before Kubernetes begins it anew.
	//
	// A log recovery that is cut off begins from nothing, so by default it has a day; a JVM
	// that hangs is the agent's to end.
	StartupSeconds int `json:"startupSeconds" allowed:"10 to 86400"`
	// Seconds between two questions.
	PeriodSeconds int `json:"periodSeconds" allowed:"1 to 300"`
	// Seconds of failure before a restart; at least periodSeconds.
	LivenessSeconds int `json:"livenessSeconds" allowed:"1 to 86400"`
	// Seconds that one answer may take.
	TimeoutSeconds int `json:"timeoutSeconds" allowed:"1 to 60"`
}

// LogFormat is the form of a line of a node's log.
type LogFormat string

// Forms.
const (
	TextLogs LogFormat = contract.LogText
	JSONLogs LogFormat = contract.LogJSON
)

// Logging is the object under kafka-kraft:logging.
type Logging struct {
	// text (as Kafka writes it) or json (an object of time, level, logger, message and exception
	// in each line), of Kafka and of the agent. A change rolls the pods.
	Format LogFormat `json:"format"`
}

// Monitoring is the object under kafka-kraft:monitoring.
type Monitoring struct {
	// Make a PodMonitor, by which every pod is scraped; the Prometheus operator's CRDs must be
	// there.
	PodMonitor bool `json:"podMonitor"`
	// Make a PrometheusRule with alerts; the Prometheus operator's CRDs must be there.
	Rules bool `json:"rules"`
	// Make a ConfigMap with dashboards, which the sidecar of Grafana's Helm chart finds.
	Dashboards bool `json:"dashboards"`
	// Further labels of PodMonitor and PrometheusRule, by which an operator may select them:
	// {release: prometheus}.
	Labels map[string]string `json:"labels"`
	// Further labels of the dashboards' ConfigMap, or another value of grafana_dashboard, which
	// is "1".
	DashboardLabels map[string]string `json:"dashboardLabels"`
}
