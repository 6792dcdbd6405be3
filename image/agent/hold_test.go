package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestHolds goes through the waits that end by what somebody does: the pod says why it waits, and needs no restart.
func TestHolds(t *testing.T) {
	for name, test := range map[string]struct {
		own  history
		host string                                      // of this pod
		say  func(since time.Duration) report            // the fellows
		do   func(t *testing.T, r *runner, lived string) // after an hour
		why  string
		want step
	}{
		"a quorum elsewhere, until it works": {
			lived, "kafka-0.kafka-svc.kafka-other.svc.cluster.local", func(since time.Duration) report {
				if since > time.Hour {
					return report{ClusterID: ourCluster, History: lived, LeaderID: 1}
				}
				return report{ClusterID: ourCluster, History: lived, LeaderID: -1}
			}, nil, "belong to a quorum of kafka-0.kafka-svc.kafka-kraft.svc.cluster.local:9093", start,
		},
		"a lost log, until a new quorum is accepted": {
			blank, "", func(time.Duration) report { return report{ClusterID: ourCluster, History: blank, LeaderID: -1} },
			func(t *testing.T, _ *runner, life string) { put(t, filepath.Join(life, "acceptLoss"), "quorum\n") },
			"this stack has been complete before", form,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				others := &fellows{t: t, begin: time.Now(), asked: -1, say: test.say}
				others.answer(t)
				r := starting(t, test.own, 3)
				r.node.host = test.host
				folder := t.TempDir()
				r.past.life = life(folder)
				put(t, filepath.Join(folder, "lived"), "true")
				log := filepath.Join(r.node.metadataDir, metadataLog, "00000000000000000000.log")
				if _, err := os.Stat(log); err == nil {
					put(t, log, bytesOf(t, votersBatch))
				}
				done := make(chan step)
				go func() {
					next, err := r.bootstrap(t.Context())
					if err != nil {
						t.Error(err)
					}
					done <- next
				}()
				time.Sleep(time.Hour - time.Second)
				if v := r.state.read().startup(); v.ok || !strings.Contains(v.why, test.why) {
					t.Errorf("startup probe: %v", v)
				}
				if v := r.state.read().liveness(); !v.ok {
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
