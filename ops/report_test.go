package ops

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReportLines(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"brokers 3, 4: no more replicas", "1 partition moved, 2.0 KiB copied", "2 reassignments cancelled", "broker 5: replicas again"},
		EvacuationReport{Cordoned: []int32{3, 4}, Moved: 1, Bytes: 2048, Cancelled: 2, Released: []int32{5}}.Lines())
	assert.Equal(t, []string{"broker 4: replicas again", "broker 3 unregistered", "9 partitions moved, 9.0 MiB copied", "1 partition back with the preferred leader"},
		MembershipReport{Released: []int32{4}, Unregistered: []int32{3}, Moved: 9, Bytes: 9 << 20, Elected: 1}.Lines())
	assert.Equal(t, []string{"controllers 1004, 1003 removed from the quorum"}, QuorumReport{Removed: []int32{1004, 1003}}.Lines())
	for _, nothing := range [][]string{EvacuationReport{Leaving: []int32{3}}.Lines(), MembershipReport{}.Lines(), QuorumReport{}.Lines()} {
		assert.Empty(t, nothing)
	}
}
