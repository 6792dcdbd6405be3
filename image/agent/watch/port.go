package watch

import (
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
)

// portWatch turns the outcome of each request into a probes.Port.
type portWatch struct {
	everAnswers bool
	silentSince time.Time
}

func (w *portWatch) saw(now time.Time, answered, refused bool) probes.Port {
	switch {
	case answered:
		w.everAnswers, w.silentSince = true, time.Time{}
	case refused:
		w.silentSince = time.Time{}
	case w.silentSince.IsZero():
		w.silentSince = now
	}
	view := probes.Port{Answering: answered, EverAnswers: w.everAnswers}
	if !w.silentSince.IsZero() {
		view.SilentFor = now.Sub(w.silentSince)
	}
	return view
}
