package main

import (
	"strings"
	"testing"
)

func TestYounger(t *testing.T) {
	ours := age{epoch: 5, end: 1000}
	for name, test := range map[string]struct {
		quorum quorum
		want   string
	}{
		"the same leader":                   {quorum{leaderEpoch: 5, highWatermark: 1000}, ""},
		"a later one, further on":           {quorum{leaderEpoch: 9, highWatermark: 5000}, ""},
		"a new leader, does not know yet":   {quorum{leaderEpoch: 6, highWatermark: -1}, ""},
		"an earlier epoch":                  {quorum{leaderEpoch: 1, highWatermark: 40}, "its epoch is 1, and this broker's copy of the metadata log has seen epoch 5"},
		"an earlier epoch, further on":      {quorum{leaderEpoch: 4, highWatermark: 5000}, "its epoch is 4"},
		"the epochs passed, the log is not": {quorum{leaderEpoch: 6, highWatermark: 40}, "its log has 40 records, and this broker's copy of it 1000"},
	} {
		if got := younger(ours, test.quorum); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
