package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/metalog"
	"github.com/kafka-kraft/kafka-kraft/image/agent/peers"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
	"github.com/kafka-kraft/kafka-kraft/image/agent/watch"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// startPatience is how long a freshly formatted controller waits for its fellows to be formatted too. One that comes
// later than the first leader joins as a new voter instead, which costs it its planned directory id but nothing else.
const startPatience = 15 * time.Second

// joinPatience is how long the answers have to say that the quorum works without this controller. They may be as old as
// watch.QuorumMemory, and other volumes may have been emptied at the same time.
const joinPatience = watch.QuorumMemory + wire.StillFetching

// namesPatience is how long a controller with an empty volume waits before it asks for its fellows' names. A name becomes
// known a moment after its pod has an address, and one that is asked for before is unknown for as long as DNS remembers
// that, 5 to 30 s (Kubernetes docs, "StatefulSet", on negative caching).
const namesPatience = 2 * time.Second

// bootstrap waits until quorum.Decide lets this controller go on, and says every 10 s for whom it waits.
func (r *runner) bootstrap(ctx context.Context) (quorum.Step, error) {
	own, err := r.past.History()
	if err != nil {
		return quorum.Wait, err
	}
	if err := r.meet(ctx); err != nil {
		return quorum.Wait, err
	}
	if quorum.Decided(own) {
		return quorum.Start, nil
	}
	if quorum.Empty(own) && len(r.settings.Initial) > 1 {
		r.state.Update(func(o *probes.Observation) { o.Waiting = "for the names of the other controllers" })
		select {
		case <-ctx.Done():
			return quorum.Wait, ctx.Err()
		case <-time.After(namesPatience):
		}
	}
	begin, worksSince, next := time.Now(), time.Time{}, quorum.Wait
	var failed error
	err = r.hold(ctx, func() string {
		fellows := r.peers.AskInitials(ctx, r.node.ID, r.settings.Initial)
		self, err := r.candidate()
		if err != nil {
			failed = err
			return ""
		}
		var why string
		next, why = quorum.Decide(self, fellows)
		if next == quorum.Wait && self.History == contract.Initial && time.Since(begin) > startPatience {
			next = quorum.Start
		}
		if next != quorum.Join {
			worksSince = time.Time{}
		} else if worksSince.IsZero() {
			worksSince = time.Now()
		}
		if next == quorum.Join && time.Since(worksSince) < joinPatience {
			next, why = quorum.Wait, fmt.Sprintf("%s to be sure: this volume is empty, and %s", joinPatience, why)
		}
		if next == quorum.Wait {
			return why
		}
		if why != "" {
			say.Info("quorum: %s", why)
		}
		return ""
	})
	return next, errors.Join(err, failed)
}

// candidate looks at this controller as it is now: what was accepted may change while it waits.
func (r *runner) candidate() (quorum.Candidate, error) {
	c := quorum.Candidate{
		ID: r.node.ID, ClusterID: r.settings.ClusterID, Initials: r.settings.Initial,
		Accepted: r.past.Life.Accepts(contract.LossOfQuorum),
	}
	var err error
	if c.History, err = r.past.History(); err == nil && c.History == contract.Lost {
		c.Traces, err = r.past.Traces()
	}
	return c, err
}

// meet waits while the voters in this controller's log cannot elect a leader from here. A quorum that works nevertheless
// is proof to the contrary: this controller's log may be older than its voters.
func (r *runner) meet(ctx context.Context) error {
	logged, err := metalog.Voters(r.node.MetadataDir)
	if err != nil {
		say.Warn("quorum: %v; Kafka decides", err)
		return nil
	}
	if r.node.Host == "" {
		return nil
	}
	m := quorum.Meeting{Self: r.node.ID, Host: r.node.Host, Logged: logged, Planned: r.node.Bootstrap, Exists: func(host string) bool {
		_, reach, _ := r.peers.Ask(ctx, host)
		return reach != peers.Gone
	}}
	return r.hold(ctx, func() string {
		why := m.Never()
		if why != "" && slices.ContainsFunc(r.peers.AskInitials(ctx, r.node.ID, r.settings.Initial), func(p quorum.Peer) bool {
			return p.Unsure() == "" && p.State.ClusterID == r.settings.ClusterID && p.State.LeaderID >= 0
		}) {
			return ""
		}
		return why
	})
}
