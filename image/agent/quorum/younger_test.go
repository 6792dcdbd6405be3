package quorum

import (
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/metalog"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

func TestYounger(t *testing.T) {
	ours := metalog.Age{Epoch: 5, End: 1000}
	for name, test := range map[string]struct {
		quorum wire.Quorum
		want   string
	}{
		"the same leader":                   {wire.Quorum{LeaderEpoch: 5, HighWatermark: 1000}, ""},
		"a later one, further on":           {wire.Quorum{LeaderEpoch: 9, HighWatermark: 5000}, ""},
		"a new leader, does not know yet":   {wire.Quorum{LeaderEpoch: 6, HighWatermark: -1}, ""},
		"an earlier epoch":                  {wire.Quorum{LeaderEpoch: 1, HighWatermark: 40}, "its epoch is 1, and this broker's copy of the metadata log has seen epoch 5"},
		"an earlier epoch, further on":      {wire.Quorum{LeaderEpoch: 4, HighWatermark: 5000}, "its epoch is 4"},
		"the epochs passed, the log is not": {wire.Quorum{LeaderEpoch: 6, HighWatermark: 40}, "its log has 40 records, and this broker's copy of it 1000"},
	} {
		if got := Younger(ours, test.quorum); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
