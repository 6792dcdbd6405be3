package main

import (
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/identity"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// starts is a node whose start is under way.
func starts(s *probes.Latest, past quorum.Past) *atomic.Pointer[runner] {
	now := &atomic.Pointer[runner]{}
	now.Store(&runner{state: s, past: past})
	return now
}

// inService is a combined node, controller 1, that follows controller 0.
func inService() probes.Observation {
	up := probes.Port{Answering: true, EverAnswers: true}
	return probes.Observation{
		Started: true, AnsweredFor: time.Minute, HasBroker: true, HasControl: true, NodeID: 1, ClusterID: sample.OurCluster,
		Broker:     probes.Broker{Registered: true, CaughtUp: true},
		Control:    probes.Control{LeaderID: 0, LeaderEpoch: 5, Place: probes.Voting},
		BrokerPort: up, ControlPort: up,
	}
}

func TestHandler(t *testing.T) {
	dir := t.TempDir()
	s := probes.NewLatest(settings.Settings{NodeID: 1, ClusterID: sample.OurCluster}, settings.Node{Broker: true, Controller: true})
	h := handler(starts(s, quorum.Past{MetadataDir: dir}))
	for path, want := range map[string]int{"/startupz": 503, "/livez": 200, "/readyz": 503, "/v1.0/getrole": 503, "/v1.0/state": 200, "/": 404} {
		if code, body := get(t, h, path); code != want {
			t.Errorf("before the start, %s: %d %s", path, code, body)
		}
	}
	s.Update(func(o *probes.Observation) { *o = inService() })
	for _, path := range []string{"/startupz", "/livez", "/readyz", "/v1.0/getrole", "/v1.0/state"} {
		if code, body := get(t, h, path); code != 200 {
			t.Errorf("in service, %s: %d %s", path, code, body)
		}
	}
	_, body := get(t, h, "/v1.0/getrole")
	want := `{"event":"Success","operation":"getRole","role":"follower","nodeId":1,"processRoles":["broker","controller"],"leaderId":0,"leaderEpoch":5}`
	if strings.TrimSpace(body) != want {
		t.Errorf("getrole:\ngot  %s\nwant %s", body, want)
	}
}

// Other nodes are told the same, and nothing else.
func TestNodesHandler(t *testing.T) {
	s := probes.NewLatest(settings.Settings{}, settings.Node{Controller: true})
	now := starts(s, quorum.Past{MetadataDir: t.TempDir()})
	code, body := get(t, nodesHandler(now), contract.PathState)
	if _, want := get(t, handler(now), contract.PathState); code != 200 || body != want {
		t.Errorf("%d %s, want %s", code, body, want)
	}
	for _, path := range []string{contract.PathStartup, contract.PathLiveness, contract.PathReadiness, contract.PathRole, "/"} {
		if code, body := get(t, nodesHandler(now), path); code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}

// Another start may have another certificate, and other nodes are shown the one that its Kafka runs with.
func TestEveryStartShowsItsOwnCertificate(t *testing.T) {
	authority := sample.NewAuthority(t)
	now := &atomic.Pointer[runner]{}
	server := httptest.NewUnstartedServer(nodesHandler(now))
	server.TLS = identities(now)
	server.StartTLS()
	t.Cleanup(server.Close)
	for _, days := range []int{30, 60} {
		until := time.Now().AddDate(0, 0, days).UTC().Truncate(time.Second)
		mount := authority.Mount(func(c *x509.Certificate) { c.NotAfter = until }, "localhost")
		id, err := identity.Read(mount, "", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		n := settings.Node{Identity: id}
		now.Store(&runner{node: n, state: probes.NewLatest(settings.Settings{}, n)})
		config := id.Client()
		config.ServerName = "localhost"
		client := http.Client{Transport: &http.Transport{TLSClientConfig: config}}
		answer, err := client.Get(server.URL + contract.PathState)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		client.CloseIdleConnections()
		if got := answer.TLS.PeerCertificates[0].NotAfter; !got.Equal(until) {
			t.Errorf("valid until %s, want %s", got, until)
		}
	}
}

// TestHistoryIsWhatTheDirectoryShowsNow guards the answer on which a blank controller may form a new quorum: it must
// never come from what was there when the agent started.
func TestHistoryIsWhatTheDirectoryShowsNow(t *testing.T) {
	dir := t.TempDir()
	h := handler(starts(probes.NewLatest(settings.Settings{ClusterID: sample.OurCluster}, settings.Node{Controller: true}), quorum.Past{MetadataDir: dir}))
	log := filepath.Join(dir, "__cluster_metadata-0")
	for _, stage := range []struct {
		file, text string
		want       contract.History
	}{
		{filepath.Join(log, "00000000000000000000-0000000000.checkpoint"), sample.Bytes(t, sample.VotersCheckpoint), contract.Blank},
		{filepath.Join(dir, "meta.properties"), "cluster.id=" + sample.OurCluster + "\nnode.id=0\n", contract.Initial},
		{filepath.Join(log, "00000000000000000000.log"), "", contract.Initial},
		{filepath.Join(log, "00000000000000000000.log"), "leader change", contract.Lived},
	} {
		sample.Put(t, stage.file, stage.text)
		code, body := get(t, h, "/v1.0/state")
		var r contract.State
		if err := json.Unmarshal([]byte(body), &r); err != nil || code != 200 || r.History != stage.want {
			t.Errorf("after %s: %d %s, want %s", stage.file, code, body, stage.want)
		}
	}
	sample.Put(t, filepath.Join(dir, "meta.properties"), "damaged")
	if code, body := get(t, h, "/v1.0/state"); code != 500 {
		t.Errorf("a damaged directory: %d %s", code, body)
	}
}
