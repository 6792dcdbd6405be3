// Package ops carries out what changes who belongs to a Kafka cluster: [Evacuate] empties brokers
// that are to leave, [Join] takes in those that came and takes out those that went, and
// [Settle] makes the quorum of controllers what it should be. [Finalise] ends an upgrade.
//
// Each is a loop that makes it so: it looks at the cluster first, remembers nothing, and can be
// cut off at any point and called again, with the same wishes or with others. What was begun by
// a call that was cut off is told by the cluster itself: a reassignment that takes replicas off
// a broker that leaves is ours, and so is cordoned.log.dirs=* on it. Brokers must have heard of
// that, which takes them a moment after the controllers: two seconds must lie between two calls.
// Between two runs of a program there is its start, and a preview.
//
// Each has a Plan function that changes nothing and says what it would do. What must not be done
// is refused with all reasons at once, as a [*Refusal].
//
// The cluster is an [Admin]; [New] makes one of a franz-go client:
//
//	client, err := kafkaclient.Connect(ctx, cluster)
//	…
//	report, err := ops.Evacuate(ctx, ops.New(client), ops.Evacuation{
//		Range: ops.Range{First: 0, End: topology.PoolIDs},
//		Keep:  []int32{0, 1, 2},
//	}, func(line string) { log.Print(line) })
package ops
