package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// clusterArgs says in the component's words what the configuration says.
func (s stack) clusterArgs(e estate, namespace pulumi.StringInput, ids *clusterid.ClusterID,
	image pulumi.StringInput, claim pulumi.StringPtrInput,
) *kafka.ClusterArgs {
	return &kafka.ClusterArgs{
		Plan:          s.plan,
		Namespace:     namespace,
		ClusterID:     ids.ID,
		DirectoryIDs:  ids.DirectoryIDs,
		Replication:   s.Replication(),
		MinInSync:     s.MinInSync(),
		NetworkPolicy: s.NetworkPolicy,
		PodMonitor:    s.PodMonitor,
		Rollout:       s.inContext(),
		NodePorts:     s.inContext(),
		Ordered:       s.ordered(e),
		Broker:        s.node(s.Broker, s.Storage.Size),
		Controller:    s.node(s.Controller, s.Storage.ControllerSize),
		Pod: kafka.Pod{
			Image:       image,
			PullPolicy:  s.ImagePullPolicy,
			PullSecrets: s.ImagePullSecrets,
			SharedClaim: claim,
			Scheduling:  s.scheduling(),
			Probes: kafka.Probes{
				Startup:  s.Probes.StartupSeconds,
				Period:   s.Probes.PeriodSeconds,
				Liveness: s.Probes.LivenessSeconds,
				Timeout:  s.Probes.TimeoutSeconds,
			},
			Metrics:         s.Metrics,
			Stopped:         s.Stopped,
			RetainData:      s.RetainData,
			GraceSeconds:    s.TerminationGraceSeconds,
			StopGateSeconds: s.StopGateSeconds,
			Timeout:         s.Timeout,
			RollDegraded:    s.RollDegraded,
		},
	}
}

// ordered: the cluster runs, and goes on running.
func (s stack) ordered(e estate) bool {
	for _, pool := range s.plan.Pools {
		if set, there := e.found.Sets[pool.Name]; !there || set.Replicas == 0 {
			return false
		}
	}
	return e.memory.lived() && !s.Stopped
}

func (s stack) node(n config.Node, size config.Quantity) kafka.Node {
	return kafka.Node{
		Heap:             string(n.Heap),
		CPURequest:       string(n.CPURequest),
		CPULimit:         string(n.CPULimit),
		MemoryRequest:    string(n.MemoryRequest),
		MemoryLimit:      string(n.MemoryLimit),
		EphemeralStorage: string(n.EphemeralStorage),
		JVMOptions:       n.JVMOptions,
		Properties:       n.Properties,
		Claims:           s.claims(size),
	}
}

// claims are the volumes that every pod gets for itself; none with a shared one.
func (s stack) claims(size config.Quantity) []storage.Template {
	if s.Storage.Mode != config.PerPod {
		return nil
	}
	template := func(name, mount string, size config.Quantity) storage.Template {
		return storage.Template{
			Name: name, MountPath: mount, Size: string(size), Class: s.Storage.ClassName, Labels: kafka.Labels(s.plan.Name),
		}
	}
	claims := []storage.Template{template(kafka.DataVolume, kafka.DataMount, size)}
	if s.Storage.MetadataSize != "" {
		claims = append(claims, template(kafka.MetadataVolume, kafka.MetadataMount, s.Storage.MetadataSize))
	}
	return claims
}

func (s stack) scheduling() kafka.Scheduling {
	wanted := s.Scheduling
	placed := kafka.Scheduling{
		Spread:        wanted.AntiAffinity != config.NoAntiAffinity,
		Strict:        wanted.AntiAffinity == config.HardAntiAffinity,
		SpreadKey:     wanted.SpreadKey,
		NodeSelector:  wanted.NodeSelector,
		PriorityClass: wanted.PriorityClass,
	}
	if s.Storage.Mode == config.Shared {
		// A pod that came to another node would find an empty directory there.
		placed.Spread, placed.SpreadKey = false, ""
		placed.Node, placed.Together = s.Storage.Node, s.Storage.Node == ""
	}
	for _, t := range wanted.Tolerations {
		placed.Tolerations = append(placed.Tolerations, kafka.Toleration(t))
	}
	return placed
}
