package config

import "github.com/kafka-kraft/kafka-kraft/topology"

// Config is all that a stack can say. The JSON names are the configuration keys, Default
// has their defaults, and the first paragraph of a field's comment is what people read
// about it: `make docs` writes the schema in Pulumi.yaml and the table in README from
// them, with the tag allowed, and a test holds both. A second paragraph is for those who
// read the program.
type Config struct {
	// Context of the kubeconfig (KUBECONFIG, or ~/.kube/config) to work in. Required, since
	// a current context changes behind one's back.
	Context string `json:"context"`
	// combined (every pod is broker and controller) or separated (a pool of controllers and
	// one of brokers). Cannot be changed on a live cluster.
	Topology topology.Mode `json:"topology"`
	// Prefix of all names in Kubernetes; a DNS label. Cannot be changed on a live cluster.
	ClusterName string `json:"clusterName"`
	// Kubernetes namespace of everything but the shared volume. Cannot be changed on a live
	// cluster.
	KubeNamespace string `json:"namespace"`
	// Make the namespace with the stack; false uses an existing one. Cannot be changed on a
	// live cluster.
	CreateNamespace bool `json:"createNamespace"`
	// DNS domain of the Kubernetes cluster. Cannot be changed on a live cluster.
	ClusterDomain string `json:"clusterDomain"`
	// Existing Kafka cluster id to adopt, the 22 characters after cluster.id= in
	// meta.properties. Empty makes one, once.
	ClusterID string `json:"clusterId"`
	// Run no pod and keep everything else, records included.
	Stopped bool `json:"stopped"`

	// Pods that serve clients, 1 to 100; when combined an odd number up to 9. A live cluster may
	// get more of them, or less, and those that go are emptied first; combined, less than twice
	// as many as it began with, and as few as those again: 3, then 5, then 3.
	Brokers int `json:"brokers"`
	// Voters of the quorum, an odd number up to 9. 0 is as many as brokers when combined, 3
	// when separated. A live cluster may get more of them, less than twice as many as it began
	// with, and as few as those again: 3, then 5, then 3.
	Controllers int `json:"controllers"`
	// Node id of the first broker or combined node. Every pool keeps 1000 ids to itself.
	// Cannot be changed on a live cluster.
	BrokerIDs int `json:"brokerIds"`
	// Node id of the first controller of a separated cluster. Cannot be changed on a live
	// cluster.
	ControllerIDs int `json:"controllerIds"`

	// Which Kafka to build, 4.4.0 or 4.3.1; of a ready image, the version that it holds.
	KafkaVersion string `json:"kafkaVersion"`
	// Release of Kafka whose metadata.version is finalised, such as "4.4", when every node runs
	// it. From then on no older Kafka reads the metadata, so there is no way back. hold asks
	// for nothing: a live cluster stays at what it has.
	Features string `json:"features"`
	// Ready image to run, best by digest. Empty builds one.
	Image string `json:"image"`
	// Folder to build from, below Pulumi.yaml. Empty builds from the context inside the
	// program.
	ImageContext string `json:"imageContext"`
	// Debian 13 image to build on, by digest (debian@sha256:…). Empty takes
	// debian:trixie-slim as the docker engine has it.
	ImageBase string `json:"imageBase"`
	// Registry to push to, such as localhost:5050 or ghcr.io/me. Empty leaves the image in
	// the docker engine, as Minikube's docker-env wants it.
	ImageRegistry string `json:"imageRegistry"`
	// Always, IfNotPresent or Never.
	ImagePullPolicy string `json:"imagePullPolicy"`
	// Names of existing secrets in the namespace, with which a private registry is asked.
	ImagePullSecrets []string `json:"imagePullSecrets"`

	// Replicas of new topics and of Kafka's own. 0 is the number of brokers, at most 3.
	ReplicationFactor int `json:"replicationFactor"`
	// Replicas that must have a record before acks=all succeeds. 0 is one less than the
	// replication factor, at least 1.
	MinInSyncReplicas int `json:"minInSyncReplicas"`

	// Where records live.
	Storage Storage `json:"storage"`
	// Size of a broker or combined node.
	Broker Node `json:"broker"`
	// Size of a separated controller.
	Controller Node `json:"controller"`
	// Clients outside Kubernetes.
	External External `json:"external"`
	// Who may connect, and how. A live cluster goes from plaintext to TLS in three ups.
	Security Security `json:"security"`
	// How replicas move when brokers come and go.
	Moves Moves `json:"moves"`
	// Topics that the stack makes and looks after, by name. Others are let alone. They are made
	// when the cluster is ready; one that is left out here is deleted, unless it is protected.
	Topics map[string]Topic `json:"topics"`
	// Limits of what clients may ask of each broker, by any name.
	Quotas map[string]Quota `json:"quotas"`
	// Applications that come in with a name: who they are, what they may do and how much of it.
	// Each gets a Secret, {clusterName}-user-{name}. ACLs need security.authorization.
	Users map[string]User `json:"users"`
	// Where pods run.
	Scheduling Scheduling `json:"scheduling"`
	// What Kubernetes asks of the agent, in seconds.
	Probes Probes `json:"probes"`

	// Prometheus exporter on port 9187 of every pod, and the agent's own, with the lag of
	// consumer groups, on port 9188.
	Metrics bool `json:"metrics"`
	// Make a PodMonitor; the Prometheus operator's CRDs must be there. The same as
	// monitoring.podMonitor.
	PodMonitor bool `json:"podMonitor"`
	// What Prometheus and Grafana are given in the cluster.
	Monitoring Monitoring `json:"monitoring"`
	// How nodes log.
	Logging Logging `json:"logging"`
	// Keep the ports of Raft (9093) and of the agent (5001) to the cluster's own pods.
	NetworkPolicy bool `json:"networkPolicy"`

	// Keep claims per pod when the stack is destroyed; their namespace stays. The next up finds
	// them again. Records on a shared volume are always kept.
	RetainData bool `json:"retainData"`
	// Let Pulumi refuse to delete cluster id, directory ids, claims and the shared volume.
	Protect bool `json:"protect"`

	// How long a node pool may take to become ready.
	Timeout Duration `json:"timeout" allowed:"10s to 24h"`
	// Seconds that a pod may take to stop before it is killed.
	TerminationGraceSeconds int `json:"terminationGraceSeconds" allowed:"30 to 86400"`
	// Seconds of terminationGraceSeconds that the agent may wait for other replicas before
	// Kafka stops, to which 30 have to be left.
	StopGateSeconds int `json:"stopGateSeconds" allowed:"0 to 86400"`

	// What is given up on purpose after volumes were lost; names of pods (records that only
	// they had are gone for good), or quorum (a new quorum is formed; topics, offsets, users
	// and settings are gone for good). Take it away again when the cluster is well.
	AcceptLoss []string `json:"acceptLoss"`
	// Pods that get an empty volume under their old ids, each by any text, such as a date:
	// {ci-kafka-broker-1: "2026-11-28"}. It is done once for each text, when all others have what
	// the pod has, and needs storage.mode perPod.
	Replace map[string]string `json:"replace"`
	// Restart nodes once whenever a text here is another one.
	Restart Restart `json:"restart"`
	// Start a roll although the cluster is degraded. Otherwise pods are only restarted while
	// all others serve and are in sync.
	RollDegraded bool `json:"rollDegraded"`
	// Rules that shall not stop a change, by id: odd-controllers, replication-factor,
	// min-in-sync, data-stays, pod-security, resources, image-digest, unknown-property,
	// no-plain-secret, nodes-are-super-users, no-autoscaled-broker, zero-misses-nothing.
	// `make preview` tells which are broken, and why each is there.
	Waive []string `json:"waive"`
}
