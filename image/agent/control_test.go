package main

import (
	"reflect"
	"testing"
)

// TestControlView has the recorded answer of a quorum.
func TestControlView(t *testing.T) {
	c := client{address: serving(t, []byte(bytesOf(t, quorumAnswer)))}
	defer c.close()
	got, err := c.describeQuorum()
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int]controlView{
		0: {leaderID: 1, leaderEpoch: 33, place: voting, behind: 426e6},
		1: {leaderID: 1, leaderEpoch: 33, place: voting},
		2: {leaderID: 1, leaderEpoch: 33, place: voting, behind: 3284e6},
	} {
		directory := "AAECAwQFBgcICQoLDA0OA" + string("AQg"[id])
		want.voters, want.alive = []int{0, 1, 2}, []int{0, 1, 2}
		if view := controlViewOf(got, id, directory); !reflect.DeepEqual(view, want) {
			t.Errorf("controller %d: %+v, want %+v", id, view, want)
		}
		if view := controlViewOf(got, id, "AAAAAAAAAAAAAAAAAAAAAA"); view.place != noPlace {
			t.Errorf("controller %d with an emptied volume counts as the old one: %+v", id, view)
		}
	}
}
