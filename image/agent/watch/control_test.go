package watch

import (
	"reflect"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// TestControlView has the recorded answer of a quorum.
func TestControlView(t *testing.T) {
	c := wire.Client{Address: sample.Serve(t, []byte(sample.Bytes(t, sample.QuorumAnswer)))}
	defer c.Close()
	got, err := c.DescribeQuorum()
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int]probes.Control{
		0: {LeaderID: 1, LeaderEpoch: 33, Place: probes.Voting, Behind: 426e6},
		1: {LeaderID: 1, LeaderEpoch: 33, Place: probes.Voting},
		2: {LeaderID: 1, LeaderEpoch: 33, Place: probes.Voting, Behind: 3284e6},
	} {
		directory := "AAECAwQFBgcICQoLDA0OA" + string("AQg"[id])
		want.Voters, want.Alive = []int{0, 1, 2}, []int{0, 1, 2}
		if view := controlViewOf(got, id, directory); !reflect.DeepEqual(view, want) {
			t.Errorf("controller %d: %+v, want %+v", id, view, want)
		}
		if view := controlViewOf(got, id, "AAAAAAAAAAAAAAAAAAAAAA"); view.Place != probes.NoPlace {
			t.Errorf("controller %d with an emptied volume counts as the old one: %+v", id, view)
		}
	}
}
