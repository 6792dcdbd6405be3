package main

import (
	"testing"
	"time"
)

func TestHung(t *testing.T) {
	up := portView{answering: true, everAnswers: true}
	for name, test := range map[string]struct {
		port portView
		told time.Duration
		want bool
	}{
		"it stops":               {up, time.Minute, false},
		"its listener is closed": {portView{everAnswers: true}, 5 * time.Minute, false},
		"a stalled disk":         {portView{everAnswers: true, silentFor: 45 * time.Second}, 45 * time.Second, false},
		"wedged":                 {portView{everAnswers: true, silentFor: wedgedAfter}, wakeTime, true},
		"hung already before":    {portView{everAnswers: true, silentFor: time.Hour}, wakeTime - time.Second, false},
		"log recovery":           {portView{silentFor: time.Hour}, time.Minute, false},
		"it never ends":          {portView{everAnswers: true}, stopPatience, true},
	} {
		if got := (observation{brokerPort: test.port}).hung(test.told); (got != "") != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
