package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/lifecycle"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// args says in the component's words what the configuration says.
func (s stack) args(e estate, image image.Args, prepare func(pulumi.StringOutput) (pulumi.StringInput, error)) *kafka.Args {
	return &kafka.Args{
		Plan:      s.plan,
		Image:     image,
		ClusterID: s.adopt(e),
		Settings:  s.settings(),
		Certificates: kafka.Certificates{
			Secret:     s.Security.Certificates.SecretName,
			Lifetime:   s.Security.Certificates.Lifetime.String(),
			CALifetime: s.Security.Certificates.CALifetime.String(),
			Hosts:      s.Security.Certificates.Hosts,
		},
		Open:       !s.NetworkPolicy,
		Monitoring: s.monitoring(),
		Ordered:    s.ordered(e),
		Protect:    s.Protect,
		Lifecycle:  s.lifecycle(),
		Gate:       s.gate(),
		Prepare:    prepare,
		OwnLife:    true,
	}
}

// monitoring is what is asked for by the key monitoring, and by podMonitor, which is older.
func (s stack) monitoring() kafka.Monitoring {
	monitoring := kafka.Monitoring(s.Monitoring)
	monitoring.PodMonitor = s.WantsPodMonitor()
	return monitoring
}

// gate is in the configured context, and moves replicas as it is configured.
func (s stack) gate() *kafka.Gate {
	release, _ := s.Finalises()
	return &kafka.Gate{
		Context:   s.Context,
		Rebalance: s.Moves.Rebalance,
		Pace:      gates.Pace{Throttle: s.Moves.ThrottleBytes(), Concurrency: s.Moves.Concurrency},
		Replace:   s.Replace,
		Features:  release.Name,
	}
}

// lifecycle is in the configured context.
func (s stack) lifecycle() *lifecycle.Context { return lifecycle.In(s.Kubeconfig, s.Context) }

func (s stack) settings() kafka.Settings {
	return kafka.Settings{
		Replication:   s.Replication(),
		MinInSync:     s.MinInSync(),
		Authorization: s.Security.Authorization,
		SuperUsers:    s.Security.SuperUsers,
		PullPolicy:    s.ImagePullPolicy,
		PullSecrets:   s.ImagePullSecrets,
		Probes: kafka.Probes{
			Startup:  s.Probes.StartupSeconds,
			Period:   s.Probes.PeriodSeconds,
			Liveness: s.Probes.LivenessSeconds,
			Timeout:  s.Probes.TimeoutSeconds,
		},
		Metrics:         s.Metrics,
		JSONLogs:        s.Logging.Format == config.JSONLogs,
		Stopped:         s.Stopped,
		DiscardRecords:  !s.RetainData,
		GraceSeconds:    s.TerminationGraceSeconds,
		StopGateSeconds: &s.StopGateSeconds,
		Timeout:         s.Timeout.String(),
		RollDegraded:    s.RollDegraded,
	}
}

// ordered: the cluster runs, and goes on running.
func (s stack) ordered(e estate) bool { return s.running(e) && e.memory.lived() && !s.Stopped }

// running reports whether every pool has pods that are to run.
func (s stack) running(e estate) bool {
	for _, pool := range s.plan.Pools {
		if e.found.Sets[pool.Name].Replicas == 0 {
			return false
		}
	}
	return true
}
