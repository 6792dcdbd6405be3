package kafka

import (
	"cmp"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Settings is what all pools of a cluster have in common, besides the plan.
type Settings struct {
	// Replication is the replication factor of new topics and of Kafka's own, MinInSync
	// how many replicas must have a record before acks=all succeeds.
	Replication int `pulumi:"replication,optional"`
	MinInSync   int `pulumi:"minInSync,optional"`

	// Authorization is who may do what; empty: Open. Another one needs the plan's Encryption
	// Required and clients that authenticate themselves. SuperUsers are principals, such as
	// User:alice, who may do anything, besides the nodes and who runs the program.
	Authorization topology.Authorization `pulumi:"authorization,optional"`
	SuperUsers    []string               `pulumi:"superUsers,optional"`

	// PullPolicy is Kubernetes' pull policy: Always, IfNotPresent or Never.
	PullPolicy string `pulumi:"pullPolicy,optional"`
	// PullSecrets are names of existing secrets for a private registry.
	PullSecrets []string `pulumi:"pullSecrets,optional"`

	// Probes times what Kubernetes asks of the agent.
	Probes Probes `pulumi:"probes,optional"`
	// Metrics starts the Prometheus exporter in every pod.
	Metrics bool `pulumi:"metrics,optional"`

	// JSONLogs makes every line of a node's log an object of JSON.
	JSONLogs bool `pulumi:"jsonLogs,optional"`

	// Stopped runs no pod and keeps everything else, records included.
	Stopped bool `pulumi:"stopped,optional"`
	// DiscardRecords deletes the pods' claims, after their StatefulSet, and the claims of a
	// pod that is no more in the plan. Otherwise Pulumi forgets them, and the next up finds
	// them again. A shared volume's records are kept in any case.
	DiscardRecords bool `pulumi:"discardRecords,optional"`

	// GraceSeconds is Kubernetes' patience with a stopping pod.
	GraceSeconds int `pulumi:"graceSeconds,optional"`
	// StopGateSeconds is what of it the agent may use to wait for other replicas. Nil:
	// all but the two minutes that Kafka may take to stop.
	StopGateSeconds *int `pulumi:"stopGateSeconds,optional"`
	// Timeout is how long a pool may take to become ready, as a Go duration.
	Timeout string `pulumi:"timeout,optional"`
	// RollDegraded lets pods be restarted although others are out of service or behind.
	RollDegraded bool `pulumi:"rollDegraded,optional"`
}

// Probes times what Kubernetes asks of the agent. All are seconds.
type Probes struct {
	// Startup is how long a start may take, log recovery included.
	Startup int `pulumi:"startup,optional"`
	// Period is between two questions, Timeout for one answer.
	Period  int `pulumi:"period,optional"`
	Timeout int `pulumi:"timeout,optional"`
	// Liveness is how long it may fail before a restart.
	Liveness int `pulumi:"liveness,optional"`
}

// Defaults are the settings of a cluster that says nothing: as many replicas as there are
// brokers, at most 3, of which one may be missing; ten minutes for a start, twelve for a
// stop, and a day for the recovery of a log.
func Defaults(plan topology.Plan) Settings {
	replication := topology.Replication(len(plan.BrokerPods()))
	return Settings{
		Replication:   replication,
		MinInSync:     topology.MinInSync(replication),
		Authorization: topology.Open,
		PullPolicy:    "IfNotPresent",
		Probes:        Probes{Startup: 86400, Period: 5, Liveness: 60, Timeout: 3},
		GraceSeconds:  720,
		Timeout:       "10m",
	}
}

// or is the settings with what they do not say taken from others.
func (s Settings) or(other Settings) Settings {
	s.Replication = cmp.Or(s.Replication, other.Replication)
	s.MinInSync = cmp.Or(s.MinInSync, topology.MinInSync(s.Replication))
	s.Authorization = cmp.Or(s.Authorization, other.Authorization)
	s.PullPolicy = cmp.Or(s.PullPolicy, other.PullPolicy)
	s.Probes.Startup = cmp.Or(s.Probes.Startup, other.Probes.Startup)
	s.Probes.Period = cmp.Or(s.Probes.Period, other.Probes.Period)
	s.Probes.Liveness = cmp.Or(s.Probes.Liveness, other.Probes.Liveness)
	s.Probes.Timeout = cmp.Or(s.Probes.Timeout, other.Probes.Timeout)
	s.GraceSeconds = cmp.Or(s.GraceSeconds, other.GraceSeconds)
	s.Timeout = cmp.Or(s.Timeout, other.Timeout)
	return s
}

// stopGate is in seconds.
func (s Settings) stopGate() int {
	if s.StopGateSeconds != nil {
		return *s.StopGateSeconds
	}
	const toStop = 120
	return max(0, s.GraceSeconds-toStop)
}
