package automation

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// told is a Kafka that tells what a test says.
type told struct {
	ops.Admin
	brokers    []ops.Broker
	partitions []ops.Partition
	dirs       map[int32][]ops.LogDir
	quorum     ops.Quorum
	running    []ops.Reassignment
	least      map[string]int   // min.insync.replicas, by topic
	fails      map[string]error // by part
}

func (k told) Levels(context.Context) (map[string]int16, error) {
	return map[string]int16{"metadata.version": 30}, k.fails["levels"]
}
func (k told) Brokers(context.Context) ([]ops.Broker, error) { return k.brokers, k.fails["brokers"] }
func (k told) Partitions(context.Context) ([]ops.Partition, error) {
	return k.partitions, k.fails["replicas"]
}
func (k told) Reassignments(context.Context) ([]ops.Reassignment, error) {
	return k.running, k.fails["moves"]
}
func (k told) MinInSync(context.Context, []string) (map[string]int, error) {
	return k.least, k.fails["min.insync.replicas"]
}
func (k told) Quorum(context.Context) (ops.Quorum, error) { return k.quorum, k.fails["controllers"] }
func (k told) LogDirs(_ context.Context, id int32) ([]ops.LogDir, error) {
	dirs, ok := k.dirs[id]
	if !ok {
		return nil, errors.New("no answer")
	}
	return dirs, nil
}

// Who should take part and who does, with those that Kafka still knows and those that it does not.
func TestMembersOf(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Topology, c.Brokers, c.Controllers, c.ClusterName = "separated", 3, 3, "ci"
	got := membersOf(t.Context(), told{
		brokers: []ops.Broker{{ID: 0, Rack: "a"}, {ID: 1, Fenced: true}, {ID: 3}},
		partitions: []ops.Partition{
			{Topic: "a", Index: 0, Leader: 0, Replicas: []int32{0, 1}, ISR: []int32{0}},
			{Topic: "a", Index: 1, Leader: 3, Replicas: []int32{3, 0}, ISR: []int32{0}}, // 3 only comes
			{Topic: "b", Leader: -1, Replicas: []int32{1}},
		},
		least: map[string]int{"a": 1, "b": 1},
		dirs: map[int32][]ops.LogDir{
			0: {{Logs: []ops.Log{{Size: 10}}, Free: 7}, {Logs: []ops.Log{{Size: 5}}, Free: 1}},
			3: {{Cordoned: true, Free: -1}},
		},
		quorum: ops.Quorum{
			Leader: 1001,
			Voters: []ops.Voter{{ID: 1000, CaughtUp: 5000, End: 40}, {ID: 1001, CaughtUp: 9000, End: 42}, {ID: 1007, CaughtUp: -1, End: -1, Host: "c-7:9093"}},
			// Brokers follow the log, too, and a voter that has just been removed may be in both lists.
			Observers: []ops.Voter{{ID: 0, CaughtUp: 9000}, {ID: 1002, CaughtUp: 9000, End: 42}, {ID: 1000, CaughtUp: 1}},
		},
		running: []ops.Reassignment{{Topic: "a", Index: 1, Adding: []int32{3}, Removing: []int32{1}}},
	}, c.Plan())
	assert.Equal(t, Members{
		Levels: map[string]int16{"metadata.version": 30}, Moving: []Move{{"a", 1, []int32{3}, []int32{1}}},
		Replication: &Replication{Partitions: 3, Offline: 1, UnderMinISR: 1, UnderReplicated: 2},
		Brokers: []Broker{
			{ID: 0, Pod: "ci-kafka-broker-0", State: Serves, Rack: "a", Replicas: 2, Leads: 1, Bytes: 15, Free: 8},
			{ID: 1, Pod: "ci-kafka-broker-1", State: Fenced, Replicas: 2, Bytes: -1, Free: -1},
			{ID: 2, Pod: "ci-kafka-broker-2", State: NotRegistered, Bytes: -1, Free: -1},
			{ID: 3, State: Serves, Cordoned: true, Replicas: 1, Leads: 1, Free: -1},
		},
		Controllers: []Controller{
			{ID: 1000, Pod: "ci-kafka-controller-0", State: Votes, Lag: 2, CaughtUp: time.UnixMilli(5000).UTC(), Behind: 4 * time.Second},
			{ID: 1001, Pod: "ci-kafka-controller-1", State: Leads, CaughtUp: time.UnixMilli(9000).UTC()},
			{ID: 1002, Pod: "ci-kafka-controller-2", State: Follows, CaughtUp: time.UnixMilli(9000).UTC()},
			{ID: 1007, State: Votes, Host: "c-7:9093", Lag: -1, Behind: -1},
		},
	}, got)
	assert.Equal(t, "serves, cordoned, beyond the plan", got.Brokers[3].String())
	assert.Equal(t, "votes, 4s behind", got.Controllers[0].String())
	assert.Equal(t, "votes, beyond the plan", got.Controllers[3].String())
}

// One part that is not told hides no other.
func TestMembersInPart(t *testing.T) {
	t.Parallel()
	c := config.Default()
	whole := told{
		brokers: []ops.Broker{{ID: 0}, {ID: 1}}, dirs: map[int32][]ops.LogDir{0: {{Logs: []ops.Log{{Size: 10}}}}, 1: {{}}},
		partitions: []ops.Partition{{Leader: 0, Replicas: []int32{0, 1}, ISR: []int32{1}}}, quorum: ops.Quorum{Leader: 0, Voters: []ops.Voter{{ID: 0}}},
	}
	require.Empty(t, membersOf(t.Context(), whole, c.Plan()).Unknown)
	for _, part := range []string{"levels", "moves", "brokers", "replicas", "controllers", "min.insync.replicas"} {
		broken := whole
		broken.fails = map[string]error{part: context.DeadlineExceeded}
		got := membersOf(t.Context(), broken, c.Plan())
		assert.Equal(t, []Unknown{{part, "no answer within 10s"}}, got.Unknown)
		assert.Equal(t, part == "brokers", got.Brokers == nil, part)
		assert.Equal(t, part == "controllers", got.Controllers == nil, part)
		assert.Equal(t, part == "replicas", got.Replication == nil, part)
		if part == "min.insync.replicas" {
			assert.Equal(t, &Replication{Partitions: 1, UnderMinISR: -1, UnderReplicated: 1}, got.Replication)
		}
		if part == "replicas" {
			assert.Equal(t, Broker{ID: 0, Pod: "kafka-0", State: Serves, Replicas: -1, Leads: -1, Bytes: 10}, got.Brokers[0])
		}
	}
	delete(whole.dirs, 1)
	got := membersOf(t.Context(), whole, c.Plan())
	assert.Equal(t, []Unknown{{"volumes of broker 1", "no answer"}}, got.Unknown)
	assert.EqualValues(t, 10, got.Brokers[0].Bytes)
	assert.EqualValues(t, -1, got.Brokers[1].Bytes)
}
