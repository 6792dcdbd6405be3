package watch

import (
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

func TestCutOff(t *testing.T) {
	reaches, others := true, true
	w := &cutOffWatch{state: probes.NewLatest(settings.Settings{}, settings.Node{Broker: true}), reaches: func() bool { return reaches }, others: func() bool { return others }}
	begin := time.Now()
	at := func(seconds int) string {
		w.poll(begin.Add(time.Duration(seconds) * time.Second))
		return w.state.Read().Broker.CutOff
	}
	for _, step := range []struct {
		second          int
		reaches, others bool
		cutOff          bool
	}{
		{0, true, true, false},
		{3, false, true, false},   // an election
		{12, false, true, false},  // still one
		{18, false, true, true},   // others have a leader
		{21, false, false, false}, // nobody has: all serve on
		{24, false, true, true},
		{27, true, true, false},
		{30, false, true, false},
	} {
		reaches, others = step.reaches, step.others
		if got := at(step.second); (got != "") != step.cutOff || step.cutOff && !strings.Contains(got, "cut off from the controllers") {
			t.Errorf("second %d: %q", step.second, got)
		}
	}
}
