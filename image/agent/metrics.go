package main

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/expose"
	"github.com/kafka-kraft/kafka-kraft/image/agent/gate"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// serveMetrics answers Prometheus, if the pod wants metrics. That it cannot is no reason to keep a node down.
func serveMetrics(now *atomic.Pointer[runner]) {
	if now.Load().settings.MetricsPort == 0 {
		return
	}
	if err := open(contract.MetricsPort, nil, metricsHandler(now)); err != nil {
		say.Warn("metrics: %v; the agent tells none", err)
	}
}

func metricsHandler(now *atomic.Pointer[runner]) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+contract.PathMetrics, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", expose.ContentType)
		_, _ = w.Write(expose.Text(now.Load().metrics(time.Now())))
	})
	return mux
}

// prefix is what all metrics about the agent itself and its node's start and stop begin with.
const prefix = "kafka_kraft_agent_"

// metrics are what the agent tells of itself, and of the groups that its broker coordinates.
func (r *runner) metrics(now time.Time) []expose.Family {
	o := r.state.Read()
	return append(r.lag.Metrics(now),
		r.startsMetric(), waitingMetric(o), phasesMetric(r.begun, r.state.Reached()), cacheMetric(o.Cache),
		r.holdsMetric("stop_holds_total", "How often the stop gate has begun to hold this node's stop back, by what it waits for.", now,
			func(h gate.Held) float64 { return float64(h.Times) }),
		r.holdsMetric("stop_held_seconds_total", "How long the stop gate has held this node's stop back, by what it waits for.", now,
			func(h gate.Held) float64 { return h.Took.Seconds() }),
		momentMetric("certificate_not_after_seconds", "When the certificate that Kafka runs with ends, in Unix time.", o.Certificate),
		momentMetric("certificate_not_before_seconds", "Since when the certificate that Kafka runs with is valid, in Unix time.", o.Issued),
		momentMetric("ca_not_after_seconds", "When the CA of the certificate that Kafka runs with ends, in Unix time.", o.Vouched),
	)
}

func (r *runner) startsMetric() expose.Family {
	f := expose.Family{Name: prefix + "starts_total", Help: "Starts of the node since its pod is there.", Kind: expose.Counter}
	f.Add(float64(r.starts))
	return f
}

// waitingMetric has no reason in it, which would be another one each time: the startup probe tells it.
func waitingMetric(o probes.Observation) expose.Family {
	f := expose.Family{Name: prefix + "waiting", Help: "1 while the start waits for something or somebody else, before the JVM.", Kind: expose.Gauge}
	f.Add(oneIf(o.Waiting != ""))
	return f
}

// phasesMetric tells of phases that are over.
func phasesMetric(begun time.Time, m probes.Milestones) expose.Family {
	f := expose.Family{Name: prefix + "start_phase_seconds", Kind: expose.Gauge,
		Help: "How long a phase of the last start took: check, prepare (waits for others, formats), listen (the JVM, until it answers), join (until it is ready)."}
	from := begun
	for _, phase := range []struct {
		name  string
		until time.Time
	}{{"check", m.Checked}, {"prepare", m.Started}, {"listen", m.Answered}, {"join", m.Ready}} {
		if phase.until.IsZero() {
			break
		}
		f.Add(phase.until.Sub(from).Seconds(), "phase", phase.name)
		from = phase.until
	}
	return f
}

func cacheMetric(c probes.Cache) expose.Family {
	f := expose.Family{Name: prefix + "jvm_cache_used", Help: "1 if the JVM uses its ahead-of-time cache, 0 if it cannot.", Kind: expose.Gauge}
	if c != probes.CacheUnknown {
		f.Add(oneIf(c == probes.CacheUsed))
	}
	return f
}

func (r *runner) holdsMetric(name, help string, now time.Time, value func(gate.Held) float64) expose.Family {
	f := expose.Family{Name: prefix + name, Help: help, Kind: expose.Counter}
	for _, what := range []gate.WaitsFor{gate.ForReplicas, gate.ForQuorum, gate.ForAnswers} {
		f.Add(value(r.holds.Of(what, now)), "waits_for", string(what))
	}
	return f
}

// momentMetric is not told of a moment that never comes.
func momentMetric(name, help string, at time.Time) expose.Family {
	f := expose.Family{Name: prefix + name, Help: help, Kind: expose.Gauge}
	if !at.IsZero() {
		f.Add(float64(at.Unix()))
	}
	return f
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
