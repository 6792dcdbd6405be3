package contract

// Environment variables of the pod. Any other one that begins with EnvPrefix is refused by the agent.
const (
	EnvPodName            = "POD_NAME"                  // ends in the ordinal that a StatefulSet gives
	EnvPrefix             = "KAFKA_"                    // of all that follow
	EnvClusterID          = "KAFKA_CLUSTER_ID"          // 16 bytes in base64url
	EnvNodeIDBase         = "KAFKA_NODE_ID_BASE"        // the node id of ordinal 0 (default 0)
	EnvInitialControllers = "KAFKA_INITIAL_CONTROLLERS" // see Voter; only with the controller role
	EnvExternalPortBase   = "KAFKA_EXTERNAL_PORT_BASE"  // the external port of ordinal 0; unset: there is none
	EnvHeap               = "KAFKA_HEAP_OPTS"           // JVM flags of the heap (default: half of the memory limit)
	EnvJVM                = "KAFKA_JVM_OPTS"            // further JVM flags
	EnvMetricsPort        = "KAFKA_METRICS_PORT"        // of the JMX exporter; unset: there is none, and nothing at MetricsPort
	EnvStopSeconds        = "KAFKA_STOP_SECONDS"        // the longest that a stop may be held back (default 600)
	EnvLogFormat          = "KAFKA_LOG_FORMAT"          // LogText (default) or LogJSON: the form of Kafka's and the agent's lines
	EnvTool               = "KAFKA_TOOL_OPTS"           // JVM flags of the command line tools, which the agent leaves alone
)

// Values of EnvLogFormat.
const (
	LogText = "text"
	LogJSON = "json" // one object in each line
)

// Settings are the names of all variables with EnvPrefix, sorted.
func Settings() []string {
	return []string{
		EnvClusterID, EnvExternalPortBase, EnvHeap, EnvInitialControllers, EnvJVM, EnvLogFormat, EnvMetricsPort, EnvNodeIDBase,
		EnvStopSeconds, EnvTool,
	}
}
