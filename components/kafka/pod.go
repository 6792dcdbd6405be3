package kafka

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/monitoring"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

const (
	// SharedMount is where pods see the shared volume: the tutorial's path.
	SharedMount = "/mnt/kafka"
	// claimMounts is where pods see claims of their own, each by its name.
	claimMounts = "/var/lib/kafka/"
	// logDirectory is below a claim's mount, since the root of a fresh file
	// system holds lost+found, which Kafka takes for a broken partition.
	logDirectory = "log"
)

// Names of a pod's volumes, besides those of its claims.
const (
	configVolume  = "config"
	scratchVolume = "tmp"
	lifeVolume    = "life"
	tlsVolume     = "tls"  // the certificate as it is mounted
	keysVolume    = "keys" // and as the agent writes it for Kafka
)

// Names of ports that are no listeners.
const (
	agentPortName   = "agent"
	tlsPortName     = "agent-tls"
	metricsPortName = "metrics"
)

// logDirs are the directories of records and of the metadata log ("" for the same).
func (a *NodePoolArgs) logDirs() (records, metadata string) {
	if a.Plan.Shared != nil {
		return SharedMount + "/" + properties.Ordinal, ""
	}
	for _, claim := range a.Pool.Claims {
		if claim.Name == topology.MetadataClaim {
			metadata = claimMounts + claim.Name + "/" + logDirectory
		}
	}
	return claimMounts + topology.RecordsClaim + "/" + logDirectory, metadata
}

func (a *NodePoolArgs) podSpec(config pulumi.StringInput) corev1.PodSpecArgs {
	spec := corev1.PodSpecArgs{
		ServiceAccountName:            a.ServiceAccount,
		AutomountServiceAccountToken:  pulumi.Bool(false),
		EnableServiceLinks:            pulumi.Bool(false), // KAFKA_* of a service named kafka would be read as settings
		TerminationGracePeriodSeconds: pulumi.Int(a.Settings.GraceSeconds),
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
	if len(a.Settings.PullSecrets) > 0 {
		var secrets corev1.LocalObjectReferenceArray
		for _, name := range a.Settings.PullSecrets {
			secrets = append(secrets, corev1.LocalObjectReferenceArgs{Name: pulumi.String(name)})
		}
		spec.ImagePullSecrets = secrets
	}
	if a.Plan.Shared != nil {
		spec.InitContainers = corev1.ContainerArray{a.prepareContainer()}
	}
	schedule(&spec, a.Pool.Scheduling, a.selector())
	return spec
}

func (a *NodePoolArgs) volumes(config pulumi.StringInput) corev1.VolumeArray {
	volumes := corev1.VolumeArray{
		corev1.VolumeArgs{Name: pulumi.String(configVolume), ConfigMap: corev1.ConfigMapVolumeSourceArgs{Name: config.ToStringOutput().ToStringPtrOutput()}},
		corev1.VolumeArgs{Name: pulumi.String(lifeVolume), ConfigMap: corev1.ConfigMapVolumeSourceArgs{
			Name: pulumi.String(a.Plan.Life()), Optional: pulumi.Bool(true),
		}},
		corev1.VolumeArgs{Name: pulumi.String(scratchVolume), EmptyDir: corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String(a.Pool.Size.EphemeralStorage)}},
	}
	if a.Plan.Shared != nil {
		volumes = append(volumes, corev1.VolumeArgs{
			Name:                  pulumi.String(topology.RecordsClaim),
			PersistentVolumeClaim: corev1.PersistentVolumeClaimVolumeSourceArgs{ClaimName: a.sharedClaim()},
		})
	}
	if a.Plan.TLS() {
		volumes = append(volumes,
			corev1.VolumeArgs{Name: pulumi.String(tlsVolume), Secret: corev1.SecretVolumeSourceArgs{
				SecretName: a.Certificate.ToStringOutput().ToStringPtrOutput(), DefaultMode: pulumi.Int(ownGroup),
			}},
			corev1.VolumeArgs{Name: pulumi.String(keysVolume), EmptyDir: corev1.EmptyDirVolumeSourceArgs{
				Medium: pulumi.String("Memory"), SizeLimit: pulumi.String("1Mi"), // a key never comes to a disk
			}})
	}
	return volumes
}

// ownGroup is the mode of files for the pod's own group (fsGroup) and nobody else to read.
const ownGroup = 0o440

// sharedClaim is its name, which pods mount.
func (a *NodePoolArgs) sharedClaim() pulumi.StringInput {
	if a.SharedClaim == nil {
		return pulumi.String(a.Plan.Shared.Claim)
	}
	return a.SharedClaim.ToStringPtrOutput().Elem()
}

func (a *NodePoolArgs) dataMounts() corev1.VolumeMountArray {
	if a.Plan.Shared != nil {
		return corev1.VolumeMountArray{corev1.VolumeMountArgs{Name: pulumi.String(topology.RecordsClaim), MountPath: pulumi.String(SharedMount)}}
	}
	var mounts corev1.VolumeMountArray
	for _, claim := range a.Pool.Claims {
		mounts = append(mounts, corev1.VolumeMountArgs{Name: pulumi.String(claim.Name), MountPath: pulumi.String(claimMounts + claim.Name)})
	}
	return mounts
}

