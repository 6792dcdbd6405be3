package kafka

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Node sizes the pods of a pool. All but the texts are Kubernetes quantities.
type Node struct {
	Heap             string
	CPURequest       string
	CPULimit         string // empty: none
	MemoryRequest    string
	MemoryLimit      string
	EphemeralStorage string
	JVMOptions       string
	// Properties are further lines of server.properties (see properties.Check).
	Properties map[string]string
	// Claims is a volume per pod, empty with a shared one.
	Claims []storage.Template
}

// Pod is what all pods of a cluster have in common.
type Pod struct {
	Image      pulumi.StringInput
	PullPolicy string
	// PullSecrets are names of existing secrets for a private registry.
	PullSecrets []string
	// SharedClaim is mounted by all pods, each in a directory of its own. Nil:
	// claims per pod.
	SharedClaim pulumi.StringPtrInput
	Scheduling  Scheduling
	Probes      Probes
	Metrics     bool
	Stopped     bool
	RetainData  bool
	// GraceSeconds is Kubernetes' patience with a stopping pod, StopGateSeconds
	// what of it the agent may use to wait for other replicas.
	GraceSeconds, StopGateSeconds int
	// Timeout is how long a pool may take to become ready, as a Go duration.
	Timeout string
	// RollDegraded lets pods be restarted although others are out of service or behind.
	RollDegraded bool
}

// Probes are all in seconds.
type Probes struct {
	Startup, Period, Liveness, Timeout int
}

const (
	// SharedMount is where pods see the shared volume: the tutorial's path.
	SharedMount = "/mnt/kafka"
	// DataMount is where pods see a claim of their own.
	DataMount = "/var/lib/kafka/data"
	// MetadataMount is where combined nodes see a claim for the metadata log.
	MetadataMount = "/var/lib/kafka/metadata"
	// logDirectory is below a claim's mount, since the root of a fresh file
	// system holds lost+found, which Kafka takes for a broken partition.
	logDirectory = "log"
)

// Names of a pod's volumes; the first two are claim templates' names, too.
const (
	DataVolume     = "data"
	MetadataVolume = "metadata"
	configVolume   = "config"
	scratchVolume  = "tmp"
	lifeVolume     = "life"
)

// Files of the ConfigMap topology.Plan.Life, which the agent reads whenever it has to
// decide about a volume that was lost. Both may be missing.
const (
	LifeLived      = contract.LifeLived
	LifeAcceptLoss = contract.LifeAcceptLoss
)

const agentPortName = "agent"

// logDirs are the directories of records and of the metadata log ("" for the same).
func (a *NodePoolArgs) logDirs() (records, metadata string) {
	if a.Cluster.Pod.SharedClaim != nil {
		return SharedMount + "/" + properties.Ordinal, ""
	}
	for _, claim := range a.Node.Claims {
		if claim.Name == MetadataVolume {
			metadata = MetadataMount + "/" + logDirectory
		}
	}
	return DataMount + "/" + logDirectory, metadata
}

