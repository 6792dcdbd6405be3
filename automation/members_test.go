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
}

func (k told) MetadataVersion(context.Context) (int16, error)            { return 30, nil }
func (k told) Brokers(context.Context) ([]ops.Broker, error)             { return k.brokers, nil }
func (k told) Partitions(context.Context) ([]ops.Partition, error)       { return k.partitions, nil }
func (k told) Reassignments(context.Context) ([]ops.Reassignment, error) { return k.running, nil }
func (k told) Quorum(context.Context) (ops.Quorum, error)                { return k.quorum, nil }
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
	got, err := membersOf(t.Context(), told{
		brokers:    []ops.Broker{{ID: 0, Rack: "a"}, {ID: 1, Fenced: true}, {ID: 3}},
		partitions: []ops.Partition{{Leader: 0, Replicas: []int32{0, 1}}, {Leader: 3, Replicas: []int32{3, 0}}, {Leader: -1, Replicas: []int32{1}}},
		dirs: map[int32][]ops.LogDir{
			0: {{Logs: []ops.Log{{Size: 10}}}, {Logs: []ops.Log{{Size: 5}}}},
			3: {{Cordoned: true}},
		},
		quorum: ops.Quorum{
			Leader: 1001,
			Voters: []ops.Voter{{ID: 1000, CaughtUp: 5000}, {ID: 1001, CaughtUp: 9000}, {ID: 1007, CaughtUp: -1}},
			// Brokers follow the log, too, and a voter that has just been removed may be in both lists.
			Observers: []ops.Voter{{ID: 0, CaughtUp: 9000}, {ID: 1002, CaughtUp: 9000}, {ID: 1000, CaughtUp: 1}},
		},
		running: []ops.Reassignment{{}, {}},
	}, c.Plan())
	require.NoError(t, err)
	assert.Equal(t, Members{
		MetadataVersion: 30, Moving: 2,
		Brokers: []Broker{
			{ID: 0, Pod: "ci-kafka-broker-0", State: Serves, Rack: "a", Replicas: 2, Leads: 1, Bytes: 15},
			{ID: 1, Pod: "ci-kafka-broker-1", State: Fenced, Replicas: 2, Bytes: -1},
			{ID: 2, Pod: "ci-kafka-broker-2", State: NotRegistered, Bytes: -1},
			{ID: 3, State: Serves, Cordoned: true, Replicas: 1, Leads: 1},
		},
		Controllers: []Controller{
			{ID: 1000, Pod: "ci-kafka-controller-0", State: Votes, Behind: 4 * time.Second},
			{ID: 1001, Pod: "ci-kafka-controller-1", State: Leads},
			{ID: 1002, Pod: "ci-kafka-controller-2", State: Follows},
			{ID: 1007, State: Votes, Behind: -1},
		},
	}, got)
	assert.Equal(t, "serves, cordoned, beyond the plan", got.Brokers[3].String())
	assert.Equal(t, "votes, 4s behind", got.Controllers[0].String())
	assert.Equal(t, "votes, beyond the plan", got.Controllers[3].String())
}