func (a *NodePoolArgs) container() corev1.ContainerArgs {
	mounts := append(a.dataMounts(),
		corev1.VolumeMountArgs{Name: pulumi.String(configVolume), MountPath: pulumi.String(contract.ConfigMount), ReadOnly: pulumi.Bool(true)},
		corev1.VolumeMountArgs{Name: pulumi.String(lifeVolume), MountPath: pulumi.String(contract.LifeMount), ReadOnly: pulumi.Bool(true)},
		corev1.VolumeMountArgs{Name: pulumi.String(scratchVolume), MountPath: pulumi.String(contract.ScratchMount)},
	)
	if a.Plan.TLS() {
		// As a whole: Kubernetes brings no change to what is mounted by a subPath.
		mounts = append(mounts,
			corev1.VolumeMountArgs{Name: pulumi.String(tlsVolume), MountPath: pulumi.String(contract.TLSMount), ReadOnly: pulumi.Bool(true)},
			corev1.VolumeMountArgs{Name: pulumi.String(keysVolume), MountPath: pulumi.String(contract.TLSDir)},
		)
	}
	return corev1.ContainerArgs{
		Name:            pulumi.String("kafka"),
		Image:           a.Image.ToStringOutput().ToStringPtrOutput(),
		ImagePullPolicy: pulumi.String(a.Settings.PullPolicy),
		Env:             a.environment(),
		Ports:           a.ports(),
		Resources:       resources(a.Pool.Size),
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
		Image:           a.Image.ToStringOutput().ToStringPtrOutput(),
		ImagePullPolicy: pulumi.String(a.Settings.PullPolicy),
		Command:         pulumi.ToStringArray([]string{contract.AgentPath}),
		Args:            pulumi.ToStringArray(contract.Prepare(SharedMount + "/" + properties.Ordinal)),
		Env: corev1.EnvVarArray{
			corev1.EnvVarArgs{Name: pulumi.String(contract.EnvPodName), ValueFrom: fieldRef("metadata.name")},
		},
		Resources:       resources(a.Pool.Size),
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
	set(contract.EnvClusterID, a.ClusterID)
	set(contract.EnvNodeIDBase, pulumi.String(fmt.Sprint(a.Pool.FirstID)))
	if a.Pool.Has(topology.Controller) {
		set(contract.EnvInitialControllers, a.InitialControllers)
	}
	for _, l := range a.Plan.Of(a.Pool) {
		if l.Exposure.Type == topology.NodePort {
			set(contract.EnvExternalPortBase, pulumi.String(fmt.Sprint(l.NodePort(a.Pool, 0))))
		}
	}
	set(contract.EnvHeap, pulumi.String(heapOptions(a.Pool.Size)))
	if a.Pool.JVMOptions != "" {
		set(contract.EnvJVM, pulumi.String(a.Pool.JVMOptions))
	}
	if a.Settings.Metrics {
		set(contract.EnvMetricsPort, pulumi.String(fmt.Sprint(topology.MetricsPort)))
	}
	if a.Settings.JSONLogs { // text is what the agent writes by itself, of whatever release it is
		set(contract.EnvLogFormat, pulumi.String(contract.LogJSON))
	}
	set(contract.EnvStopSeconds, pulumi.String(fmt.Sprint(a.Settings.stopGate())))
	return env
}

// heapOptions gives the JVM all of its heap at once: growing it later only moves
// the moment at which the node has no memory.
func heapOptions(s topology.Size) string {
	const mebibyte = 1 << 20
	return fmt.Sprintf("-Xms%[1]dm -Xmx%[1]dm", heap(s)/mebibyte)
}

// heap is in bytes.
func heap(s topology.Size) int64 {
	heap := resource.MustParse(s.Heap) // validate has parsed it
	return heap.Value()
}

func resources(s topology.Size) corev1.ResourceRequirementsArgs {
	requests := pulumi.StringMap{
		"cpu":               pulumi.String(s.CPURequest),
		"memory":            pulumi.String(s.MemoryRequest),
		"ephemeral-storage": pulumi.String("64Mi"),
	}
	limits := pulumi.StringMap{
		"memory":            pulumi.String(s.MemoryLimit),
		"ephemeral-storage": pulumi.String(s.EphemeralStorage),
	}
	if s.CPULimit != "" {
		limits["cpu"] = pulumi.String(s.CPULimit)
	}
	return corev1.ResourceRequirementsArgs{Requests: requests, Limits: limits}
}

func (a *NodePoolArgs) ports() corev1.ContainerPortArray {
	var ports corev1.ContainerPortArray
	add := func(name string, number int) {
		ports = append(ports, corev1.ContainerPortArgs{Name: pulumi.String(name), ContainerPort: pulumi.Int(number), Protocol: pulumi.String("TCP")})
	}
	for _, l := range a.Plan.Of(a.Pool) {
		add(l.PortName, l.Port)
	}
	add(agentPortName, topology.AgentPort)
	if a.Plan.TLS() {
		add(tlsPortName, contract.TLSPort)
	}
	if a.Settings.Metrics {
		add(metricsPortName, topology.MetricsPort)
		add(monitoring.AgentEndpoint, topology.AgentMetricsPort)
	}
	return ports
}

func fieldRef(path string) corev1.EnvVarSourceArgs {
	return corev1.EnvVarSourceArgs{FieldRef: corev1.ObjectFieldSelectorArgs{FieldPath: pulumi.String(path)}}
}