func (a *NodePoolArgs) podSpec(config pulumi.StringInput) corev1.PodSpecArgs {
	pod := a.Cluster.Pod
	spec := corev1.PodSpecArgs{
		ServiceAccountName:            a.ServiceAccount,
		AutomountServiceAccountToken:  pulumi.Bool(false),
		EnableServiceLinks:            pulumi.Bool(false), // KAFKA_* of a service named kafka would be read as settings
		TerminationGracePeriodSeconds: pulumi.Int(pod.GraceSeconds),
		SecurityContext: corev1.PodSecurityContextArgs{
			RunAsNonRoot:        pulumi.Bool(true),
			RunAsUser:           pulumi.Int(kube.UID),
			RunAsGroup:          pulumi.Int(kube.UID),
			FsGroup:             pulumi.Int(kube.UID),
			FsGroupChangePolicy: pulumi.String("OnRootMismatch"),
			SeccompProfile:      corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		Containers: corev1.ContainerArray{a.container()},
		Volumes:    a.volumes(config),
	}
	if len(pod.PullSecrets) > 0 {
		var secrets corev1.LocalObjectReferenceArray
		for _, name := range pod.PullSecrets {
			secrets = append(secrets, corev1.LocalObjectReferenceArgs{Name: pulumi.String(name)})
		}
		spec.ImagePullSecrets = secrets
	}
	if pod.SharedClaim != nil {
		spec.InitContainers = corev1.ContainerArray{a.prepareContainer()}
	}
	pod.Scheduling.apply(&spec, a.selector())
	return spec
}

func (a *NodePoolArgs) volumes(config pulumi.StringInput) corev1.VolumeArray {
	volumes := corev1.VolumeArray{
		corev1.VolumeArgs{Name: pulumi.String(configVolume), ConfigMap: corev1.ConfigMapVolumeSourceArgs{Name: config.ToStringOutput().ToStringPtrOutput()}},
		corev1.VolumeArgs{Name: pulumi.String(lifeVolume), ConfigMap: corev1.ConfigMapVolumeSourceArgs{
			Name: pulumi.String(a.Cluster.Plan.Life()), Optional: pulumi.Bool(true),
		}},
		corev1.VolumeArgs{Name: pulumi.String(scratchVolume), EmptyDir: corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String(a.Node.EphemeralStorage)}},
	}
	if claim := a.Cluster.Pod.SharedClaim; claim != nil {
		volumes = append(volumes, corev1.VolumeArgs{
			Name: pulumi.String(DataVolume),
			PersistentVolumeClaim: corev1.PersistentVolumeClaimVolumeSourceArgs{
				ClaimName: claim.ToStringPtrOutput().Elem(),
			},
		})
	}
	return volumes
}

func (a *NodePoolArgs) dataMounts() corev1.VolumeMountArray {
	if a.Cluster.Pod.SharedClaim != nil {
		return corev1.VolumeMountArray{corev1.VolumeMountArgs{Name: pulumi.String(DataVolume), MountPath: pulumi.String(SharedMount)}}
	}
	var mounts corev1.VolumeMountArray
	for _, claim := range a.Node.Claims {
		mounts = append(mounts, corev1.VolumeMountArgs{Name: pulumi.String(claim.Name), MountPath: pulumi.String(claim.MountPath)})
	}
	return mounts
}

func (a *NodePoolArgs) container() corev1.ContainerArgs {
	mounts := append(a.dataMounts(),
		corev1.VolumeMountArgs{Name: pulumi.String(configVolume), MountPath: pulumi.String(contract.ConfigMount), ReadOnly: pulumi.Bool(true)},
		corev1.VolumeMountArgs{Name: pulumi.String(lifeVolume), MountPath: pulumi.String(contract.LifeMount), ReadOnly: pulumi.Bool(true)},
		corev1.VolumeMountArgs{Name: pulumi.String(scratchVolume), MountPath: pulumi.String(contract.ScratchMount)},
	)
	return corev1.ContainerArgs{
		Name:            pulumi.String("kafka"),
		Image:           a.Cluster.Pod.Image.ToStringOutput().ToStringPtrOutput(),
		ImagePullPolicy: pulumi.String(a.Cluster.Pod.PullPolicy),
		Env:             a.environment(),
		Ports:           a.ports(),
		Resources:       a.Node.resources(),
		SecurityContext: kube.Restricted(),
		VolumeMounts:    mounts,
		StartupProbe:    a.startupProbe(),
		LivenessProbe:   a.livenessProbe(),
		ReadinessProbe:  a.readinessProbe(),
		// The agent leaves its last words there, for `kubectl describe`.
		TerminationMessagePolicy: pulumi.String("FallbackToLogsOnError"),
	}
}

// prepareContainer makes the pod's directory on the shared volume. It is the only
// step that runs as root: a hostPath belongs to the node's root, and Kubernetes
// does not hand hostPath volumes over to fsGroup.
func (a *NodePoolArgs) prepareContainer() corev1.ContainerArgs {
	security := kube.Restricted()
	security.RunAsNonRoot = pulumi.Bool(false)
	security.RunAsUser = pulumi.Int(0)
	security.RunAsGroup = pulumi.Int(0)
	security.Capabilities = corev1.CapabilitiesArgs{
		Drop: pulumi.ToStringArray([]string{"ALL"}),
		Add:  pulumi.ToStringArray([]string{"CHOWN", "DAC_OVERRIDE", "FOWNER"}),
	}
	return corev1.ContainerArgs{
		Name:            pulumi.String("prepare"),
		Image:           a.Cluster.Pod.Image.ToStringOutput().ToStringPtrOutput(),
		ImagePullPolicy: pulumi.String(a.Cluster.Pod.PullPolicy),
		Command:         pulumi.ToStringArray([]string{contract.AgentPath}),
		Args:            pulumi.ToStringArray(contract.Prepare(SharedMount + "/" + properties.Ordinal)),
		Env: corev1.EnvVarArray{
			corev1.EnvVarArgs{Name: pulumi.String(contract.EnvPodName), ValueFrom: fieldRef("metadata.name")},
		},
		Resources:       a.Node.resources(),
		SecurityContext: security,
		VolumeMounts:    a.dataMounts(),
	}
}

