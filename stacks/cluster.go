package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// clusterArgs says in the component's words what the configuration says.
func (c Config) clusterArgs(plan topology.Plan, namespace pulumi.StringInput, ids *clusterid.ClusterID,
	image pulumi.StringInput, claim pulumi.StringPtrInput,
) *kafka.ClusterArgs {
	return &kafka.ClusterArgs{
		Plan:          plan,
		Namespace:     namespace,
		ClusterID:     ids.ID,
		DirectoryIDs:  ids.DirectoryIDs,
		Replication:   c.Replication(),
		MinInSync:     c.MinInSync(),
		NetworkPolicy: c.NetworkPolicy,
		PodMonitor:    c.PodMonitor,
		Rollout:       inContext(c.Context),
		Broker:        c.node(c.Broker, plan.Name, c.Storage.Size),
		Controller:    c.node(c.Controller, plan.Name, c.Storage.ControllerSize),
		Pod: kafka.Pod{
			Image:       image,
			PullPolicy:  c.ImagePullPolicy,
			SharedClaim: claim,
			Scheduling:  c.Scheduling.component(),
			Probes: kafka.Probes{
				Startup:  c.Probes.StartupSeconds,
				Period:   c.Probes.PeriodSeconds,
				Liveness: c.Probes.LivenessSeconds,
				Timeout:  c.Probes.TimeoutSeconds,
			},
			Metrics:         c.Metrics,
			Stopped:         c.Stopped,
			RetainData:      c.RetainData,
			GraceSeconds:    c.TerminationGraceSeconds,
			StopGateSeconds: c.StopGateSeconds,
			Timeout:         c.Timeout,
		},
	}
}

func (c Config) node(n Node, cluster string, size Quantity) kafka.Node {
	return kafka.Node{
		Heap:             string(n.Heap),
		CPURequest:       string(n.CPURequest),
		CPULimit:         string(n.CPULimit),
		MemoryRequest:    string(n.MemoryRequest),
		MemoryLimit:      string(n.MemoryLimit),
		EphemeralStorage: string(n.EphemeralStorage),
		JVMOptions:       n.JVMOptions,
		Properties:       n.Properties,
		Claims:           c.claims(cluster, size),
	}
}

// claims are the volumes that every pod gets for itself; none with a shared one.
func (c Config) claims(cluster string, size Quantity) []storage.Template {
	if c.Storage.Mode != PerPod {
		return nil
	}
	template := func(name, mount string, size Quantity) storage.Template {
		return storage.Template{
			Name: name, MountPath: mount, Size: string(size), Class: c.Storage.ClassName, Labels: kafka.Labels(cluster),
		}
	}
	claims := []storage.Template{template(kafka.DataVolume, kafka.DataMount, size)}
	if c.Storage.MetadataSize != "" {
		claims = append(claims, template(kafka.MetadataVolume, kafka.MetadataMount, c.Storage.MetadataSize))
	}
	return claims
}

func (s Scheduling) component() kafka.Scheduling {
	scheduling := kafka.Scheduling{
		Spread:        s.AntiAffinity != NoAntiAffinity,
		Strict:        s.AntiAffinity == HardAntiAffinity,
		SpreadKey:     s.SpreadKey,
		NodeSelector:  s.NodeSelector,
		PriorityClass: s.PriorityClass,
	}
	for _, t := range s.Tolerations {
		scheduling.Tolerations = append(scheduling.Tolerations, kafka.Toleration(t))
	}
	return scheduling
}
