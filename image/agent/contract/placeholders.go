package contract

// Placeholders that the agent fills in when a pod starts, in server.properties and in the directory of Prepare, since all
// pods of a pool share one text.
const (
	PlaceholderNodeID       = "${NODE_ID}"       // EnvNodeIDBase and the ordinal
	PlaceholderPodName      = "${POD_NAME}"      // EnvPodName
	PlaceholderOrdinal      = "${ORDINAL}"       // the number at the end of the pod's name
	PlaceholderExternalPort = "${EXTERNAL_PORT}" // where clients outside reach this broker
)
