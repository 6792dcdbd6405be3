package placement

import (
	"cmp"
	"fmt"
	"slices"
)

// Cluster is what there is.
type Cluster struct {
	Brokers    []Broker
	Partitions []Partition
	// OneVolume says that the brokers' volumes are folders of one file system: each has all of
	// its room, and what one takes the others lose.
	OneVolume bool
}

// Broker is one that is registered.
type Broker struct {
	ID int32
	// Rack is where it stands; "" is a rack like any other, so that a cluster without racks
	// has one.
	Rack string
	// Free is how many more bytes its volumes take.
	Free int64
	// New marks a broker that [Spread] with [New] fills.
	New bool
	// Closed keeps further replicas away: it is cordoned, fenced or about to leave. What it
	// has stays, unless it is drained.
	Closed bool
}

// Partition is a partition with its replicas, the preferred leader first.
type Partition struct {
	Topic    string
	Index    int32
	Replicas []int32 // broker ids
	Size     int64   // bytes of one replica
}

// String is how Kafka names a partition in its logs.
func (p Partition) String() string { return fmt.Sprintf("%s-%d", p.Topic, p.Index) }

// Move gives a partition other replicas.
type Move struct {
	Topic string
	Index int32
	From  []int32 // replicas before
	To    []int32 // replicas after, the preferred leader first
	Bytes int64   // to be copied: the size of the partition for every new replica
}

// Added are the brokers that get a replica.
func (m Move) Added() []int32 { return without(m.To, m.From) }

// Removed are the brokers that lose theirs.
func (m Move) Removed() []int32 { return without(m.From, m.To) }

// Options say how.
type Options struct {
	// Headroom is how much room a byte needs where it goes. 0 is 1.2: a fifth stays for what
	// producers write while replicas are copied. Below 1 counts as 1.
	Headroom float64
}

const defaultHeadroom = 1.2

// room is what a replica of this size needs of a broker's free bytes.
func (o Options) room(size int64) int64 {
	factor := o.Headroom
	if factor == 0 {
		factor = defaultHeadroom
	}
	return int64(float64(size) * max(factor, 1))
}

// without is a list less the ids of another, in its order.
func without(ids, less []int32) []int32 {
	var rest []int32
	for _, id := range ids {
		if !slices.Contains(less, id) {
			rest = append(rest, id)
		}
	}
	return rest
}

// byName orders moves as a reader expects them.
func byName(a, b Move) int {
	return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Index, b.Index))
}
