package main

import (
	"os"
	"sync/atomic"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// A JVM that was in service and is killed (by a person, by a bug of its own that ends in SIGSEGV or SIGABRT) may as well be
// started once more. The kubelet does so, but lets a container that ends a second time within ten minutes wait for 10 s,
// then 20, 40 and so on up to five minutes (Kubernetes docs, "Pod Lifecycle", on restarts of containers). When all nodes
// were killed, that would be how long the cluster is away. So the agent starts it itself, a few times; what goes on
// dying is the kubelet's to slow down. Every start is a whole one, from the checks on.

const (
	// restartsAtMost is how many times the agent starts a JVM again within restartsWithin, which is the time after which
	// the kubelet, too, forgets that a container had ended.
	restartsAtMost = 3
	restartsWithin = 10 * time.Minute
)

// agent runs a node: one start of it, and more where a JVM was killed.
type agent struct {
	check    func() (*runner, error)
	signals  chan os.Signal
	now      atomic.Pointer[runner] // the start that is under way; whoever asks the agent is answered from it
	restarts restarts
}

// begin makes everything ready for the next start. Until the node is in service again, all that it says is that it is not.
func (a *agent) begin() error {
	begun := time.Now()
	r, err := a.check()
	if err != nil {
		return err
	}
	r.begun, r.starts = begun, countStart(r.paths.starts)
	r.state.Update(func(o *probes.Observation) { o.Restarts = a.restarts.told() })
	a.now.Store(r)
	return nil
}

// run goes on until the container has to end, and returns with which code. A SIGTERM that comes between two JVMs waits in
// signals, and ends it.
func (a *agent) run() int {
	for {
		r := a.now.Load()
		end := r.run(a.signals)
		if !a.again(end) {
			if end.words != "" {
				say.Error("the JVM ended by itself with exit code %d", end.code)
				leaveLastWords(r.paths.termination, end.words)
			}
			return end.code
		}
		if err := a.begin(); err != nil {
			return refuse(r.paths, err)
		}
	}
}

// again decides whether there will be another start after this one, and says so.
func (a *agent) again(end ending) bool {
	if end.cause == 0 {
		return false
	}
	now := time.Now()
	number := a.restarts.next(now)
	if number > restartsAtMost {
		say.Error("the JVM was ended by signal %d (%v), after it was started again %d times within %s", int(end.cause), end.cause, restartsAtMost, restartsWithin)
		return false
	}
	say.Error("the JVM was ended by signal %d (%v): it is started again, time %d of %d within %s", int(end.cause), end.cause, number, restartsAtMost, restartsWithin)
	a.restarts = append(a.restarts, now)
	return true
}

// restarts are the times at which the agent started its JVM again.
type restarts []time.Time

// next is the number that a restart at this time would have among those within restartsWithin.
func (r restarts) next(at time.Time) int {
	number := 1
	for _, before := range r {
		if at.Sub(before) < restartsWithin {
			number++
		}
	}
	return number
}

// told is what others are told of them.
func (r restarts) told() contract.Restarts {
	if len(r) == 0 {
		return contract.Restarts{}
	}
	return contract.Restarts{Count: len(r), Last: r[len(r)-1].UTC().Truncate(time.Second)}
}
