package config

import (
	"github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Config is all that a stack can say. The JSON names are the configuration keys;
// Pulumi.yaml describes the same keys for people, and a test keeps the two equal.
//
// Quantities are Kubernetes quantities ("512Mi", "250m"), durations are Go
// durations ("10m"). Where 0 or "" means "derived", the comment says from what.
type Config struct {
	// Context names the context of the kubeconfig (KUBECONFIG, or ~/.kube/config)
	// to work in. Required: a current context changes behind one's back.
	Context string `json:"context"`
	// Topology is combined (every pod is broker and controller) or separated.
	Topology topology.Mode `json:"topology"`
	// ClusterName is the prefix of all Kubernetes names; a DNS label.
	ClusterName string `json:"clusterName"`
	// KubeNamespace is the Kubernetes namespace of everything but the volume.
	KubeNamespace string `json:"namespace"`
	// CreateNamespace makes the namespace with the stack; false uses an existing one.
	CreateNamespace bool `json:"createNamespace"`
	// ClusterDomain is the Kubernetes cluster's DNS domain.
	ClusterDomain string `json:"clusterDomain"`
	// ClusterID adopts an existing Kafka cluster id (22 characters, as written in
	// meta.properties). Empty: made once by Pulumi and kept.
	ClusterID string `json:"clusterId"`
	// Stopped runs no pod and keeps everything else, records included.
	Stopped bool `json:"stopped"`

	// Brokers is how many pods serve clients.
	Brokers int `json:"brokers"`
	// Controllers is how many vote in the quorum, an odd number. 0: as many as
	// brokers when combined, 3 when separated.
	Controllers int `json:"controllers"`
	// BrokerIDs is the node id of the first broker (or combined node).
	BrokerIDs int `json:"brokerIds"`
	// ControllerIDs is the node id of the first controller of a separated cluster.
	ControllerIDs int `json:"controllerIds"`

	// KafkaVersion is what the image holds: one of those that are built here
	// (image.KafkaVersions), or any other one in a ready image.
	KafkaVersion string `json:"kafkaVersion"`
	// Image is a ready reference to run; nothing is built then. Empty: build.
	Image string `json:"image"`
	// ImageContext is the folder to build from, relative to Pulumi.yaml. Empty:
	// the context that this program carries within itself.
	ImageContext string `json:"imageContext"`
	// ImageBase is the Debian image to build on, by digest. Empty: the
	// Dockerfile's own, debian:trixie-slim as the docker engine has it.
	ImageBase string `json:"imageBase"`
	// ImageRegistry is where to push to, such as localhost:5050 or ghcr.io/me.
	// Empty: the image stays in the docker engine (Minikube's, for example).
	ImageRegistry string `json:"imageRegistry"`
	// ImagePullPolicy is Kubernetes' pull policy: Always, IfNotPresent or Never.
	ImagePullPolicy string `json:"imagePullPolicy"`

	// ImagePullSecrets are the names of existing secrets in the namespace with which the
	// kubelet asks a private registry.
	ImagePullSecrets []string `json:"imagePullSecrets"`

	// ReplicationFactor of new topics and Kafka's own. 0: brokers, at most 3.
	ReplicationFactor int `json:"replicationFactor"`
	// MinInSyncReplicas for acks=all to succeed. 0: one less than the
	// replication factor, at least 1.
	MinInSyncReplicas int `json:"minInSyncReplicas"`

	// Storage says where records live.
	Storage Storage `json:"storage"`
	// Broker sizes the brokers, and all nodes of a combined cluster.
	Broker Node `json:"broker"`
	// Controller sizes the controllers of a separated cluster.
	Controller Node `json:"controller"`
	// External opens the cluster to clients outside Kubernetes.
	External External `json:"external"`
	// Scheduling places pods on nodes.
	Scheduling Scheduling `json:"scheduling"`
	// Probes times what Kubernetes asks of the agent.
	Probes Probes `json:"probes"`

	// Metrics starts the Prometheus exporter on port 9187 of every pod.
	Metrics bool `json:"metrics"`
	// PodMonitor makes a PodMonitor, for which the Prometheus operator's CRDs
	// must be installed.
	PodMonitor bool `json:"podMonitor"`
	// NetworkPolicy keeps ports 9093 and 5001 to the cluster's own pods.
	NetworkPolicy bool `json:"networkPolicy"`

	// RetainData keeps the claims of a perPod cluster when the stack is destroyed;
	// their namespace stays in any case. The shared volume's records are never deleted.
	RetainData bool `json:"retainData"`
	// Protect makes Pulumi refuse to delete cluster id, directory ids and claims.
	Protect bool `json:"protect"`

	// Timeout is how long one resource may take to become ready.
	Timeout string `json:"timeout"`
	// TerminationGraceSeconds is how long a pod may take to stop before it is killed.
	TerminationGraceSeconds int `json:"terminationGraceSeconds"`
	// StopGateSeconds is how much of that the agent may spend waiting for the
	// other replicas before it lets Kafka stop.
	StopGateSeconds int `json:"stopGateSeconds"`

	// AcceptLoss names what is given up on purpose after volumes were lost: pods whose
	// records have no other copy, or the word quorum, for all topics, offsets and users.
	AcceptLoss []string `json:"acceptLoss"`

	// RollDegraded lets a roll of pods begin although the cluster is degraded: a
	// broker is out of service, or partitions are not in sync.
	RollDegraded bool `json:"rollDegraded"`

	// Waive are ids of rules (package policy/rule) that shall not stop a change.
	Waive []string `json:"waive"`
}

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
	Mode StorageMode `json:"mode"`
	// HostPath is the node's directory of the shared volume, absolute.
	HostPath string `json:"hostPath"`
	// Node is the Kubernetes node that has the directory; all pods run there. Empty:
	// the only node there is.
	Node string `json:"node"`
	// VolumeName is the shared PersistentVolume's name, which is unique in the
	// Kubernetes cluster. Empty: {clusterName}-pv-volume.
	VolumeName string `json:"volumeName"`
	// ClassName is the StorageClass of claims. Empty: the default one.
	ClassName string `json:"className"`
	// Size of the shared volume, or of each broker's claim.
	Size Quantity `json:"size"`
	// ControllerSize is the size of each claim of separated controllers.
	ControllerSize Quantity `json:"controllerSize"`
	// MetadataSize gives the metadata log of combined nodes a claim of its own.
	// Empty: it shares the node's claim. Only with perPod.
	MetadataSize Quantity `json:"metadataSize"`
}

