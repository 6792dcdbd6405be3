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

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// fellows answer for every other agent, and note when they were first asked.
type fellows struct {
	t     *testing.T
	begin time.Time
	asked time.Duration // since begin; -1: never
	say   func(since time.Duration) contract.State
}

// answer lets them answer, until the test has ended.
func (f *fellows) answer(t *testing.T) {
	before := http.DefaultTransport
	http.DefaultTransport = f
	t.Cleanup(func() { http.DefaultTransport = before })
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
	unknown := contract.State{}
	says := func(h contract.History, leader int, alive ...int) contract.State {
		return contract.State{ClusterID: sample.OurCluster, History: h, LeaderID: leader, Voters: []int{0, 1, 2}, Alive: alive}
	}
	always := func(r contract.State) func(time.Duration) contract.State {
		return func(time.Duration) contract.State { return r }
	}
	const never = -1
	for name, test := range map[string]struct {
		own         contract.History
		controllers int
		Say         func(time.Duration) contract.State
		want        quorum.Step
		asked, took time.Duration
	}{
		"a blank one lets names become known":       {contract.Blank, 3, always(says(contract.Blank, -1)), quorum.Form, namesPatience, namesPatience},
		"a single one has none to ask":              {contract.Blank, 1, always(unknown), quorum.Form, never, 0},
		"one with a history asks nobody":            {contract.Lived, 3, always(unknown), quorum.Start, never, 0},
		"one that was to join asks nobody":          {contract.Joining, 3, always(unknown), quorum.Start, never, 0},
		"a formatted one asks at once":              {contract.Initial, 3, always(says(contract.Initial, -1)), quorum.Start, 0, 0},
		"a formatted one does not wait for long":    {contract.Initial, 3, always(unknown), quorum.Start, 0, startPatience + 200*time.Millisecond},
		"an emptied one makes sure before it joins": {contract.Blank, 3, always(says(contract.Lived, 1, 1, 2)), quorum.Join, namesPatience, namesPatience + joinPatience},
		"and makes sure anew after each doubt": {contract.Blank, 3, func(since time.Duration) contract.State {
			if since > namesPatience+5*time.Second && since < namesPatience+6*time.Second {
				return says(contract.Lived, -1)
			}
			return says(contract.Lived, 1, 1, 2)
		}, quorum.Join, namesPatience, namesPatience + 6*time.Second + joinPatience},
		"a blank one waits as long as it takes": {contract.Blank, 3, func(since time.Duration) contract.State {
			if since < time.Hour {
				return unknown
			}
			return says(contract.Blank, -1)
		}, quorum.Form, namesPatience, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				others := &fellows{t: t, begin: time.Now(), asked: never, say: test.Say}
				others.answer(t)
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
func starting(t *testing.T, own contract.History, controllers int) *runner {
	t.Helper()
	dir := t.TempDir()
	if own != contract.Blank {
		sample.Put(t, filepath.Join(dir, "meta.properties"), "cluster.id="+sample.OurCluster+"\nnode.id=0\nversion=1\n")
	}
	switch log := filepath.Join(dir, "__cluster_metadata-0"); own {
	case contract.Initial:
		sample.Put(t, filepath.Join(log, "00000000000000000000-0000000000.checkpoint"), sample.Bytes(t, sample.VotersCheckpoint))
	case contract.Lived:
		sample.Put(t, filepath.Join(log, "00000000000000000000.log"), "records")
	case contract.Blank, contract.Joining, contract.Lost: // have no log
	}
	r := &runner{settings: settings.Settings{ClusterID: sample.OurCluster}, node: settings.Node{Controller: true, MetadataDir: dir}, past: quorum.Past{MetadataDir: dir}}
	for id := range controllers {
		r.settings.Initial = append(r.settings.Initial, contract.Voter{ID: id, Host: fmt.Sprintf("c%d", id)})
	}
	r.state = probes.NewLatest(r.settings, r.node)
	return r
}
