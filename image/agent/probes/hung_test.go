package probes

import (
	"testing"
	"time"
)

func TestHung(t *testing.T) {
	up := Port{Answering: true, EverAnswers: true}
	for name, test := range map[string]struct {
		port Port
		told time.Duration
		want bool
	}{
		"it stops":               {up, time.Minute, false},
		"its listener is closed": {Port{EverAnswers: true}, 5 * time.Minute, false},
		"a stalled disk":         {Port{EverAnswers: true, SilentFor: 45 * time.Second}, 45 * time.Second, false},
		"wedged":                 {Port{EverAnswers: true, SilentFor: wedgedAfter}, wakeTime, true},
		"hung already before":    {Port{EverAnswers: true, SilentFor: time.Hour}, wakeTime - time.Second, false},
		"log recovery":           {Port{SilentFor: time.Hour}, time.Minute, false},
		"it never ends":          {Port{EverAnswers: true}, stopPatience, true},
	} {
		if got := (Observation{BrokerPort: test.port}).Hung(test.told); (got != "") != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