// Node is the object under kafka-kraft:broker and kafka-kraft:controller.
type Node struct {
	// Heap is the JVM's heap, both least and most.
	Heap          Quantity `json:"heap"`
	CPURequest    Quantity `json:"cpuRequest"`
	CPULimit      Quantity `json:"cpuLimit"` // empty: as much as the node has
	MemoryRequest Quantity `json:"memoryRequest"`
	MemoryLimit   Quantity `json:"memoryLimit"`
	// EphemeralStorage limits what a pod writes outside its volume (/tmp, logs).
	EphemeralStorage Quantity `json:"ephemeralStorage"`
	// JVMOptions are further flags for the JVM, separated by spaces.
	JVMOptions string `json:"jvmOptions"`
	// Properties are further lines of server.properties. Those that this program
	// sets itself are refused.
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
	Type ExternalType `json:"type"`
	// Host is the name or address of a Kubernetes node as clients see it.
	Host string `json:"host"`
	// BasePort is the bootstrap NodePort, in Kubernetes' range 30000-32767.
	BasePort int `json:"basePort"`
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
	AntiAffinity AntiAffinity `json:"antiAffinity"`
	// SpreadKey is the node label over whose values pods are spread evenly.
	// Empty: no spreading.
	SpreadKey    string            `json:"spreadKey"`
	NodeSelector map[string]string `json:"nodeSelector"`
	Tolerations  []Toleration      `json:"tolerations"`
	// PriorityClass is the name of an existing PriorityClass. Empty: none.
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
	// StartupSeconds is how long a start may take before Kubernetes begins it
	// anew. A log recovery that is cut off begins from nothing, so by default it
	// has a day; a JVM that hangs is the agent's to end.
	StartupSeconds int `json:"startupSeconds"`
	// PeriodSeconds is how often liveness and readiness are asked.
	PeriodSeconds int `json:"periodSeconds"`
	// LivenessSeconds is how long liveness may fail before a restart.
	LivenessSeconds int `json:"livenessSeconds"`
	// TimeoutSeconds is how long one answer may take.
	TimeoutSeconds int `json:"timeoutSeconds"`
}

// Default is a stack that says nothing but its context: the tutorial.
func Default() Config {
	return Config{
		Topology:        topology.Combined,
		ClusterName:     "kafka",
		KubeNamespace:   "kafka-kraft",
		CreateNamespace: true,
		ClusterDomain:   "cluster.local",
		Brokers:         3,
		BrokerIDs:       0,
		ControllerIDs:   topology.PoolIDs,
		KafkaVersion:    image.KafkaVersion,
		ImageContext:    "",
		ImagePullPolicy: "IfNotPresent",
		Storage: Storage{
			Mode:           Shared,
			HostPath:       "/mnt/data",
			Size:           topology.BrokerVolume,
			ControllerSize: topology.ControllerVolume,
		},
		Broker:     sized(topology.BrokerSize()),
		Controller: sized(topology.ControllerSize()),
		External:   External{Type: NoExternal},
		Scheduling: Scheduling{
			AntiAffinity: SoftAntiAffinity,
			SpreadKey:    topology.ZoneKey,
		},
		Probes: Probes{
			StartupSeconds:  86400,
			PeriodSeconds:   5,
			LivenessSeconds: 60,
			TimeoutSeconds:  3,
		},
		Metrics:                 true,
		NetworkPolicy:           true,
		RetainData:              true,
		Timeout:                 "10m",
		TerminationGraceSeconds: 720,
		StopGateSeconds:         600,
	}
}

func sized(s topology.Size) Node {
	return Node{
		Heap:             Quantity(s.Heap),
		CPURequest:       Quantity(s.CPURequest),
		CPULimit:         Quantity(s.CPULimit),
		MemoryRequest:    Quantity(s.MemoryRequest),
		MemoryLimit:      Quantity(s.MemoryLimit),
		EphemeralStorage: Quantity(s.EphemeralStorage),
	}
}

// Voters is the number of controllers, derived where the config leaves it open.
func (c Config) Voters() int {
	switch {
	case c.Topology == topology.Combined:
		return c.Brokers
	case c.Controllers == 0:
		return 3
	default:
		return c.Controllers
	}
}

// Replication is the replication factor of new topics, derived where left open.
func (c Config) Replication() int {
	if c.ReplicationFactor != 0 {
		return c.ReplicationFactor
	}
	return topology.Replication(c.Brokers)
}

// MinInSync is min.insync.replicas, derived where left open.
func (c Config) MinInSync() int {
	if c.MinInSyncReplicas != 0 {
		return c.MinInSyncReplicas
	}
	return topology.MinInSync(c.Replication())
}
