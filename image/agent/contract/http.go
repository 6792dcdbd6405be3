package contract

// Port is where every agent answers over HTTP, in every pod: the kubelet's probes, other agents, and rollouts.
const Port = 5001

// MetricsPort is where every agent tells Prometheus of itself, and a broker's also of the consumer groups that the broker
// coordinates, at PathMetrics. Unlike Port it is open to everybody, as the JMX exporter's is, so there is nothing else at
// it. The agent answers there if the pod has an exporter (EnvMetricsPort).
const MetricsPort = 9188

// PathMetrics is the one path at MetricsPort.
const PathMetrics = "/metrics"

// Paths at Port. The probes answer 200 or 503, with one line why.
const (
	PathStartup   = "/startupz"     // yes once the node has answered on its listeners
	PathLiveness  = "/livez"        // no only where a restart can help
	PathReadiness = "/readyz"       // yes while the node does its work
	PathRole      = "/v1.0/getrole" // the node's role, as KubeBlocks asks for it
	PathState     = "/v1.0/state"   // State
)
