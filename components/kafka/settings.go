package kafka

// Settings is what all pools of a cluster have in common, besides the plan.
type Settings struct {
	// Replication is the replication factor of new topics and of Kafka's own, MinInSync
	// how many replicas must have a record before acks=all succeeds.
	Replication int `pulumi:"replication,optional"`
	MinInSync   int `pulumi:"minInSync,optional"`

	// PullPolicy is Kubernetes' pull policy: Always, IfNotPresent or Never.
	PullPolicy string `pulumi:"pullPolicy,optional"`
	// PullSecrets are names of existing secrets for a private registry.
	PullSecrets []string `pulumi:"pullSecrets,optional"`

	// Probes times what Kubernetes asks of the agent.
	Probes Probes `pulumi:"probes,optional"`
	// Metrics starts the Prometheus exporter in every pod.
	Metrics bool `pulumi:"metrics,optional"`

	// Stopped runs no pod and keeps everything else, records included.
	Stopped bool `pulumi:"stopped,optional"`
	// DiscardRecords deletes the pods' claims with their StatefulSet. A shared volume's
	// records are kept in any case.
	DiscardRecords bool `pulumi:"discardRecords,optional"`

	// GraceSeconds is Kubernetes' patience with a stopping pod, StopGateSeconds what of
	// it the agent may use to wait for other replicas.
	GraceSeconds    int `pulumi:"graceSeconds,optional"`
	StopGateSeconds int `pulumi:"stopGateSeconds,optional"`
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
