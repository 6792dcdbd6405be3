package lag

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/agent/watch"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// Watch has the last report. Its zero value has none.
type Watch struct{ last atomic.Pointer[Report] }

// Run asks the broker of this node until the context ends, while the broker serves.
func (w *Watch) Run(ctx context.Context, n settings.Node, state *probes.Latest) {
	broker := &wire.Client{Address: n.BrokerAddress, TLS: n.ToBrokers(), Timeout: patience, Largest: largest}
	all := newBrokers(n.ToBrokers())
	watch.Loop(ctx, func(now time.Time) time.Duration { return w.look(now, state.Read(), broker, all) })
}

// look asks once, if the broker serves, and returns how long to wait for the next time.
func (w *Watch) look(now time.Time, o probes.Observation, broker coordinator, all *brokers) time.Duration {
	if !o.BrokerPort.Answering || !o.Broker.Counts() {
		return time.Second
	}
	report, err := round{broker, all, now.Add(longest)}.ask()
	all.rest()
	if err == nil {
		w.last.Store(&report)
	}
	return Every
}

// Last returns the last report, if it is not too old to count.
func (w *Watch) Last(now time.Time) (Report, bool) {
	last := w.last.Load()
	if last == nil || now.Sub(last.At) > old {
		return Report{}, false
	}
	return *last, true
}
