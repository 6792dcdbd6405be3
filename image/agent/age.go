package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A broker keeps a copy of the quorum's log beside its records. When every controller lost its volume and a new quorum was
// formed, that copy is the only thing that still knows the partitions of these records: it is ahead of the quorum. As long
// as its epoch is higher, Kafka ignores the new leader without a word (KafkaRaftClient.maybeHandleCommonResponse); once the
// epochs have passed it, the broker follows, and sets its records aside as strays (LogManager.isStrayReplica). So a broker
// asks the leader for its age before it starts. A quorum is not always there to answer then: all nodes may start at once,
// and a broker must not wait for controllers that wait for their own start. It starts all the same, and the agent goes on
// asking beside it until the leader has answered once.

// age is how far a metadata log has come. Both numbers only grow within the life of a quorum.
type age struct {
	epoch int   // of the last leader that was heard of
	end   int64 // offset behind the last record
}

// copyAge is the age of the copy in a metadata directory; the zero value without one.
func copyAge(dir string) (age, error) {
	log := filepath.Join(dir, metadataLog)
	a, err := lastInLog(log, func(file string, from int64) (age, error) {
		var found age
		if name := filepath.Base(file); strings.HasSuffix(name, ".checkpoint") { // offsets in it are its own
			end, epoch, _ := strings.Cut(strings.TrimSuffix(name, ".checkpoint"), "-")
			found.end, _ = strconv.ParseInt(end, 10, 64)
			found.epoch, _ = strconv.Atoi(epoch)
			return found, nil
		}
		err := eachBatch(file, from, func(b batch) { found = age{b.epoch(), b.end()} })
		return found, err
	})
	if err != nil {
		return age{}, err
	}
	text, err := os.ReadFile(filepath.Join(log, "quorum-state"))
	if err != nil {
		return a, nil //nolint:nilerr // Kafka makes it anew
	}
	var state struct {
		LeaderEpoch int `json:"leaderEpoch"`
	}
	if json.Unmarshal(text, &state) == nil {
		a.epoch = max(a.epoch, state.LeaderEpoch)
	}
	return a, nil
}

// younger says why this quorum cannot be the one that the copy is of; empty when it can.
func (a age) younger(q quorum) string {
	switch {
	case q.leaderEpoch < a.epoch:
		return fmt.Sprintf("its epoch is %d, and this broker's copy of the metadata log has seen epoch %d", q.leaderEpoch, a.epoch)
	case q.highWatermark > 0 && q.highWatermark < a.end: // a new leader does not know it at once
		return fmt.Sprintf("its log has %d records, and this broker's copy of it %d", q.highWatermark, a.end)
	}
	return ""
}

// firstLook is how long a start waits for the leader's answer. It comes in milliseconds, or there is none yet.
const firstLook = 500 * time.Millisecond

// errYounger is the broker's end in front of a younger quorum.
var errYounger = errors.New("the quorum is younger than the records on this volume")

// elder is a broker whose copy of the metadata log is to be held against the quorum's.
type elder struct {
	copy        age
	controllers func(context.Context) []string // where they may be now
}

// newElder returns nil where there is nothing to compare: on a broker without a copy, and on a controller, which has the
// log itself and asks its fellows before any quorum is formed (decideBootstrap).
func (r *runner) newElder() (*elder, error) {
	if r.node.controller {
		return nil, nil
	}
	a, err := copyAge(r.node.metadataDir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the metadata log: %w", err)
	}
	if a == (age{}) {
		return nil, nil
	}
	return &elder{copy: a, controllers: r.node.controllerAddresses}, nil
}

// look asks the leader, and says whether it answered and why it is younger.
func (e *elder) look(ctx context.Context) (answered bool, why string) {
	leader := newQuorumClient("", e.controllers(ctx))
	for _, c := range leader.others {
		c.timeout = firstLook
	}
	defer leader.close()
	q, _, err := leader.describe()
	if err != nil {
		return false, ""
	}
	if why = e.copy.younger(q); why != "" {
		why = fmt.Sprintf("%v: %s. It would not know their partitions, and this broker would set them aside as *-stray. Bring the controllers' volumes back; or, to give these records up and follow the new quorum, %s",
			errYounger, why, accept(acceptedQuorum))
	}
	return true, why
}

// compare holds the start while the quorum is younger than this broker's copy, and returns what the running JVM has to be
// watched with; nil when the leader has answered already.
func (r *runner) compare(ctx context.Context) (*elder, error) {
	e, err := r.newElder()
	if e == nil || err != nil {
		return nil, err
	}
	answered, accepted := false, false
	err = r.hold(ctx, func() (why string) {
		answered, why = e.look(ctx)
		if why == "" {
			return ""
		}
		if accepted = r.past.life.accepts(acceptedQuorum); accepted {
			return ""
		}
		return "for a decision: " + why
	})
	if err != nil {
		return nil, err
	}
	if accepted {
		// Its epoch would keep the copy from ever following the new quorum, which sends it all again.
		say("WARN", "quorum: the new quorum was accepted; this broker's copy of the former metadata log goes")
		if err := os.RemoveAll(filepath.Join(r.node.metadataDir, metadataLog)); err != nil {
			return nil, fmt.Errorf("cannot remove the copy of the metadata log: %w", err)
		}
	}
	if answered {
		return nil, nil
	}
	return e, nil
}

// beside goes on asking while the JVM starts, until the leader has answered once. It returns why the JVM has to end.
func (e *elder) beside(ctx context.Context) string {
	for {
		answered, why := e.look(ctx)
		if answered {
			return why
		}
		select {
		case <-ctx.Done():
			return ""
		case <-time.After(firstLook):
		}
	}
}
