package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// startPatience is how long a freshly formatted controller waits for its fellows to be formatted too. One that comes
// later than the first leader joins as a new voter instead, which costs it its planned directory id but nothing else.
const startPatience = 15 * time.Second

// joinPatience is how long the answers have to say that the quorum works without this controller. They may be as old as
// quorumMemory, and other volumes may have been emptied at the same time.
const joinPatience = quorumMemory + stillFetching

// namesPatience is how long a controller with an empty volume waits before it asks for its fellows' names. A name becomes
// known a moment after its pod has an address, and one that is asked for before is unknown for as long as DNS remembers
// that, 5 to 30 s (Kubernetes docs, "StatefulSet", on negative caching).
const namesPatience = 2 * time.Second

// bootstrap waits until decideBootstrap lets this controller go on, and says every 10 s for whom it waits.
func (r *runner) bootstrap(ctx context.Context) (step, error) {
	own, err := r.past.history()
	if err != nil {
		return wait, err
	}
	if err := r.meet(ctx); err != nil {
		return wait, err
	}
	if decided(own) {
		return start, nil
	}
	if empty(own) && len(r.settings.initial) > 1 {
		r.state.update(func(o *observation) { o.waiting = "for the names of the other controllers" })
		select {
		case <-ctx.Done():
			return wait, ctx.Err()
		case <-time.After(namesPatience):
		}
	}
	begin, worksSince, next := time.Now(), time.Time{}, wait
	var failed error
	err = r.hold(ctx, func() string {
		fellows := askInitials(ctx, r.node.id, r.settings.initial)
		self, err := r.candidate()
		if err != nil {
			failed = err
			return ""
		}
		var why string
		next, why = decideBootstrap(self, fellows)
		if next == wait && self.history == initial && time.Since(begin) > startPatience {
			next = start
		}
		if next != join {
			worksSince = time.Time{}
		} else if worksSince.IsZero() {
			worksSince = time.Now()
		}
		if next == join && time.Since(worksSince) < joinPatience {
			next, why = wait, fmt.Sprintf("%s to be sure: this volume is empty, and %s", joinPatience, why)
		}
		if next == wait {
			return why
		}
		if why != "" {
			say("INFO", "quorum: %s", why)
		}
		return ""
	})
	return next, errors.Join(err, failed)
}

// candidate looks at this controller as it is now: what was accepted may change while it waits.
func (r *runner) candidate() (candidate, error) {
	c := candidate{
		id: r.node.id, clusterID: r.settings.clusterID, initials: r.settings.initial,
		accepted: r.past.life.accepts(contract.LossOfQuorum),
	}
	var err error
	if c.history, err = r.past.history(); err == nil && c.history == lost {
		c.traces, err = r.past.traces()
	}
	return c, err
}

// meet waits while the voters in this controller's log cannot elect a leader from here. A quorum that works nevertheless
// is proof to the contrary: this controller's log may be older than its voters.
func (r *runner) meet(ctx context.Context) error {
	logged, err := loggedVoters(r.node.metadataDir)
	if err != nil {
		say("WARN", "quorum: %v; Kafka decides", err)
		return nil
	}
	if r.node.host == "" {
		return nil
	}
	m := meeting{self: r.node.id, host: r.node.host, logged: logged, planned: r.node.bootstrap, exists: func(host string) bool {
		_, reach, _ := ask(ctx, host)
		return reach != gone
	}}
	return r.hold(ctx, func() string {
		why := m.never()
		if why != "" && slices.ContainsFunc(askInitials(ctx, r.node.id, r.settings.initial), func(p peer) bool {
			return p.unsure() == "" && p.report.ClusterID == r.settings.clusterID && p.report.LeaderID >= 0
		}) {
			return ""
		}
		return why
	})
}