func (a *NodePoolArgs) environment() corev1.EnvVarArray {
	env := corev1.EnvVarArray{
		corev1.EnvVarArgs{Name: pulumi.String(contract.EnvPodName), ValueFrom: fieldRef("metadata.name")},
		corev1.EnvVarArgs{Name: pulumi.String("POD_NAMESPACE"), ValueFrom: fieldRef("metadata.namespace")},
	}
	set := func(name string, value pulumi.StringInput) {
		env = append(env, corev1.EnvVarArgs{Name: pulumi.String(name), Value: value.ToStringOutput().ToStringPtrOutput()})
	}
	set(contract.EnvClusterID, a.Cluster.ClusterID)
	set(contract.EnvNodeIDBase, pulumi.String(fmt.Sprint(a.Pool.FirstID)))
	if a.Pool.Controller {
		set(contract.EnvInitialControllers, a.InitialControllers)
	}
	if external := a.Cluster.Plan.External; a.Pool.Broker && external.Enabled() {
		set(contract.EnvExternalPortBase, pulumi.String(fmt.Sprint(external.BrokerPort(0))))
	}
	set(contract.EnvHeap, pulumi.String(a.Node.heapOptions()))
	if a.Node.JVMOptions != "" {
		set(contract.EnvJVM, pulumi.String(a.Node.JVMOptions))
	}
	if a.Cluster.Pod.Metrics {
		set(contract.EnvMetricsPort, pulumi.String(fmt.Sprint(topology.MetricsPort)))
	}
	set(contract.EnvStopSeconds, pulumi.String(fmt.Sprint(a.Cluster.Pod.StopGateSeconds)))
	return env
}

// heapOptions gives the JVM all of its heap at once: growing it later only moves
// the moment at which the node has no memory.
func (n Node) heapOptions() string {
	const mebibyte = 1 << 20
	return fmt.Sprintf("-Xms%[1]dm -Xmx%[1]dm", n.heap()/mebibyte)
}

// heap is in bytes.
func (n Node) heap() int64 {
	heap := resource.MustParse(n.Heap) // validate has parsed it
	return heap.Value()
}

func (n Node) resources() corev1.ResourceRequirementsArgs {
	requests := pulumi.StringMap{
		"cpu":               pulumi.String(n.CPURequest),
		"memory":            pulumi.String(n.MemoryRequest),
		"ephemeral-storage": pulumi.String("64Mi"),
	}
	limits := pulumi.StringMap{
		"memory":            pulumi.String(n.MemoryLimit),
		"ephemeral-storage": pulumi.String(n.EphemeralStorage),
	}
	if n.CPULimit != "" {
		limits["cpu"] = pulumi.String(n.CPULimit)
	}
	return corev1.ResourceRequirementsArgs{Requests: requests, Limits: limits}
}

func (a *NodePoolArgs) ports() corev1.ContainerPortArray {
	var ports corev1.ContainerPortArray
	add := func(name string, number int) {
		ports = append(ports, corev1.ContainerPortArgs{Name: pulumi.String(name), ContainerPort: pulumi.Int(number), Protocol: pulumi.String("TCP")})
	}
	if a.Pool.Broker {
		add("client", topology.ClientPort)
		if a.Cluster.Plan.External.Enabled() {
			add("external", topology.ExternalPort)
		}
	}
	if a.Pool.Controller {
		add("controller", topology.ControllerPort)
	}
	add(agentPortName, topology.AgentPort)
	if a.Cluster.Pod.Metrics {
		add("metrics", topology.MetricsPort)
	}
	return ports
}

func fieldRef(path string) corev1.EnvVarSourceArgs {
	return corev1.EnvVarSourceArgs{FieldRef: corev1.ObjectFieldSelectorArgs{FieldPath: pulumi.String(path)}}
}
