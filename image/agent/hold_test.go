package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/life"
	"github.com/kafka-kraft/kafka-kraft/image/agent/metalog"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// TestHolds goes through the waits that end by what somebody does: the pod says why it waits, and needs no restart.
func TestHolds(t *testing.T) {
	for name, test := range map[string]struct {
		own  contract.History
		host string                                      // of this pod
		Say  func(since time.Duration) contract.State    // the fellows
		do   func(t *testing.T, r *runner, lived string) // after an hour
		why  string
		want quorum.Step
	}{
		"a quorum elsewhere, until it works": {
			contract.Lived, "kafka-0.kafka-svc.kafka-other.svc.cluster.local", func(since time.Duration) contract.State {
				if since > time.Hour {
					return contract.State{ClusterID: sample.OurCluster, History: contract.Lived, LeaderID: 1}
				}
				return contract.State{ClusterID: sample.OurCluster, History: contract.Lived, LeaderID: -1}
			}, nil, "belong to a quorum of kafka-0.kafka-svc.kafka-kraft.svc.cluster.local:9093", quorum.Start,
		},
		"a lost log, until a new quorum is accepted": {
			contract.Blank, "", func(time.Duration) contract.State {
				return contract.State{ClusterID: sample.OurCluster, History: contract.Blank, LeaderID: -1}
			},
			func(t *testing.T, _ *runner, life string) {
				sample.Put(t, filepath.Join(life, "acceptLoss"), "quorum\n")
			},
			"this stack has been complete before", quorum.Form,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				others := &fellows{t: t, begin: time.Now(), asked: -1, say: test.Say}
				others.answer(t)
				r := starting(t, test.own, 3)
				r.node.Host = test.host
				folder := t.TempDir()
				r.past.Life = life.Folder(folder)
				sample.Put(t, filepath.Join(folder, "lived"), "true")
				log := filepath.Join(r.node.MetadataDir, metalog.Dir, "00000000000000000000.log")
				if _, err := os.Stat(log); err == nil {
					sample.Put(t, log, sample.Bytes(t, sample.VotersBatch))
				}
				done := make(chan quorum.Step)
				go func() {
					next, err := r.bootstrap(t.Context())
					if err != nil {
						t.Error(err)
					}
					done <- next
				}()
				time.Sleep(time.Hour - time.Second)
				if v := r.state.Read().Startup(); v.OK || !strings.Contains(v.Why, test.why) {
					t.Errorf("startup probe: %v", v)
				}
				if v := r.state.Read().Liveness(); !v.OK {
					t.Errorf("liveness probe: %v", v)
				}
				if test.do != nil {
					test.do(t, r, folder)
				}
				if got := <-done; got != test.want {
					t.Errorf("step %d, want %d", got, test.want)
				}
				if took := time.Since(others.begin); took < time.Hour-time.Second || took > time.Hour+time.Second {
					t.Errorf("went on after %s", took)
				}
			})
		})
	}
}
