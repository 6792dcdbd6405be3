package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// fellows answer for every other agent, and note when they were first asked.
type fellows struct {
	t     *testing.T
	begin time.Time
	asked time.Duration // since begin; -1: never
	say   func(since time.Duration) report
}

func (f *fellows) RoundTrip(request *http.Request) (*http.Response, error) {
	since := time.Since(f.begin)
	if f.asked < 0 {
		f.asked = since
	}
	r := f.say(since)
	if r.ClusterID == "" {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	}
	r.NodeID, _ = strconv.Atoi(strings.TrimPrefix(request.URL.Hostname(), "c"))
	body, err := json.Marshal(r)
	if err != nil {
		f.t.Error(err)
	}
	recorder := httptest.NewRecorder()
	_, _ = recorder.Write(body)
	return recorder.Result(), nil
}

// TestPatience goes through every wait of a controller that starts, with a clock that does not make the test wait.
func TestPatience(t *testing.T) {
	unknown := report{}
	says := func(h history, leader int, alive ...int) report {
		return report{ClusterID: ourCluster, History: h, LeaderID: leader, Voters: []int{0, 1, 2}, Alive: alive}
	}
	always := func(r report) func(time.Duration) report { return func(time.Duration) report { return r } }
	const never = -1
	for name, test := range map[string]struct {
		own         history
		controllers int
		say         func(time.Duration) report
		want        step
		asked, took time.Duration
	}{
		"a blank one lets names become known":       {blank, 3, always(says(blank, -1)), form, namesPatience, namesPatience},
		"a single one has none to ask":              {blank, 1, always(unknown), form, never, 0},
		"one with a history asks nobody":            {lived, 3, always(unknown), start, never, 0},
		"one that was to join asks nobody":          {joining, 3, always(unknown), start, never, 0},
		"a formatted one asks at once":              {initial, 3, always(says(initial, -1)), start, 0, 0},
		"a formatted one does not wait for long":    {initial, 3, always(unknown), start, 0, startPatience + 200*time.Millisecond},
		"an emptied one makes sure before it joins": {blank, 3, always(says(lived, 1, 1, 2)), join, namesPatience, namesPatience + joinPatience},
		"and makes sure anew after each doubt": {blank, 3, func(since time.Duration) report {
			if since > namesPatience+5*time.Second && since < namesPatience+6*time.Second {
				return says(lived, -1)
			}
			return says(lived, 1, 1, 2)
		}, join, namesPatience, namesPatience + 6*time.Second + joinPatience},
		"a blank one waits as long as it takes": {blank, 3, func(since time.Duration) report {
			if since < time.Hour {
				return unknown
			}
			return says(blank, -1)
		}, form, namesPatience, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				others := &fellows{t: t, begin: time.Now(), asked: never, say: test.say}
				peerClient.Transport = others
				t.Cleanup(func() { peerClient.Transport = nil })
				got, err := starting(t, test.own, test.controllers).bootstrap(t.Context())
				took := time.Since(others.begin)
				if err != nil || got != test.want {
					t.Errorf("step %d, %v; want %d", got, err, test.want)
				}
				if others.asked != test.asked {
					t.Errorf("first asked after %s, want %s", others.asked, test.asked)
				}
				if took != test.took {
					t.Errorf("went on after %s, want %s", took, test.took)
				}
			})
		})
	}
}

// starting is controller 0 with a volume of this history.
func starting(t *testing.T, own history, controllers int) *runner {
	t.Helper()
	dir := t.TempDir()
	if own != blank {
		put(t, filepath.Join(dir, "meta.properties"), "cluster.id="+ourCluster+"\nnode.id=0\nversion=1\n")
	}
	switch log := filepath.Join(dir, "__cluster_metadata-0"); own {
	case initial:
		put(t, filepath.Join(log, "00000000000000000000-0000000000.checkpoint"), bytesOf(t, votersCheckpoint))
	case lived:
		put(t, filepath.Join(log, "00000000000000000000.log"), "records")
	case blank, joining, lost: // have no log
	}
	r := &runner{settings: settings{clusterID: ourCluster}, node: node{controller: true, metadataDir: dir}, past: past{metadataDir: dir}}
	for id := range controllers {
		r.settings.initial = append(r.settings.initial, voter{id: id, host: fmt.Sprintf("c%d", id)})
	}
	r.state = newState(r.settings, r.node)
	return r
}
