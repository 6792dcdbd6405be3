package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/life"
	"github.com/kafka-kraft/kafka-kraft/image/agent/metalog"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// TestCompare starts a broker in front of a real socket.
func TestCompare(t *testing.T) {
	leader := sample.Serve(t, []byte(sample.Bytes(t, sample.QuorumAnswer))) // leader 1, epoch 33, offset 2000
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	_ = free.Close()
	for name, test := range map[string]struct {
		address  string
		epoch    string // that the broker's copy has seen; empty: it has none
		accepted bool
		waits    string
		watched  bool // goes on asking beside the JVM
		forgets  bool // its copy
	}{
		"a new broker asks nobody":        {address: nobody},
		"the quorum that it knows":        {address: leader, epoch: "33"},
		"a later leader of it":            {address: leader, epoch: "7"},
		"a younger quorum":                {address: leader, epoch: "34", waits: "its epoch is 33, and this broker's copy of the metadata log has seen epoch 34"},
		"a younger quorum, accepted":      {address: leader, epoch: "34", accepted: true, forgets: true},
		"no quorum yet":                   {address: nobody, epoch: "34", watched: true},
		"no quorum yet, one was accepted": {address: nobody, epoch: "34", accepted: true, watched: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			host, port, _ := net.SplitHostPort(test.address)
			before := podAddresses
			podAddresses = func(context.Context, string) []string { return []string{host} }
			t.Cleanup(func() { podAddresses = before })
			r := &runner{node: settings.Node{Broker: true, MetadataDir: dir, Bootstrap: []string{"c:" + port}}, past: quorum.Past{Life: life.Folder(filepath.Join(dir, "life"))}}
			r.state = probes.NewLatest(r.settings, r.node)
			copied := filepath.Join(dir, metalog.Dir, "quorum-state")
			if test.epoch != "" {
				sample.Put(t, copied, `{"leaderEpoch":`+test.epoch+`}`)
				sample.Put(t, filepath.Join(dir, metalog.Dir, "00000000000000000000.log"), sample.Bytes(t, sample.VotersBatch))
			}
			if test.accepted {
				sample.Put(t, filepath.Join(dir, "life", "acceptLoss"), contract.LossOfQuorum)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.waits != "" {
				time.AfterFunc(time.Second, func() {
					if v := r.state.Read().Startup(); v.OK || !strings.Contains(v.Why, test.waits) {
						t.Errorf("startup probe: %v", v)
					}
					cancel()
				})
			}
			begin := time.Now()
			e, err := r.compare(ctx)
			if (err != nil) != (test.waits != "") || (e != nil) != test.watched {
				t.Fatalf("%v, %v", e, err)
			}
			if took := time.Since(begin); test.waits == "" && took > 2*firstLook {
				t.Errorf("a start was held up for %s", took)
			}
			if _, err := os.Stat(copied); test.epoch != "" && (err != nil) != test.forgets {
				t.Errorf("its copy: %v", err)
			}
			if !test.watched {
				return
			}
			e.controllers = func(context.Context) []string { return []string{leader} }
			if why := e.beside(ctx); !strings.Contains(why, "its epoch is 33") {
				t.Errorf("beside the JVM: %q", why)
			}
		})
	}
}
