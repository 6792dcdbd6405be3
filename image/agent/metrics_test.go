package main

import (
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// metricsOf is the port for metrics of an agent whose start this is.
func metricsOf(r *runner) http.Handler {
	now := &atomic.Pointer[runner]{}
	now.Store(r)
	return metricsHandler(now)
}

// told are the samples that a runner tells at the port for metrics, by what stands before the value.
func told(t *testing.T, r *runner) map[string]string {
	t.Helper()
	code, body := get(t, metricsOf(r), contract.PathMetrics)
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	all := map[string]string{}
	for line := range strings.Lines(body) {
		if !strings.HasPrefix(line, "#") {
			series, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			all[series] = value
		}
	}
	return all
}

func TestMetrics(t *testing.T) {
	r := &runner{state: probes.NewLatest(settings.Settings{}, settings.Node{Broker: true, Controller: true}), begun: time.Now(), starts: 3}
	before := slices.Sorted(maps.Keys(told(t, r)))
	want := []string{
		"kafka_kraft_agent_start_phase_seconds{phase=\"check\"}", "kafka_kraft_agent_starts_total",
		"kafka_kraft_agent_stop_held_seconds_total{waits_for=\"answers\"}",
		"kafka_kraft_agent_stop_held_seconds_total{waits_for=\"quorum\"}",
		"kafka_kraft_agent_stop_held_seconds_total{waits_for=\"replicas\"}",
		"kafka_kraft_agent_stop_holds_total{waits_for=\"answers\"}",
		"kafka_kraft_agent_stop_holds_total{waits_for=\"quorum\"}",
		"kafka_kraft_agent_stop_holds_total{waits_for=\"replicas\"}",
		"kafka_kraft_agent_waiting",
	}
	if !slices.Equal(before, want) {
		t.Errorf("before the JVM: %q\nwant %q", before, want)
	}
	r.state.Update(func(o *probes.Observation) { o.Waiting = "for the other controllers" })
	if got := told(t, r); got["kafka_kraft_agent_waiting"] != "1" || got["kafka_kraft_agent_starts_total"] != "3" {
		t.Errorf("while it waits: %v", got)
	}
	end := time.Date(2027, 12, 16, 22, 2, 3, 0, time.UTC)
	r.state.Update(func(o *probes.Observation) {
		*o = inService()
		o.Cache, o.Certificate, o.Issued, o.Vouched = probes.CacheUsed, end, end.AddDate(0, 0, -90), end.AddDate(10, 0, 0)
	})
	got := told(t, r)
	for series, value := range map[string]string{
		"kafka_kraft_agent_waiting": "0", "kafka_kraft_agent_jvm_cache_used": "1",
		"kafka_kraft_agent_certificate_not_after_seconds": "1.828994523e+09", "kafka_kraft_agent_certificate_not_before_seconds": "1.821218523e+09",
		"kafka_kraft_agent_ca_not_after_seconds": "2.144613723e+09",
	} {
		if got[series] != value {
			t.Errorf("in service, %s: %q, want %s", series, got[series], value)
		}
	}
	for _, phase := range []string{"check", "prepare", "listen", "join"} {
		if series := "kafka_kraft_agent_start_phase_seconds{phase=\"" + phase + "\"}"; got[series] == "" {
			t.Errorf("in service: %s is not told", series)
		}
	}
	r.state.Update(func(o *probes.Observation) { o.Cache = probes.CacheUnused })
	if value := told(t, r)["kafka_kraft_agent_jvm_cache_used"]; value != "0" {
		t.Errorf("without the cache: %q", value)
	}
}

// There is nothing else at a port that is open to everybody.
func TestMetricsAreAllThatIsTold(t *testing.T) {
	r := &runner{state: probes.NewLatest(settings.Settings{}, settings.Node{})}
	for _, path := range []string{contract.PathStartup, contract.PathLiveness, contract.PathReadiness, contract.PathRole, contract.PathState, "/"} {
		if code, body := get(t, metricsOf(r), path); code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}

func TestPhases(t *testing.T) {
	begun := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	at := func(seconds float64) time.Time { return begun.Add(time.Duration(seconds * float64(time.Second))) }
	f := phasesMetric(begun, probes.Milestones{Checked: at(0.25), Started: at(3.25), Answered: at(7.25)})
	got := map[string]float64{}
	for _, s := range f.Samples {
		got[s.Labels[0].Value] = s.Value
	}
	if want := map[string]float64{"check": 0.25, "prepare": 3, "listen": 4}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Every name has its unit at the end, or counts.
func TestNamesOfMetrics(t *testing.T) {
	r := &runner{state: probes.NewLatest(settings.Settings{}, settings.Node{})}
	for _, f := range r.metrics(time.Now()) {
		if !regexp.MustCompile(`^kafka_kraft_agent_[a-z_]+$`).MatchString(f.Name) || (f.Kind == "counter") != strings.HasSuffix(f.Name, "_total") {
			t.Errorf("%s is a %s", f.Name, f.Kind)
		}
		if !strings.HasSuffix(f.Help, ".") {
			t.Errorf("%s: %q is no sentence", f.Name, f.Help)
		}
	}
}

func TestCountStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kafka", "starts")
	for want := 1; want <= 3; want++ {
		if got := countStart(file); got != want {
			t.Errorf("start %d is counted as %d", want, got)
		}
	}
	sample.Put(t, file, "damaged")
	if got := countStart(file); got != 1 {
		t.Errorf("with a damaged file: %d", got)
	}
	if got := countStart(filepath.Join(file, "below a file")); got != 1 {
		t.Errorf("without a file: %d", got)
	}
}
