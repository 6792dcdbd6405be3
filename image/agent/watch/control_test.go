package watch

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/life"
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
		want.Hosts = map[int]string{0: "kafka-0", 1: "kafka-1", 2: "kafka-2"}
		if view := controlViewOf(got, id, directory); !reflect.DeepEqual(view, want) {
			t.Errorf("controller %d: %+v, want %+v", id, view, want)
		}
		if view := controlViewOf(got, id, "AAAAAAAAAAAAAAAAAAAAAA"); view.Place != probes.NoPlace {
			t.Errorf("controller %d with an emptied volume counts as the old one: %+v", id, view)
		}
	}
}

// Voters that there shall not be are told, and not before the stack's word has had the time to reach the pod.
func TestUnplannedVoters(t *testing.T) {
	folder := t.TempDir()
	c := Controllers{Initial: []contract.Voter{{ID: 0}, {ID: 1}, {ID: 2}}, Life: life.Folder(folder)}
	w := &controlWatch{planned: c.planned}
	begin := time.Now()
	for _, step := range []struct {
		after  time.Duration
		file   string // what the stack says
		voters []int
		want   []int
	}{
		{0, "", []int{0, 1, 2}, nil},
		{time.Second, "", []int{0, 1, 2, 3, 4}, nil}, // they were faster
		{time.Minute, "0 1 2 3 4", []int{0, 1, 2, 3, 4}, nil},
		{time.Hour, "0 1 2 3 4", []int{0, 1, 2, 3, 4}, nil},
		{2 * time.Hour, "0 1 2 3", []int{0, 1, 2, 3, 4}, nil},
		{2*time.Hour + toldWithin, "0 1 2 3", []int{0, 1, 2, 3, 4}, []int{4}},
		{3 * time.Hour, "", []int{0, 1, 2, 3, 4}, []int{3, 4}},
		{4 * time.Hour, "", []int{0, 1, 2}, nil},
	} {
		sample.Put(t, filepath.Join(folder, contract.LifeControllers), step.file)
		w.last.Voters = step.voters
		if got := w.unplanned(begin.Add(step.after)); !reflect.DeepEqual(got, step.want) {
			t.Errorf("after %s: %v, want %v", step.after, got, step.want)
		}
	}
	nobody := &controlWatch{planned: Controllers{}.planned, last: probes.Control{Voters: []int{7}}}
	nobody.unplanned(begin)
	if got := nobody.unplanned(begin.Add(time.Hour)); got != nil {
		t.Errorf("nobody knows who is planned: %v", got)
	}
}
