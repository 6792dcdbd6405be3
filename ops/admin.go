package ops

import "context"

// Admin is what this package asks of a Kafka cluster. [New] is the real one.
//
// Answers may be behind by as much as a broker is behind the metadata log.
type Admin interface {
	// Brokers are all that are registered, fenced ones, too, by id.
	Brokers(context.Context) ([]Broker, error)
	// MetadataVersion is the finalised level of metadata.version.
	MetadataVersion(context.Context) (int16, error)
	// MetadataVersionOf asks one broker what it knows of metadata.version.
	MetadataVersionOf(ctx context.Context, broker int32) (MetadataVersion, error)
	// SetMetadataVersion finalises a level, or only asks whether Kafka would (KIP-584). To lower it
	// must be said, and Kafka does that only where no metadata is lost. A node that is registered
	// and does not know the level, or nobody's being able to go back from the one that there is,
	// is INVALID_UPDATE_VERSION. The level that there is already is no error.
	SetMetadataVersion(ctx context.Context, level int16, lower, validate bool) error
	// Levels are the finalised levels of all features, by name. kraft.version is left out while
	// it is 0 (KRaftMetadataCache.features).
	Levels(context.Context) (map[string]int16, error)
	// Partitions are those of all topics, internal ones, too, by topic and index.
	Partitions(context.Context) ([]Partition, error)
	// LogDirs asks one broker what lies on its volumes.
	LogDirs(ctx context.Context, broker int32) ([]LogDir, error)
	// Reassignments are all that are running, whoever began them.
	Reassignments(context.Context) ([]Reassignment, error)
	// Reassign begins reassignments, or cancels them where there are no replicas. The first
	// result has an error, or nil, for each. A change of the number of replicas is refused.
	Reassign(context.Context, []Assignment) ([]error, error)
	// BrokerConfig is what was set dynamically for this one broker. It must be unfenced.
	BrokerConfig(ctx context.Context, broker int32) (map[string]string, error)
	// AlterBroker sets dynamic values for this one broker, and takes out those that are "". It
	// must be unfenced, since brokers refuse what is for another one.
	AlterBroker(ctx context.Context, broker int32, values map[string]string) error
	// TopicConfigs are what was set for these topics, by topic. Topics that are gone are left out.
	TopicConfigs(ctx context.Context, topics []string) (map[string]map[string]string, error)
	// MinInSync is the min.insync.replicas that these topics have, set for them or not, by topic.
	// Topics that are gone are left out.
	MinInSync(ctx context.Context, topics []string) (map[string]int, error)
	// AlterTopic sets values for a topic, and takes out those that are "". A topic that is gone
	// is no error.
	AlterTopic(ctx context.Context, topic string, values map[string]string) error
	// ElectPreferred makes the first replica of each the leader, where it is in sync. Those
	// where it cannot be are left as they are.
	ElectPreferred(context.Context, []Partition) error
	// Unregister forgets a broker. One that is not registered is no error. Kafka checks
	// nothing here: see [Join].
	Unregister(ctx context.Context, broker int32) error
	// Quorum is the quorum as its leader sees it.
	Quorum(context.Context) (Quorum, error)
	// RemoveVoter takes a voter out. One that is no voter is no error.
	RemoveVoter(ctx context.Context, voter Voter) error
	// UnregisterController forgets a controller that does not vote (KIP-1312). One that is not
	// registered is no error. Kafka does it from metadata.version 4.4-IV2 on.
	UnregisterController(ctx context.Context, controller int32) error
}

// Broker is a registration.
type Broker struct {
	ID     int32
	Rack   string
	Fenced bool // registered, but the controllers do not hear it
}

// MetadataVersion is what a broker knows of the feature metadata.version.
type MetadataVersion struct {
	Finalised int16 // as far as the broker has read the metadata log
	Highest   int16 // that its Kafka can have
}

// Partition is a partition as the metadata has it.
type Partition struct {
	Topic    string
	Index    int32
	Leader   int32   // -1: none
	Replicas []int32 // while it is reassigned: those that come and those that go, too
	ISR      []int32
}

// LogDir is one of a broker's directories with records.
type LogDir struct {
	Path     string
	Total    int64 // bytes of the file system that it is in; -1: the broker does not know
	Free     int64 // bytes; -1: the broker does not know
	Cordoned bool
	Logs     []Log
}

// Log is a replica on a broker's volume.
type Log struct {
	Topic string
	Index int32
	Size  int64 // bytes
}

// Reassignment is one that is running.
type Reassignment struct {
	Topic    string
	Index    int32
	Replicas []int32 // with Adding and Removing
	Adding   []int32
	Removing []int32
}

// Target are the replicas at the end of it.
func (r Reassignment) Target() []int32 { return without(r.Replicas, r.Removing) }

// Assignment gives a partition replicas. No replicas cancels what is running.
type Assignment struct {
	Topic    string
	Index    int32
	Replicas []int32
}

// Quorum is who decides about the metadata log.
type Quorum struct {
	Leader    int32 // -1: none
	Voters    []Voter
	Observers []Voter // follow the log and have no vote: brokers, and controllers about to join
}

// Voter is a member of the quorum, or an observer.
type Voter struct {
	ID        int32
	Directory [16]byte // of its metadata log; another one after the volume was lost
	End       int64    // of its log; -1: the leader has not heard of it
	// CaughtUp is when it last had all that the leader had, in milliseconds of the leader's
	// clock. The leader's own is the leader's now (RaftUtil.toReplicaState). -1: never.
	CaughtUp int64
	Host     string // host:port of a voter, as the quorum keeps it; "" for observers
	// Listeners are the names of those at which the quorum knows a voter (KIP-853).
	Listeners []string
}
