package topology

// Authorization is who may do what in Kafka, and is for a cluster that knows its nodes and
// clients by their certificates.
type Authorization string

const (
	// Open lets everybody do everything.
	Open Authorization = "open"
	// Warn keeps to ACLs, and lets everybody at what has none.
	Warn Authorization = "warn"
	// Closed lets nobody do what no ACL allows.
	Closed Authorization = "closed"
)
