package config

import "github.com/kafka-kraft/kafka-kraft/topology"

// Voters is the number of controllers, derived where the config leaves it open.
func (c Config) Voters() int {
	switch {
	case c.Topology == topology.Combined:
		return c.Brokers
	case c.Controllers == 0:
		return 3
	default:
		return c.Controllers
	}
}

// Replication is the replication factor of new topics, derived where left open.
func (c Config) Replication() int {
	if c.ReplicationFactor != 0 {
		return c.ReplicationFactor
	}
	return topology.Replication(c.Brokers)
}

// MinInSync is min.insync.replicas, derived where left open.
func (c Config) MinInSync() int {
	if c.MinInSyncReplicas != 0 {
		return c.MinInSyncReplicas
	}
	return topology.MinInSync(c.Replication())
}

// ThrottleBytes is what a broker may send, and take, a second for replicas that move; 0 is no
// limit.
func (m Moves) ThrottleBytes() int { return m.Throttle.Bytes() }

// WantsPodMonitor reports whether there is to be a PodMonitor, by either key.
func (c Config) WantsPodMonitor() bool { return c.PodMonitor || c.Monitoring.PodMonitor }
