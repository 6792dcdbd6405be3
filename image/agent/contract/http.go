package contract

// Port is where every agent answers over HTTP, in every pod: the kubelet's probes, other agents, and rollouts.
const Port = 5001

// Paths at Port. The probes answer 200 or 503, with one line why.
const (
	PathStartup   = "/startupz"
	PathLiveness  = "/livez"
	PathReadiness = "/readyz"
	PathRole      = "/v1.0/getrole" // the node's role, as KubeBlocks asks for it
	PathState     = "/v1.0/state"   // State
)
