package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestHandler(t *testing.T) {
	dir := t.TempDir()
	s := newState(settings{nodeID: 1, clusterID: ourCluster}, node{broker: true, controller: true})
	h := handler(s, past{metadataDir: dir})
	for path, want := range map[string]int{"/startupz": 503, "/livez": 200, "/readyz": 503, "/v1.0/getrole": 503, "/v1.0/state": 200, "/": 404} {
		if code, body := get(t, h, path); code != want {
			t.Errorf("before the start, %s: %d %s", path, code, body)
		}
	}
	s.update(func(o *observation) { *o = healthy() })
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

// TestHistoryIsWhatTheDirectoryShowsNow guards the answer on which a blank controller may form a new quorum: it must
// never come from what was there when the agent started.
func TestHistoryIsWhatTheDirectoryShowsNow(t *testing.T) {
	dir := t.TempDir()
	h := handler(newState(settings{clusterID: ourCluster}, node{controller: true}), past{metadataDir: dir})
	log := filepath.Join(dir, "__cluster_metadata-0")
	for _, stage := range []struct {
		file, text string
		want       history
	}{
		{filepath.Join(log, "00000000000000000000-0000000000.checkpoint"), bytesOf(t, votersCheckpoint), blank},
		{filepath.Join(dir, "meta.properties"), "cluster.id=" + ourCluster + "\nnode.id=0\n", initial},
		{filepath.Join(log, "00000000000000000000.log"), "", initial},
		{filepath.Join(log, "00000000000000000000.log"), "leader change", lived},
	} {
		put(t, stage.file, stage.text)
		code, body := get(t, h, "/v1.0/state")
		var r report
		if err := json.Unmarshal([]byte(body), &r); err != nil || code != 200 || r.History != stage.want {
			t.Errorf("after %s: %d %s, want %s", stage.file, code, body, stage.want)
		}
	}
	put(t, filepath.Join(dir, "meta.properties"), "damaged")
	if code, body := get(t, h, "/v1.0/state"); code != 500 {
		t.Errorf("a damaged directory: %d %s", code, body)
	}
}
