package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
)

// clusterArgs says in the component's words what the configuration says.
func (s stack) clusterArgs(e estate, namespace pulumi.StringInput, ids *clusterid.ClusterID,
	image pulumi.StringInput, claim pulumi.StringPtrInput,
) *kafka.ClusterArgs {
	return &kafka.ClusterArgs{
		Plan:          s.plan,
		Namespace:     namespace,
		Image:         image,
		ClusterID:     ids.ID,
		DirectoryIDs:  ids.DirectoryIDs,
		SharedClaim:   claim,
		Settings:      s.settings(),
		NetworkPolicy: s.NetworkPolicy,
		PodMonitor:    s.PodMonitor,
		Rollout:       s.inContext(),
		NodePorts:     s.inContext(),
		Ordered:       s.ordered(e),
	}
}

func (s stack) settings() kafka.Settings {
	return kafka.Settings{
		Replication: s.Replication(),
		MinInSync:   s.MinInSync(),
		PullPolicy:  s.ImagePullPolicy,
		PullSecrets: s.ImagePullSecrets,
		Probes: kafka.Probes{
			Startup:  s.Probes.StartupSeconds,
			Period:   s.Probes.PeriodSeconds,
			Liveness: s.Probes.LivenessSeconds,
			Timeout:  s.Probes.TimeoutSeconds,
		},
		Metrics:         s.Metrics,
		Stopped:         s.Stopped,
		DiscardRecords:  !s.RetainData,
		GraceSeconds:    s.TerminationGraceSeconds,
		StopGateSeconds: s.StopGateSeconds,
		Timeout:         s.Timeout,
		RollDegraded:    s.RollDegraded,
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
