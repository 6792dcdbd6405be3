package topology

// Replication is the replication factor of so many brokers that say nothing else: each of
// them has a replica, up to three.
func Replication(brokers int) int { return min(3, brokers) }

// MinInSync is min.insync.replicas of a replication factor that says nothing else: one
// replica may be missing, if there is more than one.
func MinInSync(replication int) int { return max(1, replication-1) }
