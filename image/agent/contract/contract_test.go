package contract

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBesideHeap(t *testing.T) {
	for limit, want := range map[int64]int64{1 << 20: 320 << 20, 1 << 30: 320 << 20, 1280 << 20: 320 << 20, 8 << 30: 2 << 30} {
		if got := BesideHeap(limit); got != want {
			t.Errorf("%d: %d, want %d", limit, got, want)
		}
		if got := BesideHeap(uint64(limit)); got != uint64(want) {
			t.Errorf("%d, without a sign: %d, want %d", limit, got, want)
		}
	}
}

func TestSettingsAreSortedAndHaveThePrefix(t *testing.T) {
	names := Settings()
	if !slices.IsSorted(names) {
		t.Errorf("%v", names)
	}
	for _, name := range names {
		if !strings.HasPrefix(name, EnvPrefix) {
			t.Errorf("%s does not begin with %s", name, EnvPrefix)
		}
	}
}

// TestState keeps the names under which agents and rollouts of other releases look for what it says.
func TestState(t *testing.T) {
	behind := false
	got, err := json.Marshal(State{
		NodeID: 1, ClusterID: "c", History: Lived, LeaderID: 2, LeaderEpoch: 3, Voters: []int{1, 2}, Alive: []int{2}, Stopping: true, Leaving: true,
		Ready: true, CaughtUp: &behind, OutOfSync: 4, Leaderless: 5, UnplannedVoters: []int{2},
		Restarts:         Restarts{Count: 6, Last: time.Date(2026, 11, 29, 1, 2, 3, 0, time.UTC)},
		CertificateUntil: time.Date(2027, 2, 20, 1, 2, 3, 0, time.UTC),
	})
	want := `{"nodeId":1,"clusterId":"c","history":"lived","leaderId":2,"leaderEpoch":3,"voters":[1,2],"alive":[2],"stopping":true,"leaving":true,` +
		`"ready":true,"caughtUp":false,"outOfSync":4,"leaderless":5,"unplannedVoters":[2],` +
		`"restarts":{"count":6,"last":"2026-11-29T01:02:03Z"},"certificateUntil":"2027-02-20T01:02:03Z"}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	var old State
	if err := json.Unmarshal([]byte(`{"nodeId":0,"leaderId":-1}`), &old); err != nil || old.CaughtUp != nil {
		t.Errorf("an image older than the field: %+v, %v", old, err)
	}
}

func TestPrepare(t *testing.T) {
	if got, want := strings.Join(Prepare("/mnt/kafka/"+PlaceholderOrdinal), " "), "prepare --dir /mnt/kafka/${ORDINAL} --uid 10001"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
