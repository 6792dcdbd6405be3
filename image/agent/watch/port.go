package watch

import (
	"errors"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// portWatch turns the outcome of each request into a probes.Port.
type portWatch struct {
	everAnswers bool
	silentSince time.Time
}

// shut reports whether an error says that the port is closed to the agent, which is not a JVM that hangs: nobody listens, or
// there is no trust, which a restart would make worse, since every node's certificate may have expired at once.
func shut(err error) bool {
	return errors.Is(err, wire.ErrNotListening) || errors.Is(err, wire.ErrUntrusted)
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
